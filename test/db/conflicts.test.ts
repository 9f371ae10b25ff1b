import { describe, expect, test } from 'vitest'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import {
  A,
  author,
  B,
  C,
  directory,
  exchange,
  file,
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

/** Two indexes that know of a conflict at `a` (B's "theirs" wins); the first shows both. */
function conflict(): { one: SqliteFolderIndex; two: SqliteFolderIndex } {
  const [one, two] = [open(A), open(B)]
  author(one, file('a', 'mine'))
  author(two, file('a', 'theirs'))
  exchange(one, two)
  showAll(one)
  return { one, two }
}

function showAll(index: SqliteFolderIndex): void {
  const { path, revision, heads: both } = row(index, 'a')
  const shown = both.map((head, at) => ({
    path: at === 0 ? 'a' : at === 1 ? DERIVED : `${DERIVED}-${at}`,
    kind: 'file' as const,
    stat: stat({ size: head.size, mtimeMs: head.mtime / 1000, mode: head.mode }),
    version: head.id,
    source: head.path,
  }))
  index.commit({ ...NOTHING, shown, done: [{ path, revision }] })
}

describe('concurrent versions', () => {
  test('are all heads, in the same order everywhere', () => {
    const { one, two } = conflict()
    expect(heads(one, 'a')).toEqual(['file 6', 'file 4'])
    expect(row(two, 'a').heads).toEqual(row(one, 'a').heads)
  })

  test('are looked at again where a conflict file went by what was planned for heads that are others by now', () => {
    const { one, two } = conflict()
    const before = row(one, 'a').revision
    author(two, file('a', 'theirs, once more'))
    send(two, one)
    // What is planned now takes the conflict file to be there: an older plan, which is still at work, removes it.
    const { heads: both, revision, shown } = row(one, 'a')
    expect(shown.map(({ path }) => path)).toEqual(['a', DERIVED])
    one.commit({ ...NOTHING, gone: [DERIVED], done: [{ path: 'a', revision: before }] })
    const placed = { path: 'a', kind: 'file' as const, stat: stat({ size: 17 }), version: both[0]!.id, source: 'a' }
    one.commit({ ...NOTHING, shown: [placed], done: [{ path: 'a', revision }] })
    expect(todoPaths(one)).toEqual(['a'])
    // One that goes with what settles its path is gone for good.
    const last = row(one, 'a').revision
    one.commit({ ...NOTHING, shown: [{ ...placed, path: DERIVED, version: both[1]!.id }], done: [{ path: 'a', revision: last }] })
    expect(todoPaths(one)).toEqual([])
  })

  test('of the same content are one head with the merged vector, and no conflict', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'same'))
    author(two, file('a', 'same', { mode: 0o600 }))
    exchange(one, two)
    const [head, ...others] = row(one, 'a').heads
    expect(others).toEqual([])
    expect(head).toMatchObject({ author: B.id, mode: 0o600 })
    expect(head?.vector.map(([device]) => device).toSorted()).toEqual([A.id, B.id].toSorted())
    author(one, file('a', 'edited'))
    expect(heads(one, 'a')).toEqual(['file 6'])
  })

  test('are told with who wrote what, and whether this device wrote the same', () => {
    const { one, two } = conflict()
    const other = { path: 'a', with: DERIVED, device: A.id }
    expect(one.conflicts()).toMatchObject([{ ...other, own: true, shown: { device: B.id, own: false } }])
    showAll(two)
    expect(two.conflicts()).toMatchObject([{ ...other, own: false, shown: { device: B.id, own: true } }])
    const three = open(C)
    author(three, file('a', 'theirs'))
    exchange(two, three)
    showAll(two)
    expect(two.conflicts()).toMatchObject([{ ...other, own: false, shown: { device: C.id, own: true } }])
    one.author([file('a', 'a local edit')], { now: NOW, local: true })
    expect(one.conflicts()).toMatchObject([{ ...other, own: true, shown: { device: A.id, own: true } }])
  })

  test('an edit that stays against another device’s deletion is told where it was made, once', () => {
    const [one, two, three] = [open(A), open(B), open(C)]
    author(one, file('a', 'base'), file('b', 'base'), file('c', 'base'))
    exchange(one, two)
    author(two, file('a', 'edited'))
    author(one, gone('a'), gone('b'))
    author(two, gone('c'))
    expect(send(one, two).kept).toEqual([{ path: 'a', device: A.id }])
    expect(send(one, two).kept).toEqual([])
    expect(send(two, one).kept).toEqual([])
    expect(send(two, three).kept).toEqual([])
    expect(author(two, file('a', 'edited on')).paths).toEqual([{ path: 'a', kind: 'changed' }])
    author(one, gone('a'))
    expect(send(one, two).kept).toEqual([])
  })

  test('also where the deletion comes before the edit is noticed, but not of a file that is made anew', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'base'))
    author(two, file('a', 'base'))
    exchange(one, two)
    author(one, gone('a'))
    exchange(one, two)
    expect(author(two, file('a', 'edited')).paths).toEqual([{ path: 'a', kind: 'changed', deletedBy: A.id }])
    exchange(one, two)
    expect(author(two, file('a', 'again')).paths).toEqual([{ path: 'a', kind: 'changed' }])
    expect(author(two, gone('a'), file('a', 'made anew')).paths.at(-1)).toEqual({ path: 'a', kind: 'added' })
  })

  test('edit against delete: the edit stays beside the tombstone, and the next edit supersedes both', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'base'))
    exchange(one, two)
    author(two, file('a', 'base'), file('a', 'edited'))
    author(one, gone('a'))
    exchange(one, two)
    expect(heads(two, 'a').toSorted()).toEqual(['file 6', 'tombstone'])
    expect(row(one, 'a').below).toBe(false)
    expect(one.todo('change', 10, 0, null).map(({ path }) => path)).toEqual(['a'])
    author(two, file('a', 'again!!'))
    expect(heads(two, 'a')).toEqual(['file 7'])
    exchange(one, two)
    expect(heads(one, 'a')).toEqual(['file 7'])
  })

  test('an edit of the winner leaves the other head as it was', () => {
    const { one } = conflict()
    author(one, file('a', 'theirs, edited'))
    expect(heads(one, 'a').toSorted()).toEqual(['file 14', 'file 4'])
    expect(one.conflicts()).toMatchObject([{ path: 'a', with: DERIVED, device: A.id }])
  })
})

