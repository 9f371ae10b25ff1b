import { describe, expect, test } from 'vitest'
import { hlcTime, type Version } from '#model'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, directory, exchange, file, follow, gone, NOW, open, send } from './fixtures.ts'

function sizes(index: SqliteFolderIndex, path: string): (number | string)[] {
  return index
    .versions(path)
    .map(({ version, isHead }) => `${version.kind === 'file' ? version.size : version.kind}${isHead ? '*' : ''}`)
}

function timeOf({ hlc }: Version): number {
  return hlcTime(hlc)
}

/** What each path showed: its size, or its kind. */
function at(index: SqliteFolderIndex, time: number, under = ''): Record<string, number | string> {
  return Object.fromEntries(
    index.listAt(under, time, '', 100).map(({ version: { path, kind, size } }) => [path, kind === 'file' ? size : kind]),
  )
}

describe('the versions of a path', () => {
  test('are all there, of every device, the newest first, with its deletion', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'))
    author(one, file('a', '22'))
    send(one, two)
    follow(two)
    author(two, file('a', '333'))
    exchange(one, two)
    follow(one)
    author(one, gone('a'))
    expect(sizes(one, 'a')).toEqual(['tombstone*', '3', '2', '1'])
    send(one, two)
    expect(two.versions('a')).toEqual(one.versions('a'))
    expect(one.versions('never')).toEqual([])
  })

  test('are found by the beginning of their id, if that is of one alone', () => {
    const index = open(A)
    author(index, file('a', '1'), file('b', '1'))
    author(index, file('a', '22'))
    const [newest] = index.versions('a')
    expect(index.version('a', newest!.version.id.slice(0, 12))).toEqual(newest)
    expect(index.version('a', '')).toBeNull()
    expect(index.version('b', newest!.version.id)).toBeNull()
    expect(index.chunksOf('a', newest!.version.id)?.length).toBe(36)
  })
})

test('versions are found by the places of their records, of every device, in the order in which they are asked for', () => {
  const [one, two] = [open(A), open(B)]
  author(one, file('a', '1'), file('b', '22'))
  author(one, gone('a'), file('c', '333'))
  author(two, file('d', '4444'))
  exchange(one, two)
  const [ofA, ofB] = [A, B].map(({ id }) => one.have().find(({ author: by }) => by === id)!)
  const paths = (places: readonly [typeof ofA, number][]): string[] =>
    one.recordsAt(places.map(([chain, seq]) => ({ ...chain!, seq }))).map(({ version: { path, kind } }) => `${path} ${kind}`)
  expect(paths([3, 1, 4].map((seq) => [ofA, seq]))).toEqual(['a tombstone', 'a file', 'c file'])
  expect(paths([[ofB, 1]])).toEqual(['d file'])
  // Where there is none: behind the last, before the first, and of a chain that is not known.
  const unknown = { ...ofA!, epoch: ofA!.epoch + 1 }
  expect(paths([0, 5].map((seq): [typeof ofA, number] => [ofA, seq]).concat([[unknown, 1]]))).toEqual([])
})

describe('all versions below a path', () => {
  const listed = (index: SqliteFolderIndex, under: string, after = '', limit = 100): string[] =>
    index
      .versionsBelow(under, after, limit)
      .map(({ version: { path, kind, size }, isHead }) => `${path} ${kind === 'file' ? size : kind}${isHead ? '*' : ''}`)

  test('come path by path, whole, in pages, and not with what only begins with the same name', () => {
    const index = open(A)
    author(index, directory('d'), file('d/a', '1'), file('d-x', '1'), file('d0', '1'))
    author(index, file('d/a', '22'), file('d/b', '333'))
    author(index, gone('d/b'))
    expect(listed(index, 'd')).toEqual(['d directory*', 'd/a 2*', 'd/a 1', 'd/b tombstone*', 'd/b 3'])
    expect(listed(index, 'd', '', 2)).toEqual(['d directory*', 'd/a 2*', 'd/a 1'])
    expect(listed(index, 'd', 'd/a', 2)).toEqual(['d/b tombstone*', 'd/b 3'])
    expect(listed(index, 'd', 'd/b')).toEqual([])
    expect(listed(index, '', 'd/b')).toEqual(['d0 1*'])
    expect(listed(index, 'd/b')).toEqual(['d/b tombstone*', 'd/b 3'])
  })

  test('come in pages that are no larger for many versions', () => {
    const index = open(A)
    for (let at = 0; at < 3; at++) author(index, ...Array.from({ length: 3_000 }, (_, name) => file(`${10_000 + name}`, `${at}`)))
    const page = index.versionsBelow('', '', 5_000)
    expect(page.length).toBe(4_098)
    expect(index.versionsBelow('', page.at(-1)!.version.path, 5_000).length).toBe(4_098)
  })
})

