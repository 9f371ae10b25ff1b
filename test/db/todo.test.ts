import { describe, expect, test } from 'vitest'
import { NO_RECORD, NO_VERSION } from '#db'
import {
  A,
  author,
  B,
  directory,
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
  symlink,
  todoPaths,
} from './fixtures.ts'

const problem = (path: string) => ({ path, code: 'full' as const, message: 'the disk is full' })

describe('the to-do list', () => {
  test('names what came, parents first, and what is to go, children first', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('d/e/x', '1'), directory('d'), directory('d/e'), symlink('l', 'd'))
    send(one, two)
    expect(todoPaths(two)).toEqual(['d', 'l', 'd/e', 'd/e/x'])
    expect(two.totals()).toMatchObject({ needEntries: 4, needBytes: 1, entries: 0 })
    follow(two)
    expect(two.totals()).toMatchObject({ needEntries: 0, needBytes: 0, entries: 4 })
    author(one, gone('d/e/x'), gone('d/e'), gone('d'))
    send(one, two)
    expect([two.totals().needEntries, two.needGone()]).toEqual([3, 3])
    expect(two.todo('change', 10, 0, null)).toEqual([])
    expect(two.todo('delete', 10, 0, null).map(({ path }) => path)).toEqual(['d/e/x', 'd/e', 'd'])
  })

  test('names a directory that was kept for something in it when that has gone, by whomever', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'), file('d/x', '1'))
    send(one, two)
    follow(two)
    author(one, gone('d/x'), gone('d'))
    send(one, two)
    const kept = row(two, 'd')
    const shown = { path: 'd', kind: 'directory' as const, stat: stat(), version: kept.heads[0]!.id, source: 'd' }
    two.commit({ ...NOTHING, shown: [shown], done: [kept] })
    expect(todoPaths(two)).toEqual(['d/x'])
    author(two, gone('d/x'))
    two.commit({ ...NOTHING, done: [row(two, 'd/x')] })
    expect(todoPaths(two)).toEqual(['d'])
  })

  test('leaves alone what is ignored here until other rules are in force, and needs it no longer', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a.log', '12'), file('b', '3'))
    send(one, two)
    const ignored = row(two, 'a.log')
    two.ignore([ignored])
    expect(todoPaths(two)).toEqual(['b'])
    expect(two.totals()).toMatchObject({ needEntries: 1, needBytes: 1, problems: 0 })
    two.retry(null)
    expect(todoPaths(two)).toEqual(['b'])
    // Something newer comes, and is looked at anew.
    author(one, file('a.log', '1234'))
    send(one, two)
    expect(todoPaths(two)).toEqual(['a.log', 'b'])
    two.ignore([ignored])
    expect(todoPaths(two)).toEqual(['a.log', 'b'])
    two.ignore([row(two, 'a.log')])
    expect(two.totals()).toMatchObject({ needEntries: 1, needBytes: 1 })
    two.unignore()
    expect(todoPaths(two)).toEqual(['a.log', 'b'])
    expect(two.totals()).toMatchObject({ needEntries: 2, needBytes: 5 })
    follow(two)
    expect(two.totals()).toMatchObject({ needEntries: 0, needBytes: 0 })
  })

  test('is paged after a row, whether that row is still on it or not', () => {
    const [one, two] = [open(A), open(B)]
    author(one, ...Array.from({ length: 10 }, (_, at) => file(`${at % 2 === 0 ? 'even/' : ''}f${at}`, 'x')))
    send(one, two)
    const all = two.todo('change', 100, 0, null).map(({ path }) => path)
    const [, second] = two.todo('change', 2, 0, null)
    two.commit({ ...NOTHING, done: two.todo('change', 2, 0, null) })
    expect(two.todo('change', 3, 0, second!.path).map(({ path }) => path)).toEqual(all.slice(2, 5))
    expect(two.todo('change', 100, 0, all[6]!).map(({ path }) => path)).toEqual(all.slice(7))
    expect(two.todo('change', 100, 0, all[9]!)).toEqual([])
  })

  test('keeps a path whose heads changed while it was worked on', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'one'))
    send(one, two)
    const before = row(two, 'a')
    author(one, file('a', 'newer'))
    send(one, two)
    two.commit({ ...NOTHING, done: [before] })
    expect(todoPaths(two)).toEqual(['a'])
    two.commit({ ...NOTHING, done: [row(two, 'a')] })
    expect(todoPaths(two)).toEqual([])
    expect(row(two, 'a').revision).toBe(0)
  })

  test('lets go of what was put off by a clock that was ahead, and of nothing that waits for its user', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), file('b', '2'))
    send(one, two)
    const later = NOW + 365 * 24 * 60 * 60_000
    two.defer([
      { path: 'a', revision: row(two, 'a').revision, until: later + 30_000, problem: problem('a') },
      { path: 'b', revision: row(two, 'b').revision, until: Number.MAX_SAFE_INTEGER, problem: problem('b') },
    ])
    expect(two.todo('change', 10, later, null)).toEqual([])
    expect(two.todo('change', 10, NOW, null).map(({ path }) => path)).toEqual(['a'])
  })

  test('leaves out what is put off until its time has come, or it is tried again, or its heads change', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), file('b', '22'))
    send(one, two)
    two.defer([
      { path: 'a', revision: row(two, 'a').revision, until: NOW + 100, problem: problem('a') },
      { path: 'b', revision: row(two, 'b').revision, until: Number.MAX_SAFE_INTEGER, problem: problem('b') },
    ])
    expect(todoPaths(two, NOW + 99)).toEqual([])
    expect(two.totals()).toMatchObject({ needEntries: 2, needBytes: 3, problems: 2 })
    expect(two.problems()).toEqual([problem('a'), problem('b')])
    expect(todoPaths(two, NOW + 100)).toEqual(['a'])
    two.retry(null)
    expect(todoPaths(two, 0)).toEqual(['a', 'b'])
    two.defer([{ path: 'a', revision: row(two, 'a').revision, until: Infinity, problem: problem('a') }])
    author(one, file('a', 'new'))
    send(one, two)
    expect(todoPaths(two, 0)).toEqual(['a', 'b'])
    follow(two)
    expect(two.totals()).toMatchObject({ needEntries: 0, problems: 0 })
    expect(two.problems()).toEqual([])
  })

  test('does not put off what became to-do anew since it was looked at', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'))
    send(one, two)
    const { revision } = row(two, 'a')
    author(one, file('a', '2'))
    send(one, two)
    two.defer([{ path: 'a', revision, until: Infinity, problem: problem('a') }])
    expect(todoPaths(two)).toEqual(['a'])
    follow(two)
    two.defer([{ path: 'a', revision, until: Infinity, problem: problem('a') }])
    expect(two.totals()).toMatchObject({ needEntries: 0, problems: 0 })
  })

  test('takes any path again, and paths of `again`', () => {
    const index = open(A)
    author(index, file('a', '1'), file('b', '2'))
    index.retry(['a', 'strange'])
    expect(todoPaths(index)).toEqual([])
    index.commit({ ...NOTHING, again: ['b', 'unknown'], gone: ['a'] })
    index.retry(['a'])
    expect(todoPaths(index)).toEqual(['a', 'b', 'unknown'])
    expect(row(index, 'unknown')).toMatchObject({ path: 'unknown', heads: [], shown: [], twin: null })
  })

  test('names a path again where a version was put in place that something newer has superseded', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'))
    send(one, two)
    const [planned] = two.todo('change', 10, 0, null)
    const { path, heads: both, revision } = planned!
    const shown = [{ path, kind: 'file' as const, stat: stat({ size: 1 }), version: both[0]!.id, source: path }]
    two.commit({ ...NOTHING, shown })
    author(one, gone('a'))
    send(one, two)
    // Another row has had its file renamed to where that is wanted.
    two.commit({ ...NOTHING, gone: ['a'] })
    expect(todoPaths(two)).toEqual([])
    two.commit({ ...NOTHING, shown, done: [{ path, revision }] })
    expect(todoPaths(two)).toEqual(['a'])
  })

  test('names a directory again that was there only for what has left it', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('d/x', '1'))
    send(one, two)
    follow(two)
    const implicit = { kind: 'directory' as const, stat: stat() }
    two.commit({ ...NOTHING, shown: [{ path: 'd', version: NO_RECORD, source: 'd', ...implicit }] })
    author(one, gone('d/x'))
    send(one, two)
    two.commit({ ...NOTHING, done: two.todo('delete', 10, 0, null) })
    two.commit({ ...NOTHING, gone: ['d/x'] })
    expect(todoPaths(two)).toEqual(['d'])
    expect(row(two, 'd')).toMatchObject({ heads: [], below: false, shown: [{ path: 'd', version: { id: NO_VERSION } }] })
  })

  test('tells of a twin that a disk that folds case cannot tell apart, once it is shown', () => {
    const one = open(A)
    author(one, file('Readme', '1'), file('readme', '2'))
    for (const foldsCase of [true, false]) {
      const two = open(B, { foldsCase })
      send(one, two)
      expect(row(two, 'readme').twin).toBe(null)
      const {
        heads: [head],
      } = row(two, 'Readme')
      two.commit({
        ...NOTHING,
        shown: [
          {
            path: 'Readme',
            kind: 'file',
            stat: stat({ size: 1 }),
            version: head!.id,
            source: 'Readme',
          },
        ],
      })
      expect(row(two, 'readme').twin).toBe(foldsCase ? 'Readme' : null)
      expect(row(two, 'Readme').twin).toBe(null)
    }
  })

  test('refuses to note a version that nobody knows, and then notes nothing of the call', () => {
    const index = open(A)
    author(index, file('a', '1'))
    const shown = {
      path: 'a',
      kind: 'file' as const,
      stat: stat(),
      version: 'f'.repeat(32) as never,
      source: 'a',
    }
    expect(() => index.commit({ ...NOTHING, gone: ['a'], shown: [shown] })).toThrow(/no version/)
    expect(index.totals().entries).toBe(1)
    author(index, file('b', '2'))
    expect(heads(index, 'b')).toEqual(['file 1'])
  })
})

