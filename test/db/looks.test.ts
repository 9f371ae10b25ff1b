import { describe, expect, test } from 'vitest'
import type { Applied } from '#db'
import type { Version } from '#model'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import {
  A,
  author,
  B,
  directory,
  exchange,
  file,
  follow,
  gone,
  heads,
  NOTHING,
  NOW,
  open,
  row,
  send,
  stat,
  todoPaths,
} from './fixtures.ts'

const DERIVED = 'a.conflict-20260101-000000-B-xyz'

function shownOf({ path, id, size, mtime, mode }: Version, at: string = path): Applied['shown'][number] {
  const now = stat({ size, mtimeMs: mtime / 1000, mode })
  return { path: at, kind: 'file', stat: now, version: id, source: path }
}

function show(index: SqliteFolderIndex, version: Version, at?: string): void {
  index.commit({ ...NOTHING, shown: [shownOf(version, at)] })
}

/** An index that shows a conflict at `a` and knows of a newer version of what shows at the path, which its disk does not have yet. */
function withNewer(): { index: SqliteFolderIndex; derived: Applied['shown'][number]['stat'] } {
  const [index, two] = [open(A), open(B)]
  author(index, file('a', 'mine'))
  author(two, file('a', 'theirs'))
  exchange(index, two)
  const { heads: both, revision } = row(index, 'a')
  const shown = both.map((head, at) => shownOf(head, at === 0 ? 'a' : DERIVED))
  index.commit({ ...NOTHING, shown, done: [{ path: 'a', revision }] })
  author(two, file('a', 'theirs, newer'))
  send(two, index)
  return { index, derived: shown[1]!.stat }
}

