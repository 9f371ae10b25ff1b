import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { author, B, file, heads, missing, open, row, RULES, symlink } from '../db/fixtures.ts'
import { until } from './engines.ts'
import { sharedTree } from './shared-tree.ts'

const NEVER = new AbortController().signal
const FILES = 80

let tree: Awaited<ReturnType<typeof sharedTree>>

beforeEach(async () => {
  tree = await sharedTree((root) => {
    for (const directory of ['most/sub', 'rest']) mkdirSync(join(root, directory), { recursive: true })
    for (let n = 0; n < FILES; n++) writeFileSync(join(root, 'most', n % 2 === 0 ? `${n}` : `sub/${n}`), `text ${n}`)
    for (let n = 0; n < FILES; n++) writeFileSync(join(root, 'rest', `${n}`), `more ${n}`)
    writeFileSync(join(root, '.holdfastignore'), '*.tmp\n')
  })
})
afterEach(() => tree.end())

const remove = (path: string, recursive = false) => tree.folder.actions.remove(path, { recursive }, NEVER)

it('one file is deleted at once, and kept in the archive', async () => {
  expect(await remove('rest/1')).toMatchObject({ entries: 1, bytes: 6 })
  expect(existsSync(join(tree.root, 'rest/1'))).toBe(false)
  expect(heads(tree.index, 'rest/1')).toEqual(['tombstone'])
  const [archived] = readdirSync(join(tree.root, '.holdfast/archive/rest'))
  expect(tree.index.isArchived([`rest/${archived}`])).toEqual([true])
})

it('files go that were written in the very tick of the clock in which they are looked at', async () => {
  for (let n = 0; n < 20; n++) {
    writeFileSync(join(tree.root, 'rest', `${n}`), `edited ${n}`)
    expect(await remove(`rest/${n}`)).toMatchObject({ entries: 1 })
  }
  const kept = readdirSync(join(tree.root, '.holdfast/archive/rest'))
  expect(kept).toHaveLength(20)
})

it('most of a folder goes without another word, while the watcher tells of it', async () => {
  const hints = setInterval(() => tree.folder.hint(null), 1)
  await remove('rest', true)
  expect(await remove('most', true)).toMatchObject({ entries: FILES + 2, bytes: expect.any(Number) })
  clearInterval(hints)
  expect(tree.folder.standing.state).not.toBe('held')
  await tree.folder.scan()
  expect(tree.folder.standing).toMatchObject({ state: 'idle' })
  expect([heads(tree.index, 'most/sub/1'), heads(tree.index, 'most')]).toEqual([['tombstone'], ['tombstone']])
  expect(readdirSync(tree.root).toSorted()).toEqual(['.holdfast', '.holdfastignore'])
})

it('and what vanishes by itself afterwards is counted as ever', async () => {
  await remove('most', true)
  for (let n = 0; n < FILES / 2 + 5; n++) rmSync(join(tree.root, 'rest', `${n}`))
  await tree.folder.scan()
  expect(tree.folder.standing.state).toBe('held')
  expect(heads(tree.index, 'rest/1')).toEqual(['file 6'])
})

it('a directory that nothing is in goes without more; one that something is in is refused', async () => {
  mkdirSync(join(tree.root, 'rest/empty'))
  await tree.folder.scan()
  expect(await remove('rest/empty')).toMatchObject({ entries: 1 })
  expect(existsSync(join(tree.root, 'rest/empty'))).toBe(false)
  await expect(remove('rest')).rejects.toMatchObject({ code: 'usage' })
})

it('what is not there, what is a directory, and a path that is none are refused', async () => {
  await expect(remove('nothing')).rejects.toMatchObject({ code: 'not-found' })
  await expect(remove('most')).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('--recursive') })
  await expect(remove('../most', true)).rejects.toMatchObject({ code: 'denied' })
  await expect(remove('.holdfast', true)).rejects.toMatchObject({ code: 'denied' })
  expect(existsSync(join(tree.root, 'most/1')) || existsSync(join(tree.root, 'most/0'))).toBe(true)
})

it('a directory that holds what is ignored stays, and that is said; all else goes', async () => {
  writeFileSync(join(tree.root, 'most/sub/x.tmp'), 'mine')
  await expect(remove('most', true)).rejects.toMatchObject({ code: 'exists', message: expect.stringContaining('most/sub') })
  expect(readdirSync(join(tree.root, 'most'), { recursive: true }).map(String).toSorted()).toEqual(['sub', 'sub/x.tmp'])
  await until(() => heads(tree.index, 'most/0')[0] === 'tombstone')
})

/** Another device has made a link of what is a file here; resolves to the name that one of the two shows at beside it. */
async function conflictAt(path: string): Promise<string> {
  const other = open(B)
  author(other, symlink(path, 'elsewhere'))
  tree.index.ingest(missing(other, tree.index), RULES)
  await tree.folder.actions.retry()
  await until(() => tree.index.conflicts().length === 1)
  return tree.index.conflicts()[0]!.with
}

it('one of two versions in conflict is deleted to the archive, which settles it, and nothing is put over it', async () => {
  const derived = await conflictAt('rest/1')
  const entry = { kind: 'symlink', target: 'x' } as const
  await expect(tree.folder.actions.put(derived, entry, NEVER)).rejects.toMatchObject({ code: 'conflict' })
  const { version } = row(tree.index, 'rest/1').shown.find(({ path }) => path === derived)!
  await remove(derived)
  expect(readdirSync(join(tree.root, '.holdfast/archive/rest')).some((name) => name.endsWith(version!.id.slice(0, 12)))).toBe(
    true,
  )
  expect([row(tree.index, 'rest/1').heads.length, tree.index.conflicts()]).toEqual([1, []])
})

it('what is still to come, and may never, is deleted as well; what is ignored here is left to others', async () => {
  const other = open(B)
  author(other, file('most/never', 'nobody has it'), file('far', 'nor this'), file('x.tmp', 'theirs'))
  tree.index.ingest(missing(other, tree.index), RULES)
  await tree.folder.actions.retry()
  await expect(remove('x.tmp')).rejects.toMatchObject({ code: 'not-found' })
  expect(await remove('far')).toMatchObject({ entries: 1, bytes: 8 })
  expect(await remove('most', true)).toMatchObject({ entries: FILES + 3 })
  expect(['far', 'most/never', 'x.tmp'].map((path) => heads(tree.index, path))).toEqual([
    ['tombstone'],
    ['tombstone'],
    ['file 6'],
  ])
  await until(() => tree.index.totals().needEntries === 0)
})

it('but not what another device has changed in that very moment', async () => {
  const other = open(B)
  author(other, file('far', 'nobody has it'), file('near', 'nor this'))
  tree.index.ingest(missing(other, tree.index), RULES)
  await tree.folder.actions.retry()
  author(other, file('far', 'nobody has this either'))
  const have = tree.index.have.bind(tree.index)
  // What a deletion asks for once it is decided what goes.
  tree.index.have = () => {
    tree.index.have = have
    tree.index.ingest(missing(other, tree.index), RULES)
    return have()
  }
  await expect(remove('far')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('far') })
  expect(heads(tree.index, 'far')).toEqual(['file 22'])
  expect(await remove('near')).toMatchObject({ entries: 1, bytes: 8 })
})
