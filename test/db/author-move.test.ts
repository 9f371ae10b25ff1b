import fc from 'fast-check'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { pathKey, sameContent, tableKind, tablePaths, tableStat, type DiskStat } from '#model'
import { AuthorMove } from '../../src/db/author-move.ts'
import type { Authored, AuthorOptions, LocalChange } from '../../src/db/folder-index.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import {
  A,
  author,
  B,
  content,
  exchange,
  file,
  follow,
  gone,
  heads,
  missing,
  NOTHING,
  NOW,
  open,
  row,
  send,
  stat,
  todoPaths,
} from './fixtures.ts'

const DERIVED = 'a.conflict-20260101-000000-B-xyz'
const LATER = NOW + 3_600_000
const PATHS = ['a', 'b', 'd/a', 'd/e\u0301', DERIVED, 'd']
const TARGETS = [...PATHS, 'new', 'b/c', 'd/\u00e9', 'd/.holdfast/x']

interface Act {
  do: 'edit' | 'delete' | 'theirs' | 'their deletion' | 'meet' | 'follow' | 'local' | 'again' | 'conflict'
  path: string
}

const acts = fc.array(
  fc.record<Act>({
    do: fc.constantFrom('edit', 'edit', 'delete', 'theirs', 'their deletion', 'meet', 'follow', 'local', 'again', 'conflict'),
    path: fc.constantFrom(...PATHS),
  }),
  { minLength: 2, maxLength: 16 },
)
const last = fc.record({
  pick: fc.nat(),
  to: fc.constantFrom(...TARGETS),
  untouched: fc.boolean(),
  options: fc
    .record({ local: fc.constantFrom(false, false, true), looked: fc.constantFrom(undefined, [], ['b']) })
    .map(({ local, looked: but }): AuthorOptions => ({ now: LATER, local, ...(but && { looked: { but } }) })),
})

/** A database as it is after these acts, and what the disk then shows. */
function made(list: readonly Act[]): SqliteFolderIndex {
  const [one, two] = [open(A), open(B)]
  for (const [at, { do: what, path }] of list.entries()) {
    const text = `text ${at % 2}`
    if (what === 'edit') author(one, file(path, text))
    else if (what === 'delete') author(one, gone(path))
    else if (what === 'theirs') author(two, file(path, text))
    else if (what === 'their deletion') author(two, gone(path))
    else if (what === 'meet') exchange(one, two)
    else if (what === 'follow') follow(one)
    else if (what === 'local') one.author([file(path, `${text} of mine`)], { now: NOW, local: true })
    else if (what === 'again') one.commit({ ...NOTHING, again: [path] })
    else showBoth(one)
  }
  return one
}

/** Shows the second head of `a` as its conflict file. */
function showBoth(index: SqliteFolderIndex): void {
  const { path, revision, heads: both, shown } = row(index, 'a')
  const head = both.filter(({ kind }) => kind === 'file')[1]
  if (head === undefined || row(index, DERIVED).shown.length > 0 || shown.some(({ path: other }) => other === DERIVED)) return
  const entry = { kind: 'file', stat: stat({ size: head.size }), version: head.id, source: head.path } as const
  index.commit({ ...NOTHING, shown: [{ ...entry, path: DERIVED }], done: [{ path, revision }] })
}

function files(index: SqliteFolderIndex): { path: string; stat: DiskStat }[] {
  const table = index.snapshot(null)
  return tablePaths(table).flatMap((path, at) => (tableKind(table, at) === 'file' ? [{ path, stat: tableStat(table, at) }] : []))
}

/** Every row of every table. */
function dump(index: SqliteFolderIndex): Record<string, unknown[]> {
  const db = new DatabaseSync(':memory:')
  db.deserialize(index.copy())
  const names = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all() as { name: string }[]
  return Object.fromEntries(
    names.map(({ name }) => [
      name,
      db
        .prepare(`SELECT * FROM ${name}`)
        .all()
        .map((each) => JSON.stringify(each))
        .toSorted(),
    ]),
  )
}

/** The two changes that a move stands for. */
function asRead(index: SqliteFolderIndex, { path, from, stat: now }: Move): LocalChange[] {
  const shown = index.rows([from, 'a']).flatMap((each) => each.shown)
  const { chunker, size, chunks } = shown.find((each) => each.path === from)!
  const read: LocalChange = { path, kind: 'file', stat: now, content: { chunker, size, chunks } }
  return pathKey(from) === pathKey(path) ? [read] : [read, gone(from)]
}

