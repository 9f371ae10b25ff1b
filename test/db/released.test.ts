import { describe, expect, test } from 'vitest'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, C, exchange, file, gone, heads, NOTHING, open, row, send, stat, todoPaths } from './fixtures.ts'

const PLACES = ['d/a', 'd/a.conflict-of-b', 'd/a.conflict-of-a'] as const

/** Three indexes that know of a conflict of three versions at `d/a`, of which C's wins; the first shows all of them. */
function conflict(): SqliteFolderIndex[] {
  const all = [open(A), open(B), open(C)] as const
  const [one, two, three] = all
  author(one, file('d/a', 'of a'))
  author(two, file('d/a', 'of b!'))
  author(three, file('d/a', 'of c!!'))
  send(two, one)
  send(three, one)
  send(one, two)
  send(one, three)
  show(one)
  expect(heads(one, 'd/a')).toEqual(['file 6', 'file 5', 'file 4'])
  return [...all]
}

function show(index: SqliteFolderIndex): void {
  const { path, revision, heads: all, below } = row(index, 'd/a')
  const places = below ? PLACES.slice(1) : PLACES
  const shown = all.map((head, at) => ({
    path: places[at] ?? '',
    kind: 'file' as const,
    stat: stat({ size: head.size, mtimeMs: head.mtime / 1000, mode: head.mode }),
    version: head.id,
    source: head.path,
  }))
  index.commit({ ...NOTHING, shown, gone: below ? ['d/a'] : [], done: [{ path, revision }] })
}

describe('of a conflict of three', () => {
  test.each(['deleted', 'renamed'])(
    'the file that has the name is %s: the others stay where they are, as files of their own',
    (how) => {
      const [one, ...others] = conflict() as [SqliteFolderIndex, SqliteFolderIndex]
      const { mtime } = row(one, 'd/a').heads[1]!
      if (how === 'deleted') author(one, gone('d/a'))
      else author(one, file('d/mine', 'of c!!'), gone('d/a'))
      for (const index of [one, ...others]) {
        if (index !== one) expect(send(one, index).kept).toEqual([])
        expect(PLACES.map((path) => heads(index, path))).toEqual([['tombstone'], ['file 5'], ['file 4']])
      }
      expect(row(one, PLACES[1])).toMatchObject({ heads: [{ mtime }], shown: [{ path: PLACES[1] }] })
      expect(row(one, 'd/a').shown).toEqual([])
      expect(one.totals()).toMatchObject({ conflicts: 0, conflictFiles: 0, entries: how === 'deleted' ? 2 : 3 })
      expect(author(one, file(PLACES[1], 'edited since')).paths).toEqual([{ path: PLACES[1], kind: 'changed' }])
    },
  )

  test.each([
    ['the one with the name first', [0, 1, 2]],
    ['the one with the name last', [1, 2, 0]],
    ['the one with the name in between', [1, 0, 2]],
  ])('all are gone with their directory, %s: nothing comes back', (_, order) => {
    const [one, ...others] = conflict() as [SqliteFolderIndex, SqliteFolderIndex]
    for (const at of order) author(one, file(`moved/${at}`, `moved ${at}`), gone(PLACES[at] ?? ''))
    for (const index of [one, ...others]) {
      if (index !== one) expect(send(one, index).kept).toEqual([])
      for (const path of PLACES) expect(heads(index, path).every((kind) => kind === 'tombstone')).toBe(true)
      expect(row(index, 'd').below).toBe(false)
    }
  })

  test('one that was not to be seen yet takes the name of the one that is deleted', () => {
    const [one, two, three] = [open(A), open(B), open(C)]
    author(one, file('d/a', 'of a'))
    author(two, file('d/a', 'of b!'))
    send(two, one)
    show(one)
    author(three, file('d/a', 'of c!!'))
    send(three, one)
    author(one, gone('d/a'))
    expect(heads(one, 'd/a').toSorted()).toEqual(['file 6', 'tombstone'])
    expect(todoPaths(one)).toEqual(['d/a'])
    expect(heads(one, PLACES[1])).toEqual(['file 4'])
  })

  test('one that was superseded meanwhile is sync’s to remove', () => {
    const [one, two] = conflict() as [SqliteFolderIndex, SqliteFolderIndex]
    author(two, file('d/a', 'of b, edited'))
    send(two, one)
    author(one, gone('d/a'))
    expect(heads(one, PLACES[1])).toEqual([])
    expect(heads(one, 'd/a')).toContain('file 12')
    expect(row(one, 'd/a').shown.map(({ path }) => path)).toEqual([PLACES[1]])
  })

  test('two conflict files beside a directory that nobody made are deleted at once: neither comes back', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('d/a', 'of a'))
    author(two, file('d/a', 'of b!'))
    exchange(one, two)
    const three = open(C)
    author(three, file('d/a/below', 'below'))
    send(three, one)
    show(one)
    author(one, gone(PLACES[1]), gone(PLACES[2]))
    expect(heads(one, 'd/a').every((kind) => kind === 'tombstone')).toBe(true)
    send(one, two)
    expect(heads(two, 'd/a').every((kind) => kind === 'tombstone')).toBe(true)
  })
})