describe('a derived conflict file', () => {
  test('is one of several, and the path is in conflict once', () => {
    const { one } = conflict()
    const three = open(C)
    author(three, file('a', 'of a third'))
    send(three, one)
    showAll(one)
    expect(one.conflicts()).toHaveLength(2)
    expect(one.totals()).toMatchObject({ conflicts: 1, conflictFiles: 2 })
  })

  test('gives way, when it is deleted, to what a path of its own has to show at its name', () => {
    const { one, two } = conflict()
    author(two, file(DERIVED, 'a file of its own'))
    send(two, one)
    const [{ revision }] = [row(one, DERIVED)]
    one.commit({ ...NOTHING, done: [{ path: DERIVED, revision }] })
    author(one, gone(DERIVED))
    expect(todoPaths(one)).toContain(DERIVED)
  })

  test('belongs to the path of its record', () => {
    const { one } = conflict()
    expect(one.totals()).toMatchObject({ entries: 2, conflicts: 1, needEntries: 0 })
    expect(row(one, 'a').shown.map(({ path }) => path)).toEqual(['a', DERIVED])
    expect(row(one, DERIVED)).toMatchObject({ heads: [], shown: [] })
    expect(one.list('', '', 10).map(({ path, state }) => [path, state])).toEqual([
      ['a', 'synced'],
      [DERIVED, 'conflict'],
    ])
    expect(author(one, file(DERIVED, 'mine', { ino: 5 })).records).toBe(0)
    expect(one.totals().conflicts).toBe(1)
  })

  test('deleted, it resolves its head: what shows stays, on every device', () => {
    const { one, two } = conflict()
    expect(author(one, gone(DERIVED)).records).toBe(1)
    expect(heads(one, 'a')).toEqual(['file 6'])
    expect(one.totals()).toMatchObject({ entries: 1, conflicts: 0 })
    send(one, two)
    expect(heads(two, 'a')).toEqual(['file 6'])
    expect(todoPaths(one)).toEqual(['a'])
  })

  test('edited, it resolves its head and is a file of its own', () => {
    const { one, two } = conflict()
    expect(author(one, file(DERIVED, 'my own, edited')).records).toBe(2)
    expect(heads(one, 'a')).toEqual(['file 6'])
    expect(heads(one, DERIVED)).toEqual(['file 14'])
    expect(one.totals()).toMatchObject({ entries: 2, conflicts: 0 })
    expect(row(one, DERIVED).shown[0]?.version?.path).toBe(DERIVED)
    send(one, two)
    expect(heads(two, 'a')).toEqual(['file 6'])
    expect(heads(two, DERIVED)).toEqual(['file 14'])
  })

  test('goes when the user gives the path the content that it has', () => {
    const { one } = conflict()
    author(one, file('a', 'mine'))
    expect(heads(one, 'a')).toEqual(['file 4'])
    expect(todoPaths(one)).toEqual(['a'])
  })

  test('renamed over the winner, it wins', () => {
    const { one } = conflict()
    author(one, file('a', 'mine'), gone(DERIVED))
    expect(heads(one, 'a')).toEqual(['file 4'])
  })

  test('removed by sync because its head was superseded elsewhere, it resolves nothing', () => {
    const { one, two } = conflict()
    author(two, file('a', 'final'))
    const third = open(C)
    exchange(two, third)
    showAll(two)
    author(two, gone(DERIVED))
    send(two, one)
    expect(heads(one, 'a')).toHaveLength(1)
    expect(author(one, gone(DERIVED)).records).toBe(0)
    expect(one.totals().conflicts).toBe(0)
  })

  test('of a file that gave way to a directory: deleted, the file is deleted', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'mine'))
    author(two, directory('a'), file('a/b', 'below'))
    exchange(one, two)
    const head = row(one, 'a').heads.find(({ kind }) => kind === 'file')!
    const now = stat({ size: 4, mtimeMs: head.mtime / 1000, mode: head.mode })
    one.commit({
      ...NOTHING,
      shown: [{ path: DERIVED, kind: 'file', stat: now, version: head.id, source: 'a' }],
      gone: ['a'],
    })
    author(one, gone(DERIVED))
    expect(heads(one, 'a')).toEqual(['directory'])
  })

  test('stays this path’s while the other path has only a tombstone, and gives way to a live head of it', () => {
    const { one, two } = conflict()
    author(two, file(DERIVED, 'by name'))
    send(two, one)
    expect(row(one, DERIVED).shown.map(({ version }) => version?.path)).toEqual(['a'])
    // Not both: the step of one would take away what the other has just taken for its own.
    expect(row(one, 'a').shown.map(({ path }) => path)).toEqual(['a'])
    author(two, gone(DERIVED))
    send(two, one)
    expect(row(one, DERIVED).shown).toEqual([])
    expect(row(one, 'a').shown.map(({ path }) => path)).toEqual(['a', DERIVED])
  })
})