/** What is told of a move, as it is told of the two changes. */
function asTwo({ kind, from, ...rest }: Authored['paths'][number]): Authored['paths'] {
  return kind === 'renamed'
    ? [
        { ...rest, kind: 'added' },
        { path: from ?? '', kind: 'deleted' },
      ]
    : [{ ...rest, kind }]
}

type Move = Extract<LocalChange, { kind: 'moved' }>

function moved(from: string, path: string, now: DiskStat): Move {
  return { path, kind: 'moved', from, stat: now }
}

/** Takes a move in a copy of the index, and what it stands for in another: they must be the same. Undefined for a missed one. */
function bothWays(index: SqliteFolderIndex, move: Move, options: AuthorOptions): SqliteFolderIndex | undefined {
  const copy = index.copy()
  const [one, other, before] = [open(A, { copy }), open(A, { copy }), open(A, { copy })]
  const result = one.author([move], options)
  if (result.missed.length > 0) {
    expect(result).toMatchObject({ records: 0, paths: [], refused: [], missed: [move.path] })
    expect(dump(one)).toEqual(dump(before))
    return undefined
  }
  expect({ ...result, paths: result.paths.flatMap(asTwo) }).toEqual(other.author(asRead(other, move), options))
  expect(dump(one)).toEqual(dump(other))
  const nobody = open(B)
  expect(missing(one, nobody)).toEqual(missing(other, nobody))
  return one
}

/** Was there an older version of the same content at the new path? That one it is read as, which a move is not taken for. */
function wasThere(index: SqliteFolderIndex, from: string, to: string): boolean {
  const moving = index.versions(from).map(({ version }) => version)
  return index.versions(to).some(({ version }) => moving.some((one) => sameContent(one, version) && one.hlc >= version.hlc))
}

afterEach(() => vi.restoreAllMocks())