describe('a folder at a time', () => {
  test('shows what was there then: before an edit, a deletion, and the file was there at all', () => {
    const index = open(A)
    author(index, directory('d'), file('d/a', '1'))
    author(index, file('d/a', '22'), file('e', '1'))
    author(index, gone('d/a'), gone('d'))
    const [third, second, first] = index.versions('d/a').map(({ version }) => timeOf(version))
    expect(at(index, NOW - 1)).toEqual({})
    expect(at(index, first!)).toEqual({ d: 'directory', 'd/a': 1 })
    expect(at(index, second!)).toEqual({ d: 'directory', 'd/a': 2, e: 1 })
    expect(at(index, third! + 1000)).toEqual({ d: 'tombstone', 'd/a': 'tombstone', e: 1 })
    expect(at(index, second!, 'd')).toEqual({ d: 'directory', 'd/a': 2 })
    expect(at(index, second!, 'd/a')).toEqual({ 'd/a': 2 })
  })

  test('comes in pages, and not with what only begins with the same name', () => {
    const index = open(A)
    author(index, directory('d'), ...[1, 2, 3, 4, 5].map((number) => file(`d/${number}`, '1')), file('d-x', '1'), file('d0', '1'))
    const pages: string[][] = []
    for (let after = ''; ;) {
      const page = index.listAt('d', Infinity, after, 2).map(({ version }) => version.path)
      pages.push(page)
      if (page.length < 2) break
      after = page.at(-1)!
    }
    expect(pages).toEqual([['d', 'd/1'], ['d/2', 'd/3'], ['d/4', 'd/5'], []])
  })

  test('shows of two concurrent versions the one that shows now', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'mine'))
    author(two, file('a', 'theirs'))
    exchange(one, two)
    expect(at(one, Infinity)).toEqual({ a: 6 })
    expect(at(two, Infinity)).toEqual({ a: 6 })
  })
})

