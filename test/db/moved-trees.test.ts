import { describe, expect, test } from 'vitest'
import { tablePaths, tableStat, type DiskStat, type StatTable } from '#model'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import type { LocalChange, TodoRow } from '../../src/db/folder-index.ts'
import {
  A,
  author,
  B,
  C,
  content,
  directory,
  exchange,
  file,
  follow,
  gone,
  heads,
  NOTHING,
  open,
  row,
  send,
  stat,
  symlink,
  todoPaths,
} from './fixtures.ts'

const LONG = 'x'.repeat(3000)

/** A tree with all kinds, as a first scan finds it. */
function tree(top: string): LocalChange[] {
  return [
    directory(top),
    file(`${top}/a`, 'content of a'),
    file(`${top}/b!`, LONG),
    directory(`${top}/inner`),
    file(`${top}/inner/a`, 'content of inner a'),
    file(`${top}/inner/empty`, ''),
    symlink(`${top}/link`, 'a'),
    file(`${top}/ünder`, 'named beyond ASCII'),
  ]
}

/** What a scan finds when `from` has become `to`: what is new, each with the deletion of the old, and the directories last. */
function renaming(index: SqliteFolderIndex, from: string, to: string): LocalChange[] {
  const entries = index.list(from, '', 100)
  const arrivals = entries.flatMap(({ path, kind }): LocalChange[] => {
    const target = to + path.slice(from.length)
    const at = statOf(index, path)
    if (kind === 'directory') return [{ path: target, kind, stat: at }]
    if (kind === 'symlink') return [{ path: target, kind, stat: at, target: 'a' }, gone(path)]
    return [{ path: target, kind: 'moved', from: path, stat: at }]
  })
  const top: LocalChange = { path: to, kind: 'directory', stat: statOf(index, from) }
  const directories = entries.filter(({ kind }) => kind === 'directory').map(({ path }) => gone(path))
  return [top, ...arrivals, ...directories.reverse(), gone(from)]
}

function statOf(index: SqliteFolderIndex, path: string): DiskStat {
  const shown = index.snapshot([path])
  return tableStat(shown, tablePaths(shown).indexOf(path))
}

/** Two devices that show the same tree at `old`; and the records of its renaming on the first. */
function renamed(): { a: SqliteFolderIndex; b: SqliteFolderIndex; pages: LocalChange[] } {
  const a = open(A)
  const b = open(B)
  author(a, file('beside', 'something else'), ...tree('old'))
  send(a, b)
  follow(b)
  return { a, b, pages: renaming(a, 'old', 'new') }
}

/** Brings the to-do list to the disk row by row, as it is done where there is no tree to be moved. */
function followByRows(index: SqliteFolderIndex, stats: StatTable, [from, to]: [string, string]): void {
  const old = new Map(tablePaths(stats).map((path, at) => [to + path.slice(from.length), tableStat(stats, at)]))
  for (const phase of ['change', 'delete'] as const) {
    for (const item of index.todo(phase, 1000, Infinity, null)) {
      const [head] = item.heads
      const done = [{ path: item.path, revision: item.revision }]
      if (head === undefined || head.kind === 'tombstone') {
        index.commit({ ...NOTHING, gone: item.shown.map(({ path }) => path), done })
        continue
      }
      const moved = item.movable === null ? [] : [item.movable.path]
      const shown = { path: item.path, kind: head.kind, stat: old.get(item.path) ?? stat(), version: head.id, source: head.path }
      index.commit({ ...NOTHING, shown: [shown], gone: moved, done })
    }
  }
}

function candidate(index: SqliteFolderIndex, path: string): string | null {
  return row(index, path).movedFrom
}

/** Everything that can be seen of an index. */
function sights(index: SqliteFolderIndex): unknown {
  const paths = tablePaths(index.snapshot(null))
  const texts = ['content of a', LONG, 'content of inner a', 'named beyond ASCII', 'something else']
  return {
    snapshot: index.snapshot(null),
    totals: index.totals(),
    todo: todoPaths(index),
    list: index.list('', '', 100),
    rows: [...paths, ...paths.map((path) => path.replace('new', 'old'))].map((path) => ({ ...row(index, path), revision: 0 })),
    places: texts.map((text) => index.locate(content(text).chunks.subarray(0, 32))),
  }
}