describe('what stands at a path', () => {
  test('was not made of the version that a conflict file beside it shows, though an older database says so', () => {
    const index = open(A)
    author(index, file('a', 'mine'))
    const [mine] = row(index, 'a').heads
    show(index, mine!, DERIVED)
    author(index, file('a', 'theirs'))
    expect(heads(index, 'a')).toEqual(['file 6', 'file 4'])
  })

  test('gets its time and mode back where it is a conflict file', () => {
    const [index, two] = [open(A), open(B)]
    author(index, file('a', 'mine'))
    author(two, file('a', 'theirs'))
    exchange(index, two)
    const { heads: both, revision } = row(index, 'a')
    const shown = both.map((head, at) => shownOf(head, at === 0 ? 'a' : DERIVED))
    index.commit({ ...NOTHING, shown, done: [{ path: 'a', revision }] })
    const { mode, mtimeMs } = shown[1]!.stat
    author(index, file(DERIVED, 'mine', { mode, mtimeMs }))
    expect(todoPaths(index)).toEqual([])
    author(index, file(DERIVED, 'mine', { mode: 0o600, mtimeMs }))
    expect(todoPaths(index)).toEqual(['a'])
  })

  test('is not deleted with a conflict file that it has taken the content of', () => {
    const [index, two] = [open(A), open(B)]
    author(index, file('a', 'mine'))
    author(two, file('a', 'theirs'))
    exchange(index, two)
    const { heads: both, revision } = row(index, 'a')
    const shown = both.map((head, at) => shownOf(head, at === 0 ? 'a' : DERIVED))
    index.commit({ ...NOTHING, shown, done: [{ path: 'a', revision }] })
    two.commit({ ...NOTHING, done: [{ path: 'a', revision: row(two, 'a').revision }] })
    author(two, file('a', 'mine'))
    expect(heads(two, 'a')).toEqual(['file 4'])
    send(two, index)
    author(index, gone(DERIVED))
    expect(heads(index, 'a')).toEqual(['file 4'])
  })

  test('is not deleted with the conflict file that the user renamed to it while something newer was on its way', () => {
    const { index, derived } = withNewer()
    author(index, file('a', 'mine', derived))
    const { revision, heads: now } = row(index, 'a')
    index.commit({ ...NOTHING, shown: [shownOf(now[0]!)], done: [{ path: 'a', revision }] })
    author(index, gone(DERIVED))
    expect(heads(index, 'a').toSorted()).toEqual(['file 13', 'file 4'])
  })

  test('is not deleted with the conflict file that the user copied over it while something newer was on its way', () => {
    const { index } = withNewer()
    author(index, file('a', 'mine', { mtimeMs: NOW + 9 }))
    const { revision, heads: now } = row(index, 'a')
    index.commit({ ...NOTHING, shown: [shownOf(now.find(({ size }) => size === 13)!)], done: [{ path: 'a', revision }] })
    author(index, gone(DERIVED))
    expect(heads(index, 'a').toSorted()).toEqual(['file 13', 'file 4'])
  })

  test('was brought back by the user where the disk had followed its deletion, whatever has come since', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'old'))
    exchange(one, two)
    follow(two)
    author(one, gone('a'))
    exchange(one, two)
    author(two, file('a', 'old'), gone('a'), file('a', 'newer'))
    send(two, one)
    author(one, file('a', 'old'))
    expect(heads(one, 'a').toSorted()).toEqual(['file 3', 'file 5'])
  })

  test('was brought back by the user where nothing was at the last look, though a lost database followed no deletion', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'old'), gone('a'), file('b', 'old b'), file('b', 'new b'))
    send(one, two)
    two.author([file('a', 'old'), file('b', 'old b')], { now: NOW + 60_000, looked: { but: [] } })
    expect(heads(two, 'a')).toEqual(['file 3'])
    expect(heads(two, 'b').toSorted()).toEqual(['file 5', 'file 5'])
    author(one, file('c', 'old'), gone('c'))
    send(one, two)
    two.author([file('c', 'old')], { now: NOW + 60_000, looked: { but: ['c'] } })
    expect(heads(two, 'c')).toEqual(['tombstone'])
  })

  test('is an edit, though it equals a version that has come and gone elsewhere meanwhile, unless it has its time', () => {
    const headsAfter = (mtimeMs: number): string[] => {
      const [one, two] = [open(A), open(B)]
      author(one, file('a', 'old'))
      exchange(one, two)
      follow(two)
      author(one, file('a', 'between', { mtimeMs: NOW + 5 }), file('a', 'newest'))
      send(one, two)
      author(two, file('a', 'between', { mtimeMs }))
      return heads(two, 'a')
    }
    expect(headsAfter(NOW + 7)).toEqual(['file 7', 'file 6'])
    expect(headsAfter(NOW + 5)).toEqual(['file 6'])
  })

  test('is the older version that it equals where no deletion was followed', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'old'), file('a', 'newer'))
    send(one, two)
    author(two, file('a', 'old'))
    expect(heads(two, 'a')).toEqual(['file 5'])
  })
})

describe('a directory in another normal form', () => {
  test('is told to whoever brings something into it', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('o\u0308'), directory('o\u0308/u'))
    author(two, file('\u00f6/u/a', '1'))
    send(two, one)
    expect(row(one, '\u00f6/u/a')).toMatchObject({ path: '\u00f6/u/a', directory: 'o\u0308/u' })
    expect(row(one, '\u00f6/u/b/c').directory).toBe('o\u0308/u/b')
    expect(row(two, 'o\u0308/x').directory).toBe('o\u0308')
  })

  test('is not deleted where the user renamed it to that', () => {
    const index = open(A)
    author(index, directory('o\u0308'), file('o\u0308/a', '1'))
    author(index, directory('\u00f6'), file('\u00f6/a', '1'), gone('o\u0308/a'), gone('o\u0308'))
    expect([heads(index, '\u00f6'), heads(index, '\u00f6/a')]).toEqual([['directory'], ['file 1']])
    expect(row(index, '\u00f6/a').shown.map(({ path }) => path)).toEqual(['\u00f6/a'])
  })
})
