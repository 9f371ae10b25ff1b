import { linkSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seededRandom, systemClock } from '#base'
import { NodeFilesystem, TreeDisk, type Step, type StepResult } from '#folder'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, C, FOLDER, heads, missing, open, RULES, symlink } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'
import { engineOf, until } from './engines.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-resolve-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** A disk that says when it has taken steps. */
class TellingDisk extends TreeDisk {
  told = (): void => undefined

  override async transition(steps: readonly Step[]): Promise<StepResult[]> {
    const results = await super.transition(steps)
    this.told()
    return results
  }
}

/** The folder of A with its own version of `a` beside B's, and how a record reaches it at whatever moment. */
async function conflict() {
  const disk = new TellingDisk(
    { fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) },
    { root, keys: KEYS, device: A.id },
  )
  const index = open(A)
  const take = (from: SqliteFolderIndex, target: string, later: number): void => {
    from.author([symlink('a', target)], { now: Date.now() + later })
    index.ingest(missing(from, index), { ...RULES, now: Date.now() + later })
  }
  const identity = await disk.adopt(FOLDER, null)
  symlinkSync('mine', join(root, 'a'))
  const { engine, folder } = await engineOf(index, { parts: { disk, identity, idKey: KEYS.idKey } })
  await until(() => heads(index, 'a').length === 1)
  take(open(B), 'theirs', 1_000)
  await folder.scan()
  await until(async () => readdirSync(root).length === 3 && (await folder.settled()))
  return { disk, index, engine, folder, take }
}

test('a conflict that is settled leaves the version that was kept', async () => {
  const { index, engine, folder } = await conflict()
  await folder.actions.resolve({ path: 'a', keep: 'mine' })
  expect(heads(index, 'a')).toEqual(['to mine'])
  expect(readlinkSync(join(root, 'a'))).toBe('mine')
  await engine.stop()
})

test.each(['mine', 'theirs', 'both'] as const)(
  'a file whose stat alone is another one stands in the way of no %s',
  async (keep) => {
    const { index, engine, folder } = await conflict()
    for (const name of readdirSync(root).filter((found) => found.startsWith('a'))) {
      linkSync(join(root, name), join(root, 'second'))
      rmSync(join(root, 'second'))
    }
    await folder.actions.resolve({ path: 'a', keep })
    expect(heads(index, 'a')).toEqual([`to ${keep === 'mine' ? 'mine' : 'theirs'}`])
    expect(readdirSync(root)).toHaveLength(keep === 'both' ? 3 : 2)
    await engine.stop()
  },
)

test('one that was edited does, and is a version then', async () => {
  const { index, engine, folder } = await conflict()
  rmSync(join(root, 'a'))
  symlinkSync('edited', join(root, 'a'))
  await expect(folder.actions.resolve({ path: 'a', keep: 'mine' })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('edited here meanwhile'),
  })
  expect(heads(index, 'a')).toContain('to edited')
  expect(readlinkSync(join(root, 'a'))).toBe('edited')
  await engine.stop()
})

test('where another version comes in the very moment in which it is settled, that is said: it goes on', async () => {
  const { disk, index, engine, folder, take } = await conflict()
  disk.told = () => {
    disk.told = () => undefined
    take(open(C), 'third', 2_000)
  }
  await expect(folder.actions.resolve({ path: 'a', keep: 'mine' })).rejects.toMatchObject({ code: 'conflict' })
  expect(heads(index, 'a')).toEqual(['to third', 'to theirs', 'to mine'])
  await until(async () => readdirSync(root).length === 4 && (await folder.settled()))
  await folder.actions.resolve({ path: 'a', keep: 'mine' })
  expect(heads(index, 'a')).toEqual(['to mine'])
  await engine.stop()
})

test('who has seen other versions than there are settles nothing, and neither does who comes second', async () => {
  const { index, engine, folder, take } = await conflict()
  const seen = index.versions('a').flatMap(({ version, isHead }) => (isHead ? [version.id] : []))
  expect(seen).toHaveLength(2)
  const otherwise = { code: 'conflict', told: expect.objectContaining({ reason: 'settled-otherwise' }) as unknown }
  take(open(C), 'third', 2_000)
  await folder.scan()
  await until(async () => readdirSync(root).length === 4 && (await folder.settled()))
  for (const keep of ['mine', 'theirs', 'both'] as const)
    await expect(folder.actions.resolve({ path: 'a', keep, device: B.id, expected: seen })).rejects.toMatchObject(otherwise)
  expect(heads(index, 'a')).toHaveLength(3)
  const expected = index.versions('a').map(({ version }) => version.id)
  const choices = (['mine', 'theirs'] as const).map((keep) =>
    folder.actions.resolve({ path: 'a', keep, device: keep === 'mine' ? undefined : B.id, expected }),
  )
  const done = await Promise.allSettled(choices)
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(heads(index, 'a')).toHaveLength(1)
  await expect(folder.actions.resolve({ path: 'a', keep: 'mine', expected })).rejects.toMatchObject(otherwise)
  await engine.stop()
})