describe('file against directory', () => {
  test('a file whose path gains live entries below is looked at again, and once more when they are gone', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'file'))
    author(two, file('a/b/c', 'below'))
    send(two, one)
    expect(todoPaths(one)).toEqual(['a', 'a/b/c'])
    expect(row(one, 'a')).toMatchObject({ below: true })
    one.commit({ ...NOTHING, done: one.todo('change', 10, 0, null) })
    author(two, gone('a/b/c'))
    send(two, one)
    expect(todoPaths(one)).toEqual(['a', 'a/b/c'])
    expect(row(one, 'a')).toMatchObject({ below: false })
  })

  test('a deleted directory is looked at again when something below it lives', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'), directory('d/e'))
    exchange(one, two)
    author(one, gone('d/e'), gone('d'))
    expect(todoPaths(one)).toEqual([])
    author(two, file('d/e/f', 'x'))
    send(two, one)
    expect(todoPaths(one)).toEqual(['d/e/f', 'd/e', 'd'])
  })

  test('a directory with a record of its own is left in peace', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'))
    exchange(one, two)
    author(two, file('d/x', 'x'))
    send(two, one)
    expect(todoPaths(one)).toEqual(['d/x'])
  })

  test('a file authored above live entries is to-do', () => {
    const [one, two] = [open(A), open(B)]
    author(two, file('a/b', 'below'))
    send(two, one)
    one.commit({ ...NOTHING, done: one.todo('change', 10, 0, null) })
    author(one, file('a', 'file'))
    expect(todoPaths(one)).toEqual(['a'])
  })
})

describe('a conflict file whose place is claimed', () => {
  const claimed = (index: SqliteFolderIndex): void => {
    const { path, revision, heads: own } = row(index, DERIVED)
    const [head] = own
    if (head === undefined) throw new Error('nothing claims the place')
    const { size, mtime, mode, id: version } = head
    const entry = {
      path,
      kind: 'file' as const,
      stat: stat({ size, mtimeMs: mtime / 1000, mode }),
      version,
      source: path,
    }
    index.commit({ ...NOTHING, shown: [entry], done: [{ path, revision }] })
  }

  /** A third device, which does not know the conflict, writes a file of its own at the derived name. */
  function claim(): SqliteFolderIndex {
    const { one } = conflict()
    const three = open(C)
    author(three, file(DERIVED, 'of its own'))
    send(three, one)
    expect(todoPaths(one)).toEqual([DERIVED])
    claimed(one)
    return one
  }

  test('is to show elsewhere: its path is looked at again', () => {
    expect(todoPaths(claim())).toEqual(['a'])
  })

  test('and then removed by a step planned before: the path that claimed it is looked at again', () => {
    const one = claim()
    const { path, revision } = row(one, 'a')
    one.commit({ ...NOTHING, gone: [DERIVED], done: [{ path, revision }] })
    expect(todoPaths(one)).toEqual([DERIVED])
  })
})

test('an edit of a conflict file leaves a head of the same content that has a conflict file of its own', () => {
  const [one, two, three] = [open(A), open(B), open(C)]
  author(one, file('a', 'mine'))
  author(three, file('a', 'mine'))
  author(two, file('a', 'theirs'))
  exchange(one, two)
  showAll(one)
  send(three, one)
  const second = `${DERIVED}-second`
  const { path, revision, heads: joined } = row(one, 'a')
  const mine = joined.find(({ size }) => size === 4)
  if (mine === undefined) throw new Error('the content is no head')
  const { size, mtime, mode, id: version } = mine
  const entry = {
    path: second,
    kind: 'file' as const,
    stat: stat({ size, mtimeMs: mtime / 1000, mode, ino: 77 }),
    version,
    source: path,
  }
  one.commit({ ...NOTHING, shown: [entry], done: [{ path, revision }] })
  author(one, file(DERIVED, 'edited since'))
  expect(heads(one, 'a')).toEqual(['file 6', 'file 4'])
  exchange(one, two)
  expect(heads(two, 'a')).toEqual(['file 6', 'file 4'])
})
