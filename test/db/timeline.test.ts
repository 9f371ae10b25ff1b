import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  batchHash,
  batchHeader,
  byPrecedence,
  causesOf,
  encodeBatch,
  encodeRecord,
  hlcTime,
  NO_BATCH,
  signBatch,
  signingKey,
} from '#model'
import type { PastChange } from '#db'
import type { DensityQuery, TimelineQuery } from '../../src/db/folder-lookups.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, C, content, exchange, file, FOLDER, follow, gone, NOW, open, RULES } from './fixtures.ts'

const ALL: TimelineQuery = { under: '', author: null, until: null, before: '', limit: 1_000 }
const SPAN: DensityQuery = { under: '', from: null, until: null, now: NOW, parts: 10 }

/** Page by page. */
function timeline(index: SqliteFolderIndex, query: Partial<TimelineQuery> = {}): PastChange[] {
  const changes: PastChange[] = []
  for (let before: string | null = query.before ?? ''; before !== null;) {
    const page = index.timeline({ ...ALL, ...query, before })
    expect(page.changes.length).toBeLessThanOrEqual(query.limit ?? ALL.limit)
    if (page.next !== null) expect(page.changes.length).toBeGreaterThan(0)
    changes.push(...page.changes)
    expect(changes.length, 'it ends').toBeLessThanOrEqual(index.records())
    before = page.next
  }
  return changes
}

/** What `versions` tells of paths, put together: what a timeline has to be. */
function versionsOf(index: SqliteFolderIndex, paths: readonly string[]): PastChange[] {
  const changes = paths.flatMap((path) => {
    const all = index.versions(path)
    const causes = causesOf(all.map(({ version }) => version))
    return all.map((each, at) => ({ ...each, cause: causes[at]!, sizeBefore: all[at + 1]?.version.size ?? null }))
  })
  return changes.toSorted((a, b) => byPrecedence(a.version, b.version))
}

function words({ version: { path }, cause, sizeBefore, isHead }: PastChange): string {
  return `${path} ${cause} ${sizeBefore}${isHead ? ' *' : ''}`
}