describe('what the user sees', () => {
  test('a listing goes by pages, with what is pending and without what is deleted', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'), file('d/a', '1'), file('d/b', '22'), file('d.txt', '333'), file('z', '4'))
    author(one, gone('z'))
    send(one, two)
    expect(two.list('', '', 100).map(({ path, size, state }) => [path, size, state])).toEqual([
      ['d', 0, 'pending'],
      ['d.txt', 3, 'pending'],
      ['d/a', 1, 'pending'],
      ['d/b', 2, 'pending'],
    ])
    follow(two)
    expect(two.list('d', '', 1)).toMatchObject([{ path: 'd/a', kind: 'file', state: 'synced' }])
    expect(two.list('d', 'd/a', 10).map(({ path }) => path)).toEqual(['d/b'])
  })

  test('a snapshot is the whole folder or scopes of it, each path once', () => {
    const index = open(A)
    author(
      index,
      directory('a'),
      file('a/x', '1', { mtimeMs: 1.5, mode: 0o640 }),
      file('a-b', '2'),
      file('b', '3'),
      file('a/y/z', '4'),
    )
    expect(index.snapshot(null).paths.split('\0')).toEqual(['a', 'a-b', 'a/x', 'a/y/z', 'b'])
    expect(index.snapshot(['a/y', 'a', 'a/x', 'nothing']).paths.split('\0')).toEqual(['a', 'a/x', 'a/y/z'])
    expect(index.snapshot(['b', 'a-b']).paths.split('\0')).toEqual(['a-b', 'b'])
    const table = index.snapshot(['a/x'])
    expect([...table.kinds]).toEqual([0])
    expect([...table.stats].slice(0, 2)).toEqual([1, 1.5])
    expect(table.stats[4]).toBe(0o640)
    expect(index.snapshot([])).toMatchObject({ count: 0, paths: '' })
  })
})