describe('what is to be kept', () => {
  const paths = (index: SqliteFolderIndex, now = NOW, limit = 100): string[] =>
    index.toKeep(limit, now).map(({ version, isHead }) => `${version.path} ${version.size}${isHead ? '*' : ''}`)
  const keepAll = (index: SqliteFolderIndex): void =>
    index.kept(index.toKeep(1000, NOW).map((item) => ({ ...item, until: null })))

  test('is each new version once, in the order they came, of whatever device', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), file('b', '22'))
    send(one, two)
    author(two, file('c', '333'))
    expect(paths(two)).toEqual(['a 1*', 'b 2*', 'c 3*'])
    expect(paths(two, NOW, 2)).toEqual(['a 1*', 'b 2*'])
    two.kept(two.toKeep(2, NOW).map((item) => ({ ...item, until: null })))
    expect(paths(two)).toEqual(['c 3*'])
    keepAll(two)
    expect([paths(two), two.keeping()]).toEqual([[], 0])
    expect(two.toKeep(9, NOW)).toEqual([])
    expect(one.keeping()).toBe(2)
  })

  test('is a version once more when another supersedes it', () => {
    const index = open(A)
    author(index, file('a', '1'), file('b', '1'))
    keepAll(index)
    author(index, file('a', '22'))
    expect(paths(index)).toEqual(['a 1', 'a 2*'])
    keepAll(index)
    author(index, gone('a'))
    expect(paths(index)).toEqual(['a 2', 'a 0*'])
  })

  test('is a superseded version once more when the file goes that was a copy of it', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'))
    send(one, two)
    follow(two)
    for (const change of [file('a', '22'), gone('a')]) {
      author(one, change)
      send(one, two)
      keepAll(two)
      expect(paths(two)).toEqual([])
      follow(two)
      expect(paths(two)).toEqual([change.kind === 'file' ? 'a 1' : 'a 2'])
    }
  })

  test('is looked at again when the file that was a copy of it goes meanwhile', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'))
    send(one, two)
    follow(two)
    author(one, file('a', '22'))
    send(one, two)
    const looked = two.toKeep(9, NOW)
    follow(two)
    two.kept(looked.map((item) => ({ ...item, until: null })))
    expect(paths(two)).toEqual(['a 1'])
    keepAll(two)
    expect(paths(two)).toEqual([])
  })

  test('is looked at again when it was superseded meanwhile', () => {
    const index = open(A)
    author(index, file('a', '1'))
    const looked = index.toKeep(9, NOW)
    author(index, file('a', '22'))
    index.kept(looked.map((item) => ({ ...item, until: null })))
    expect(paths(index)).toEqual(['a 1', 'a 2*'])
    const again = index.toKeep(9, NOW)
    author(index, gone('a'))
    index.kept(again.map((item) => ({ ...item, until: null })))
    expect(paths(index)).toEqual(['a 2', 'a 0*'])
  })

  test('comes again when it was put off, at its time; nothing else is held up', () => {
    const index = open(A)
    author(index, file('a', '1'), file('b', '1'))
    const [first] = index.toKeep(1, NOW)
    index.kept([{ ...first!, until: NOW + 500 }])
    expect(paths(index)).toEqual(['b 1*'])
    expect(paths(index, NOW + 500)).toEqual(['a 1*', 'b 1*'])
    expect(index.keeping()).toBe(2)
  })

  test('is told for each chain by the last record before the first that is left', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), file('b', '1'), file('c', '1'))
    author(one, file('d', '1'))
    send(one, two)
    author(two, file('e', '1'))
    const left = (): string[] => two.unkept().map(({ author: by, seq }) => `${by === A.id ? 'A' : 'B'} ${seq}`)
    expect(left()).toEqual(['A 0', 'B 0'])
    const items = two.toKeep(4, NOW)
    two.kept(items.map((item, at) => ({ ...item, until: at === 1 ? NOW + 9 : null })))
    expect(left()).toEqual(['A 1', 'B 0'])
    keepAll(two)
    expect(left()).toEqual(['A 1'])
    two.kept(two.toKeep(9, NOW + 9).map((item) => ({ ...item, until: null })))
    expect(left()).toEqual([])
    author(two, file('f', '1'))
    expect(left()).toEqual(['B 1'])
  })

  test('is everything again when the layout changes; and it survives that a call fails', () => {
    const index = open(A)
    author(index, file('a', '1'))
    author(index, file('a', '22'))
    keepAll(index)
    index.keepAnew()
    expect(paths(index)).toEqual(['a 1', 'a 2*'])
  })

  test('can be looked through again, and begins anew for some of it alone', () => {
    const index = open(A)
    author(index, file('a', '1'), file('b', '1'), file('c', '1'))
    expect(index.looked(0, 9)).toEqual([])
    const items = index.toKeep(9, NOW)
    index.kept(items.map((item, at) => ({ ...item, until: at === 1 ? NOW + 500 : null })))
    author(index, file('d', '1'))
    const seen = (after: number, limit: number): string[] =>
      index.looked(after, limit).map(({ version, isKept }) => `${version.path} ${isKept}`)
    expect(seen(0, 2)).toEqual(['a true', 'b false'])
    expect(seen(items[1]!.record, 9)).toEqual(['c true'])
    index.keepAgain([items[1]!.record, items[2]!.record])
    expect(paths(index)).toEqual(['b 1*', 'c 1*', 'd 1*'])
    expect(seen(0, 9)).toEqual(['a true', 'b false', 'c false'])
  })
})