describe('a timeline', () => {
  test('has what each device did to each path, the newest first, and what was there before', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), file('b/c', '22'))
    exchange(one, two)
    follow(two)
    author(two, file('a', '333'))
    author(one, gone('b/c'))
    exchange(one, two)
    follow(one)
    author(one, file('a', '1'))
    const expected = ['a restored 3 *', 'b/c deleted 2 *', 'a edited 1', 'b/c added null', 'a added null']
    expect(timeline(one).map(words)).toEqual(expected)
    expect(timeline(one, { limit: 2 }).map(words)).toEqual(expected)
    expect(timeline(one, { under: 'b', limit: 1 }).map(words)).toEqual(['b/c deleted 2 *', 'b/c added null'])
    expect(timeline(one, { author: B.id }).map(words)).toEqual(['a edited 1'])
    const [, deleted] = timeline(one)
    const until = hlcTime(deleted!.version.hlc)
    expect(timeline(one, { until }).map(words)).toEqual(expected.slice(2))
    expect(timeline(one, { until: until + 1 }).map(words)).toEqual(expected.slice(1))
    expect(timeline(open(C))).toEqual([])
  })

  test('has what was written at one moment on several devices in the order in which it wins', () => {
    const [one, two] = [open(A), open(B)]
    one.author([file('a', '1'), file('b', '22')], { now: NOW })
    two.author([file('a', '333'), file('b', '4444')], { now: NOW })
    exchange(one, two)
    expect(timeline(one)).toEqual(versionsOf(one, ['a', 'b']))
    expect(timeline(two, { limit: 1 })).toEqual(timeline(one))
  })

  test('is what the versions of all paths are, whoever wrote them, by whatever pages', () => {
    const paths = ['a', 'b', 'b/c', 'b/d', 'bc']
    const step = fc.record({
      who: fc.nat(2),
      what: fc.constantFrom('write', 'write', 'delete', 'meet', 'follow', 'reopen'),
      path: fc.constantFrom(...paths),
      text: fc.constantFrom('1', '22', '333'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (steps, limit) => {
        const indexes = [open(A), open(B), open(C)]
        for (const { who, what, path, text } of steps) {
          const index = indexes[who]!
          if (what === 'write') author(index, file(path, text))
          else if (what === 'delete') author(index, gone(path))
          else if (what === 'meet') exchange(index, indexes[(who + 1) % 3]!)
          else if (what === 'follow') follow(index)
          // Another epoch begins.
          else indexes[who] = open([A, B, C][who]!, { copy: index.copy() })
        }
        const index = indexes[0]!
        const expected = versionsOf(index, paths)
        expect(timeline(index, { limit })).toEqual(expected)
        const below = versionsOf(index, ['b', 'b/c', 'b/d'])
        expect(timeline(index, { limit, under: 'b' })).toEqual(below)
        const middle = hlcTime(expected[Math.floor(expected.length / 2)]?.version.hlc ?? 0)
        expect(timeline(index, { limit, until: middle, author: A.id })).toEqual(
          expected.filter(({ version }) => version.author === A.id && hlcTime(version.hlc) < middle),
        )
        const { counts, from, until } = index.density({ ...SPAN, under: 'b' })
        expect(counts).toEqual(counted(below, { from, until, parts: SPAN.parts }))
      }),
      { numRuns: 30 },
    )
  })

  test('goes on where it was when more has come meanwhile, and tells nothing twice', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), file('b', '1'), file('c', '1'))
    const first = one.timeline({ ...ALL, limit: 1 })
    author(two, file('d', '1'))
    exchange(one, two)
    author(one, file('a', '22'))
    expect(timeline(one, { before: first.next! }).map(({ version }) => version.path)).toEqual(['b', 'a'])
    expect(() => one.timeline({ ...ALL, before: 'yesterday' })).toThrow('is not where a page of a timeline ended')
  })

  test('ends, with every version once, where the clock of a device went back', () => {
    const index = open(A)
    const times = [5, 6, 2, 1, 4, 9, 3, 3]
    let prev = NO_BATCH
    const batches = times.map((time, at) => {
      const { chunks, size } = content('one')
      const body = { path: `f${at}`, kind: 'file', mode: 0o644, mtime: 1, size, chunker: 1, chunks } as const
      const hlc = NOW * 1024 + time
      const rest = { manifest: false, target: '', hlc, vector: [[B.id, hlc + at] as [string, number]] }
      const bytes = encodeRecord({ ...body, ...rest } as never)
      const batch = { folder: FOLDER, author: B.id, epoch: 1, first: at + 1, prev, records: [{ body: bytes }] }
      const header = batchHeader(batch)
      prev = batchHash(header)
      return encodeBatch(signBatch(batch, signingKey(B.seed), header)).slice()
    })
    expect(index.ingest(batches, RULES).records).toBe(times.length)
    author(index, file('own', '1'))
    const told = timeline(index, { limit: 2 }).map(({ version }) => version.path)
    expect(told.toSorted()).toEqual(['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'own'])
    const { counts } = index.density({ ...SPAN, parts: 4 })
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(told.length)
  })

  test('of a directory of many files is the same whether they are the newest ones or the oldest', () => {
    const index = open(A)
    const many = (under: string, text: string): string[] => {
      const paths = Array.from({ length: 1_100 }, (_, at) => `${under}/${at}`)
      author(index, ...paths.map((path) => file(path, text)))
      return paths.toReversed()
    }
    const old = many('old', '1')
    many('new', '1')
    many('new', '22')
    many('new', '333')
    const newest = index.timeline({ ...ALL, under: 'new', limit: 2_000 })
    expect(newest.changes.slice(1_099, 1_101).map(words)).toEqual(['new/0 edited 2 *', 'new/1099 edited 1'])
    expect(timeline(index, { under: 'old', limit: 400 }).map(({ version }) => version.path)).toEqual(old)
    author(index, file('old/1', '22'))
    expect(index.timeline({ ...ALL, under: 'old' }).changes.length).toBe(1_000)
    expect(timeline(index, { under: 'old' }).slice(0, 2).map(words)).toEqual(['old/1 edited 1 *', 'old/1099 added null *'])
  })

  test('comes in short pages rather than late where its paths have very many versions', () => {
    const index = open(A)
    const texts = Array.from({ length: 4_100 }, (_, at) => `${at}`)
    for (const path of ['a', 'b', 'c']) author(index, ...texts.map((text) => file(path, text)))
    author(index, file('a', 'last'), file('b', 'last'), file('c', 'last'))
    const page = index.timeline({ ...ALL, limit: 10 })
    expect(page.changes.length).toBe(2)
    expect(index.timeline({ ...ALL, before: page.next!, limit: 10 }).changes.length).toBe(10)
  })
})

/** How many changes are in each part. */
function counted(
  changes: readonly PastChange[],
  { from, until, parts }: { from: number; until: number; parts: number },
): number[] {
  const counts = Array.from({ length: parts }, () => 0)
  for (const { version } of changes) {
    const time = hlcTime(version.hlc)
    if (time >= from && time < until) counts[Math.floor(((time - from) * parts) / (until - from))]!++
  }
  return counts
}

describe('the density of changes', () => {
  test('is told from the earliest to the newest, also where a clock is ahead, or of a part of it', () => {
    const index = open(A)
    expect(index.density(SPAN)).toEqual({ from: NOW, until: NOW, counts: Array.from({ length: 10 }, () => 0), earliest: null })
    for (const at of [0, 1, 2, 50, 99]) index.author([file(`f${at}`, '1'), file('g', `${at}`)], { now: NOW + at * 1000 })
    const all = { from: NOW, until: NOW + 99_001, earliest: NOW }
    expect(index.density(SPAN)).toEqual({ ...all, counts: [6, 0, 0, 0, 0, 2, 0, 0, 0, 2] })
    expect(index.density({ ...SPAN, now: NOW + 200_000, parts: 2 })).toEqual({ ...all, until: NOW + 200_000, counts: [10, 0] })
    const part = { from: NOW + 1000, until: NOW + 3000 }
    expect(index.density({ ...SPAN, ...part, parts: 4 })).toEqual({ ...part, earliest: NOW, counts: [2, 0, 2, 0] })
    expect(index.density({ ...SPAN, under: 'f2', parts: 1 })).toMatchObject({ earliest: NOW + 2000, counts: [1] })
    expect(index.density({ ...SPAN, under: 'f', parts: 1 })).toMatchObject({ earliest: null, counts: [0] })
  })
})