describe('a moved file', () => {
  test.each(['short', 'long'])('is told of as renamed, from where, by the %s way', (way) => {
    const index = open(A)
    const now = stat({ ino: 7 })
    author(index, file('a', 'text', now))
    if (way === 'long') author(index, file('new', 'other'), gone('new'))
    expect(index.author([moved('a', 'new', now)], { now: LATER }).paths).toEqual([{ path: 'new', kind: 'renamed', from: 'a' }])
  })

  test('leaves the same as a new file and a deletion, by the short way and by the long one', () => {
    const short = vi.spyOn(AuthorMove.prototype, 'take')
    let [noted, missed] = [0, 0]
    fc.assert(
      fc.property(acts, last, (list, { pick, to, untouched, options }) => {
        const index = made(list)
        const known = files(index)
        const source = known[pick % known.length]
        if (source === undefined || source.path === to || wasThere(index, source.path, to)) return
        const now = untouched ? source.stat : { ...source.stat, ctimeMs: -1, mode: 0o600 }
        if (bothWays(index, moved(source.path, to, now), options) === undefined) missed++
        else noted++
      }),
      { numRuns: 300 },
    )
    const quick = short.mock.results.filter(({ value }) => value === true).length
    expect(quick).toBeGreaterThan(30)
    expect(noted - quick).toBeGreaterThan(20)
    expect(missed).toBeGreaterThan(10)
  })
  test('is a record of the new path before the deletion of the old one', () => {
    const index = open(A)
    const now = stat({ size: 3 })
    author(index, { ...file('d/a', 'one'), stat: now } as LocalChange)
    const after = bothWays(index, moved('d/a', 'e/b', now), { now: LATER })!
    expect(row(after, 'e/b').heads).toMatchObject([{ kind: 'file', size: 3, seq: 1 }])
    expect(row(after, 'd/a').heads).toMatchObject([{ kind: 'tombstone', seq: 2 }])
    expect(after.locate(content('one').chunks.subarray(0, 32))[0]).toMatchObject([{ path: 'e/b', stat: now }])
    expect(after.totals()).toMatchObject({ entries: 1, bytes: 3, needEntries: 0 })
  })

  test.each([
    ['another inode', { ino: 1 }],
    ['another size', { size: 4 }],
    ['another time', { mtimeMs: NOW + 1 }],
  ])('is to be read where the index has %s at the old path', (_, differs) => {
    const index = open(A)
    const now = stat({ size: 3 })
    author(index, { ...file('a', 'one'), stat: now } as LocalChange)
    expect(bothWays(index, moved('a', 'b', { ...now, ...differs }), { now: LATER })).toBeUndefined()
  })

  test('is to be read where the old path is not known, or has a local edit, or something is known at the new one', () => {
    const index = open(A)
    const now = stat({ size: 3 })
    author(index, { ...file('a', 'one'), stat: now } as LocalChange, file('there', 'two'))
    expect(bothWays(index, moved('nowhere', 'b', now), { now: LATER })).toBeUndefined()
    expect(bothWays(index, moved('a', 'there', now), { now: LATER })).toBeUndefined()
    index.author([{ ...file('a', '1st'), stat: now } as LocalChange], { now: NOW, local: true })
    expect(bothWays(index, moved('a', 'b', now), { now: LATER })).toBeUndefined()
  })

  test('comes to a path that was deleted, and goes back', () => {
    const index = open(A)
    const now = stat({ size: 3 })
    author(index, { ...file('a', 'one'), stat: now } as LocalChange, file('b', 'old'))
    author(index, gone('b'))
    const there = bothWays(index, moved('a', 'b', now), { now: LATER, looked: { but: [] } })!
    const back = bothWays(there, moved('b', 'a', now), { now: LATER + 1, looked: { but: [] } })!
    expect(heads(back, 'a')).toEqual(['file 3'])
    expect(heads(back, 'b')).toEqual(['tombstone'])
    expect(back.totals()).toMatchObject({ entries: 1, bytes: 3, needEntries: 0 })
  })

  test('may be an old version that comes back where the disk is not known to have followed its deletion', () => {
    const [one, two] = [open(A), open(B)]
    const now = stat({ size: 3 })
    author(one, { ...file('a', 'one'), stat: now } as LocalChange)
    author(two, file('b', 'one'))
    author(two, gone('b'))
    send(two, one)
    follow(one)
    const after = bothWays(one, moved('a', 'b', now), { now: LATER })!
    expect(heads(after, 'b')).toEqual(['tombstone'])
    const known = bothWays(one, moved('a', 'b', now), { now: LATER, looked: { but: [] } })!
    expect(heads(known, 'b')).toEqual(['file 3'])
  })

  test('is none where it was at the other path as a later version: its directory has its old name again', () => {
    const [one, two] = [open(A), open(B)]
    author(two, file('old/b', 'one'))
    author(two, file('new/b', 'one'), gone('old/b'))
    send(two, one)
    follow(one)
    expect(one.author([moved('new/b', 'old/b', row(one, 'new/b').shown[0]!.stat)], { now: LATER }).records).toBe(2)
    expect(heads(one, 'old/b')).toEqual(['file 3'])
    expect(heads(one, 'new/b')).toEqual(['tombstone'])
  })

  test('of a receive-only folder is a local edit and a local deletion', () => {
    const [one, two] = [open(A), open(B)]
    author(two, file('a', 'one'))
    send(two, one)
    follow(one)
    const after = bothWays(one, moved('a', 'b', shownAt(one, 'a')), { now: LATER, local: true })!
    expect(after.localEdits()).toEqual(['a', 'b'])
    expect(after.totals()).toMatchObject({ localEdits: 2, entries: 1 })
  })

  test('that was a conflict file resolves the conflict', () => {
    const one = conflicted()
    const after = bothWays(one, moved(DERIVED, 'mine', shownAt(one, DERIVED)), { now: LATER })!
    expect(heads(after, 'a')).toEqual(['file 6'])
    expect(heads(after, 'mine')).toEqual(['file 4'])
    expect(after.totals().conflicts).toBe(0)
  })

  test('leaves another head of its path where it is', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'mine'))
    author(two, file('a', 'theirs'))
    exchange(one, two)
    follow(one)
    const after = bothWays(one, moved('a', 'b', shownAt(one, 'a')), { now: LATER })!
    expect(heads(after, 'a').toSorted()).toEqual(['file 4', 'tombstone'])
    expect(heads(after, 'b')).toEqual(['file 6'])
  })

  test('beside which a conflict file remains leaves its path to-do', () => {
    const [one, two] = [conflicted(), open(B)]
    send(one, two)
    follow(two)
    showBoth(two)
    author(two, gone(DERIVED), file('a', 'settled'))
    send(two, one)
    follow(one)
    expect(todoPaths(one)).toEqual([])
    const after = bothWays(one, moved('a', 'b', shownAt(one, 'a')), { now: LATER })!
    expect(todoPaths(after, LATER)).toEqual(['a'])
  })
})

/** An index that shows both sides of a conflict at `a`, of which the other device's wins. */
function conflicted(): SqliteFolderIndex {
  const [one, two] = [open(A), open(B)]
  author(one, file('a', 'mine'))
  author(two, file('a', 'theirs'))
  exchange(one, two)
  follow(one)
  showBoth(one)
  return one
}

function shownAt(index: SqliteFolderIndex, path: string): DiskStat {
  return row(index, 'a').shown.find((entry) => entry.path === path)!.stat
}
