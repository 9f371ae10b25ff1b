import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { momentOf, placesOf } from '#history'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { entriesThen, type ThenEntry } from '../../src/daemon/entries-then.ts'
import { emptyPlan, planKnown } from '../../src/daemon/restore-plan.ts'
import { needFree, writeTree } from '../../src/daemon/snapshot-tree.ts'
import { A, author, B, directory, exchange, file, follow, gone, open, symlink } from '../db/fixtures.ts'
import { pastOf } from './past-of.ts'

async function shown(index: SqliteFolderIndex): Promise<string[]> {
  const entries: string[] = []
  for await (const { path, version } of entriesThen(pastOf(index), momentOf(placesOf(index.have()))))
    entries.push(`${path.replace(/\.conflict-.*/, ' (conflict)')} ${version.kind} ${version.size}`)
  return entries
}

describe('what a folder showed', () => {
  test('has a file that is in conflict with a directory beside it, and what is in it', async () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('x', '1'))
    author(two, directory('x'), file('x/y', '22'))
    exchange(one, two)
    for (const index of [one, two]) expect(await shown(index)).toEqual(['x directory 0', 'x (conflict) file 1', 'x/y file 2'])
  })

  test('has a file under another name where something lives below it, though the directory was deleted', async () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'), file('d/f', '1'), file('d-e', '1'))
    exchange(one, two)
    follow(two)
    author(one, gone('d/f'), gone('d'))
    author(one, file('d', '333'))
    author(two, file('d/f', '22'))
    exchange(one, two)
    expect(await shown(one)).toEqual(['d directory 0', 'd (conflict) file 3', 'd-e file 1', 'd/f file 2'])
  })

  test('is planned to be written as far as it can be had, and what cannot is counted and named apart', async () => {
    const one = open(A)
    author(one, directory('d'), file('d/f', '333'), file('empty', ''))
    const [past, plan] = [pastOf(one), emptyPlan()]
    await planKnown(plan, past, entriesThen(past, momentOf(placesOf(one.have()))), new AbortController().signal)
    expect(plan.write.map(({ path }) => path)).toEqual(['d', 'empty'])
    expect(plan).toMatchObject({ entries: 2, bytes: 0, missing: ['d/f'], missingEntries: 1, missingBytes: 3 })
  })

  test('has twice written content once', async () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'))
    author(two, file('a', '1'))
    exchange(one, two)
    expect(await shown(one)).toEqual(['a file 1'])
  })
})

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-tree-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** Files as an index has them. */
async function* entries(index: SqliteFolderIndex): AsyncGenerator<ThenEntry> {
  yield* entriesThen(pastOf(index), momentOf(placesOf(index.have())))
}

describe('a tree', () => {
  const write = (index: SqliteFolderIndex, at: string, name: string, missed?: (entry: ThenEntry) => boolean): Promise<void> =>
    writeTree(entries(index), join(at, name), {
      ...(missed && { missed }),
      past: pastOf(index),
      stage: join(at, 'stage'),
      signal: new AbortController().signal,
      wrote: () => undefined,
    })

  test('takes the place of an empty directory, and of nothing else', async () => {
    const at = temporary()
    const index = open(A)
    author(index, file('a', ''), file('b/c', ''), directory('d', { mode: 0o500 }), file('d/e', ''))
    await needFree(join(at, 'none'))
    mkdirSync(join(at, 'full'))
    writeFileSync(join(at, 'full/mine'), 'mine')
    for (const taken of ['full', 'full/mine']) await expect(needFree(join(at, taken))).rejects.toMatchObject({ code: 'exists' })
    mkdirSync(join(at, 'to'))
    await needFree(join(at, 'to'))
    await write(index, at, 'to')
    expect(readdirSync(at).sort()).toEqual(['full', 'to'])
    expect(readdirSync(join(at, 'to'), { recursive: true }).sort()).toEqual(['a', 'b', 'b/c', 'd', 'd/e'])
    expect(statSync(join(at, 'to/d')).mode & 0o777).toBe(0o500)
    // Somebody has put something there meanwhile.
    await expect(write(index, at, 'full')).rejects.toMatchObject({ message: expect.stringContaining('nothing was restored') })
    expect(readdirSync(at).sort()).toEqual(['full', 'to'])
    expect(readFileSync(join(at, 'full/mine'), 'utf8')).toBe('mine')
  })

  test('is not there at all where one of its files cannot be had', async () => {
    const at = temporary()
    const index = open(A)
    author(index, file('a', ''), ...Array.from({ length: 40 }, (_, number) => file(`lost${number}`, 'text')), file('z', ''))
    await expect(write(index, at, 'to')).rejects.toMatchObject({ code: 'offline', message: expect.stringContaining('lost') })
    expect(readdirSync(at)).toEqual([])
    // Unless that is left out.
    const missed: string[] = []
    await write(index, at, 'to', ({ path }) => missed.push(path) > 0)
    expect([readdirSync(join(at, 'to')).sort(), missed.length]).toEqual([['a', 'z'], 40])
  })

  test('has links that nothing is written through', async () => {
    const [at, index] = [temporary(), open(A)]
    mkdirSync(join(at, 'outside'))
    author(index, symlink('a', '../outside'), symlink('b', 'nowhere'))
    await write(index, at, 'to')
    expect(['a', 'b'].map((name) => readlinkSync(join(at, 'to', name)))).toEqual(['../outside', 'nowhere'])
    // As only a device would have it that keeps to no rule.
    author(index, file('a/in', ''))
    await write(index, at, 'other').catch(() => undefined)
    expect(readdirSync(join(at, 'outside'))).toEqual([])
  })

  test('never leaves its directory by a name that Windows reads otherwise', async () => {
    const [at, index] = [temporary(), open(A)]
    author(index, file('a', ''), file('..\\..\\out', ''), file('a:b', ''), directory('con'), file('con/in', ''))
    const missed: string[] = []
    const writing = {
      past: pastOf(index),
      signal: new AbortController().signal,
      wrote: () => undefined,
      platform: 'win32',
    } as const
    const whole = writeTree(entries(index), join(at, 'to'), { ...writing, stage: join(at, 'stage') })
    await expect(whole).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('Windows') })
    expect(readdirSync(at)).toEqual([])
    const reasons: (string | undefined)[] = []
    const missing = ({ path }: ThenEntry, reason?: string): boolean => missed.push(path) * reasons.push(reason) > 0
    await writeTree(entries(index), join(at, 'to'), { ...writing, stage: join(at, 'stage'), missed: missing })
    expect([readdirSync(join(at, 'to')), missed.toSorted()]).toEqual([['a'], ['..\\..\\out', 'a:b', 'con', 'con/in']])
    expect(reasons.every((reason) => reason?.includes('Windows'))).toBe(true)
  })
})