describe('a directory that was renamed', () => {
  test('is noted at once just as it would be row by row', () => {
    const { a, b, pages } = renamed()
    author(a, ...pages)
    send(a, b)
    const byRows = open(B, { copy: b.copy() })
    followByRows(byRows, byRows.snapshot(['old']), ['old', 'new'])
    expect(candidate(b, 'new')).toBe('old')
    const found = b.movedTree('old', 'new')
    expect(found?.whole).toBe(true)
    expect(found?.entries).toEqual(b.snapshot(['old']))
    b.commit({ ...NOTHING, trees: [{ from: 'old', to: 'new', revision: found!.revision }] })
    expect(sights(b)).toEqual(sights(byRows))
    expect(b.totals()).toMatchObject({ entries: 9, needEntries: 0, needBytes: 0 })
    expect(tablePaths(b.snapshot(null))).toEqual(tablePaths(a.snapshot(null)))
    // What was deleted and comes back is an edit, as after any deletion that this disk has followed.
    author(b, file('old', 'back'))
    exchange(a, b)
    expect(heads(a, 'old')).toEqual(['file 4'])
  })

  test('keeps to be done what its disk does not show of time and mode yet', () => {
    const [a, b] = [open(A), open(B)]
    author(a, ...tree('old'))
    send(a, b)
    const [top, , ...others] = tree('old')
    author(b, top!, file('old/a', 'content of a', { mode: 0o700 }), ...others)
    author(a, ...renaming(a, 'old', 'new'))
    send(a, b)
    b.commit({ ...NOTHING, trees: [{ from: 'old', to: 'new', revision: b.movedTree('old', 'new')!.revision }] })
    expect(todoPaths(b)).toEqual(['new/a'])
  })

  test('has left its old path: what comes back there was brought back, be it the same', () => {
    const { a, b, pages } = renamed()
    author(a, ...pages)
    send(a, b)
    b.commit({ ...NOTHING, trees: [{ from: 'old', to: 'new', revision: b.movedTree('old', 'new')!.revision }] })
    author(b, directory('old'), file('old/a', 'content of a'))
    expect(heads(b, 'old/a')).toEqual(['file 12'])
  })

  test('is not whole before its last record has come', () => {
    const { a, b, pages } = renamed()
    pages.forEach((change, at) => {
      author(a, change)
      send(a, b)
      expect(b.movedTree('old', 'new')?.whole, change.path).toBe(at === pages.length - 1)
    })
  })

  test('is recognised by its first file, and only beside where it was', () => {
    const { a, b, pages } = renamed()
    author(a, pages[0]!)
    send(a, b)
    expect(candidate(b, 'new')).toBeNull()
    author(a, ...pages.slice(1, 3))
    send(a, b)
    expect(candidate(b, 'new')).toBe('old')
    author(a, ...pages.slice(3), directory('above'), ...renaming(a, 'new', 'above/new'))
    send(a, b)
    expect(candidate(b, 'above/new')).toBeNull()
  })

  const unlike: [string, (b: SqliteFolderIndex, a: SqliteFolderIndex) => void][] = [
    ['a file in it was edited there', (_, a) => author(a, file('new/a', 'edited'))],
    ['a mode in it is another', (_, a) => author(a, directory('new/inner', { mode: 0o700 }))],
    ['a file in it was deleted there', (_, a) => author(a, gone('new/a'))],
    ['something is at its new place', (b) => author(b, file('new/a', 'mine'))],
    [
      'a file in it carries a local edit',
      (b) => b.author([file('old/a', 'kept here', statOf(b, 'old/a'))], { now: Date.now(), local: true }),
    ],
  ]
  for (const [what, change] of unlike) {
    test(`is none for which one rename would do where ${what}`, () => {
      const { a, b, pages } = renamed()
      author(a, ...pages)
      change(b, a)
      send(a, b)
      expect(b.movedTree('old', 'new')?.whole ?? false).toBe(false)
    })
  }

  test('is none for which one rename would do where a mode was changed here that gives way', () => {
    const { a, b, pages } = renamed()
    author(a, ...pages)
    send(a, b)
    // Looks may come again.
    author(b, directory('old/inner', { mode: 0o700 }))
    author(b, directory('old/inner', { mode: 0o700 }))
    expect(b.movedTree('old', 'new')).toBeNull()
    author(b, directory('old/inner'))
    expect(b.movedTree('old', 'new')?.whole).toBe(true)
  })

  test('is none for which one rename would do where a conflict file is in it', () => {
    const { a, b, pages } = renamed()
    const c = open(C)
    send(a, c)
    author(a, file('old/a', 'from a'))
    author(c, file('old/a', 'from c'))
    send(c, b)
    send(a, b)
    const [mine, other] = row(b, 'old/a').heads
    const show = (path: string, { id, size, mtime }: TodoRow['heads'][number]) => ({
      path,
      kind: 'file' as const,
      stat: stat({ size, mtimeMs: mtime / 1000 }),
      version: id,
      source: 'old/a',
    })
    b.commit({ ...NOTHING, shown: [show('old/a', mine!), show('old/a.conflict-1', other!)] })
    author(a, ...pages)
    send(a, b)
    expect(b.movedTree('old', 'new')).toBeNull()
  })

  test('may hold more at its new path: that is to be brought', () => {
    const { a, b, pages } = renamed()
    author(a, ...pages, file('new/more', 'more'))
    send(a, b)
    const found = b.movedTree('old', 'new')!
    b.commit({ ...NOTHING, trees: [{ from: 'old', to: 'new', revision: found.revision }] })
    expect(todoPaths(b)).toEqual(['new/more'])
    expect(b.totals()).toMatchObject({ needEntries: 1, needBytes: 4 })
  })

  test('leaves to be done what has changed since it was found', () => {
    const { a, b, pages } = renamed()
    author(a, ...pages)
    send(a, b)
    const found = b.movedTree('old', 'new')!
    const before = statOf(b, 'old/a')
    author(a, file('new/a', 'edited later'), gone('new/b!'), file('old/inner', 'a file now'))
    send(a, b)
    b.commit({ ...NOTHING, trees: [{ from: 'old', to: 'new', revision: found.revision }] })
    expect(statOf(b, 'new/a')).toEqual(before)
    const todo = todoPaths(b)
    expect(todo.filter((path) => path.startsWith('new'))).toEqual(['new/a', 'new/b!'])
    expect(todo).toEqual(expect.arrayContaining(['old', 'old/inner']))
    expect(row(b, 'new/a').shown.map(({ path, size }) => [path, size])).toEqual([['new/a', 12]])
    expect(row(b, 'old/inner').shown).toEqual([])
    follow(b)
    expect(todoPaths(b)).toEqual([])
    expect(tablePaths(b.snapshot(null))).toEqual(expect.arrayContaining(['new/a', 'new/inner/a', 'old/inner']))
    expect(tablePaths(b.snapshot(null))).not.toContain('new/b!')
  })

  test('leaves where it was what was noted in it since it was found', () => {
    const { a, b, pages } = renamed()
    author(a, ...pages, file('new/more', 'theirs'))
    send(a, b)
    const found = b.movedTree('old', 'new')!
    author(b, file('old/more', 'written here'))
    b.commit({ ...NOTHING, trees: [{ from: 'old', to: 'new', revision: found.revision }] })
    expect(row(b, 'new/more').shown).toEqual([])
    expect(row(b, 'old/more').shown.map(({ size }) => size)).toEqual([12])
    expect(todoPaths(b)).toContain('new/more')
  })

  test('leaves an edit where it was made that was noted since it was found', () => {
    const { a, b, pages } = renamed()
    author(a, ...pages)
    send(a, b)
    const found = b.movedTree('old', 'new')!
    author(b, file('old/a', 'edited here'))
    b.commit({ ...NOTHING, trees: [{ from: 'old', to: 'new', revision: found.revision }] })
    expect(row(b, 'old/a').shown.map(({ size }) => size)).toEqual([11])
    expect(row(b, 'new/a').shown).toEqual([])
  })

  test('is not moved from under an edit that the renaming device did not know', () => {
    const { a, b, pages } = renamed()
    author(b, file('old/a', 'edited here', { mode: 0o644 }))
    author(a, ...pages)
    exchange(a, b)
    // The edit lives on at its path.
    expect(heads(b, 'old/a')).toContain('file 11')
    expect(b.movedTree('old', 'new')?.whole).toBe(false)
  })
})
