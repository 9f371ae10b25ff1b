import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBatch, deviceIdOf, type DeviceId, type Version } from '#model'
import { joinHeads, nextVector, withArrival, type Head } from '../../src/db/head-algebra.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, C, content, exchange, file, follow, gone, missing, NOTHING, open, row, RULES, stat } from './fixtures.ts'

const DEVICES = [1, 2, 3].map((number) => deviceIdOf(new Uint8Array(32).fill(number)))

/** A device writes in place of some of the heads that it knows, or two devices tell each other all they know. */
type Event = { device: number; replaces: boolean[] } | { meet: [number, number] }

const events = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        device: fc.nat(2),
        replaces: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      }) as fc.Arbitrary<Event>,
    },
    { weight: 1, arbitrary: fc.constantFrom<Event>({ meet: [0, 1] }, { meet: [1, 2] }, { meet: [0, 2] }) },
  ),
  { maxLength: 30 },
)

function headsOf(records: readonly Head[]): Head[] {
  return records.reduce<Head[]>((heads, next, at) => withArrival(heads, next, () => records.slice(0, at)).heads, [])
}

function numbers(heads: readonly Head[]): number[] {
  return heads.map(({ record }) => record).toSorted((a, b) => a - b)
}

/** Plays events; calls `look` after each with what a device knows, and which of it something else that it knows has replaced. */
function play(list: readonly Event[], look: (known: Head[], replaced: Set<number>) => void): Head[] {
  const all: Head[] = []
  /** By record: the records replaced by it, directly or not. */
  const history: Set<number>[] = []
  const known = DEVICES.map((): Head[] => [])
  for (const event of list) {
    if ('meet' in event) {
      const [one, other] = event.meet
      const both = all.filter((head) => known[one]?.includes(head) === true || known[other]?.includes(head) === true)
      known[one] = both
      known[other] = [...both]
    } else {
      const mine = known[event.device]!
      const heads = headsOf(mine)
      const replaced = heads.filter((_, at) => event.replaces[at] === true)
      const others = heads.filter((head) => !replaced.includes(head))
      const record = all.length
      const author = DEVICES[event.device]!
      const vectors = nextVector(
        replaced.map(({ version }) => version),
        others.map(({ version }) => version),
        { device: author, hlc: record + 1 },
      )
      all.push({ record, version: { ...plain, ...vectors, hlc: record + 1, author } })
      mine.push(all[record]!)
      history.push(new Set(replaced.flatMap((head) => [head.record, ...history[head.record]!])))
    }
    const devices = 'meet' in event ? event.meet : [event.device]
    for (const device of devices) look(known[device]!, new Set(known[device]!.flatMap(({ record }) => [...history[record]!])))
  }
  return all
}

const plain = {
  path: 'a',
  kind: 'file',
  mode: 0o644,
  mtime: 0,
  size: 0,
  chunker: 1,
  chunks: new Uint8Array(0),
  manifest: false,
  target: '',
} as const

describe('the heads of a path', () => {
  test('are exactly what nothing known has replaced, whichever branches devices continue and join', () => {
    fc.assert(
      fc.property(events, (list) => {
        play(list, (known, replaced) => {
          expect(numbers(headsOf(known))).toEqual(numbers(known.filter(({ record }) => !replaced.has(record))))
        })
      }),
      { numRuns: 1000 },
    )
  })

  test('are the same in whatever order the records come', () => {
    const shuffled = events
      .map((list) => play(list, () => undefined))
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(
      fc.property(shuffled, ([all, order]) => {
        expect(numbers(headsOf(order))).toEqual(numbers(headsOf(all)))
      }),
      { numRuns: 500 },
    )
  })

  test('are the same in whatever order, also where a restored device has superseded what it has not seen', () => {
    const [own, other] = DEVICES as [DeviceId, DeviceId]
    const head = (record: number, author: DeviceId, vector: [DeviceId, number][]): Head => ({
      record,
      version: { ...plain, hlc: record, author, vector },
    })
    const before = head(1, other, [[other, 9]])
    const forgotten = head(2, own, [
      [own, 5],
      [other, 9],
    ])
    const restored = head(3, own, [[own, 6]])
    for (const order of [
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [2, 3, 1],
      [3, 1, 2],
      [3, 2, 1],
    ]) {
      const records = order.map((number) => [before, forgotten, restored][number - 1]!)
      expect(numbers(headsOf(records))).toEqual([3])
    }
  })

  test('are named by none where every edit replaces all that its device knows', () => {
    const single = events.map((list) =>
      list.map((event) => ('meet' in event ? event : { ...event, replaces: event.replaces.map(() => true) })),
    )
    fc.assert(
      fc.property(single, (list) => {
        for (const { version } of play(list, () => undefined)) expect(version.beside).toBeUndefined()
      }),
    )
  })

  test('are joined by content, with no content lost and none twice', () => {
    const versions = fc.array(fc.record({ size: fc.nat(2), hlc: fc.nat(3) }), { maxLength: 8 })
    fc.assert(
      fc.property(versions, (list) => {
        const all = list.map(({ size, hlc }, seq): Version => {
          const { chunks } = content('x'.repeat(size))
          const author = DEVICES[seq % 3]!
          return {
            ...plain,
            size,
            hlc,
            chunks,
            vector: [[author, seq + 1]],
            author,
            epoch: 1,
            seq,
            id: `${seq}` as Version['id'],
          }
        })
        const joined = joinHeads(all)
        expect(new Set(joined.map(({ size }) => size))).toEqual(new Set(list.map(({ size }) => size)))
        expect(joined).toHaveLength(new Set(list.map(({ size }) => size)).size)
        for (const { size, hlc } of joined)
          expect(hlc).toBe(Math.max(...list.filter((body) => body.size === size).map((body) => body.hlc)))
      }),
    )
  })
})

/** What the users of three devices do with one path, and when the devices meet. */
type Step = { device: number; do: 'edit' | 'delete' | 'pick' } | { meet: [number, number] }

const steps = fc.array(
  fc.oneof(
    fc.record({ device: fc.nat(2), do: fc.constantFrom('edit', 'edit', 'delete', 'pick') }) as fc.Arbitrary<Step>,
    fc.constantFrom<Step>({ meet: [0, 1] }, { meet: [1, 2] }, { meet: [0, 2] }),
  ),
  { minLength: 4, maxLength: 25 },
)

/** Notes that the disk shows one of the heads: the greatest, or with `last` the least. */
function show(index: SqliteFolderIndex, last = false): void {
  const { path, heads, revision } = row(index, 'a')
  const live = heads.filter(({ kind }) => kind === 'file')
  const head = last ? live.at(-1) : live[0]
  const done = [{ path, revision }]
  if (head === undefined) index.commit({ ...NOTHING, gone: ['a'], done })
  else {
    const now = stat({ size: head.size, mtimeMs: head.mtime / 1000, mode: head.mode })
    index.commit({
      ...NOTHING,
      shown: [{ path: 'a', kind: 'file', stat: now, version: head.id, source: 'a' }],
      done,
    })
  }
}

describe('three devices that edit one path', () => {
  test('agree once they have met, and lose no content that nobody replaced', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const indexes = [A, B, C].map((one) => open(one))
        const at = (number: number): SqliteFolderIndex => indexes[number]!
        /** By device: the texts known, and which others each has replaced. */
        const replaced = new Map<string, Set<string>>()
        const known = indexes.map(() => new Set<string>())
        const shown: (string | null)[] = [null, null, null]
        const texts = (index: SqliteFolderIndex): string[] =>
          row(index, 'a')
            .heads.filter(({ kind }) => kind === 'file')
            .map(({ chunks }) => named.get(Buffer.from(chunks).toString('hex'))!)
        const named = new Map<string, string>()
        const expected = (device: number): string[] => {
          const old = new Set([...known[device]!].flatMap((text) => [...replaced.get(text)!]))
          return [...known[device]!].filter((text) => !old.has(text) && !text.startsWith('-'))
        }
        const look = (device: number, last: boolean): void => {
          show(at(device), last)
          const all = texts(at(device))
          shown[device] = (last ? all.at(-1) : all[0]) ?? null
        }
        list.forEach((step, number) => {
          if ('meet' in step) {
            const [one, other] = step.meet
            exchange(at(one), at(other))
            const both = new Set([...known[one]!, ...known[other]!])
            known[one] = new Set(both)
            known[other] = new Set(both)
            look(one, false)
            look(other, false)
            return
          }
          const { device } = step
          if (step.do === 'pick') {
            look(device, true)
            return
          }
          const before = shown[device] ?? null
          if (step.do === 'delete' && before === null) return
          const text = step.do === 'edit' ? `text ${number}${'.'.repeat(number)}` : `-${number}`
          // An edit has seen what it replaces, and the deletions beside it.
          const deletions = [...known[device]!].filter((other) => other.startsWith('-'))
          const seen = before === null ? [] : [before, ...replaced.get(before)!]
          replaced.set(text, new Set([...seen, ...deletions.flatMap((other) => [...replaced.get(other)!])]))
          known[device]!.add(text)
          if (step.do === 'edit') named.set(Buffer.from(content(text).chunks).toString('hex'), text)
          author(at(device), step.do === 'edit' ? file('a', text) : gone('a'))
          shown[device] = step.do === 'edit' ? text : null
          expect(texts(at(device)).toSorted()).toEqual(expected(device).toSorted())
        })
        for (const [one, other] of [
          [0, 1],
          [1, 2],
          [0, 1],
        ] as const)
          exchange(at(one), at(other))
        const all = new Set(known.flatMap((set) => [...set]))
        for (const device of [0, 1, 2]) known[device] = new Set(all)
        for (const index of indexes) expect(row(index, 'a').heads).toEqual(row(at(0), 'a').heads)
        expect(texts(at(0)).toSorted()).toEqual(expected(0).toSorted())
      }),
      { numRuns: 150 },
    )
  })

  test('have the same heads for batches in any order that keeps each author’s', () => {
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat(2)), (list, picks) => {
        const indexes = [A, B, C].map((one) => open(one))
        list.forEach((step, number) => {
          if ('meet' in step) {
            const [one, other] = step.meet
            exchange(indexes[one]!, indexes[other]!)
            show(indexes[one]!)
            show(indexes[other]!)
          } else
            author(
              indexes[step.device]!,
              step.do === 'delete' ? gone('a') : file(step.do === 'pick' ? 'b' : 'a', `text ${number}`),
            )
        })
        for (const [one, other] of [
          [0, 1],
          [1, 2],
          [0, 1],
        ] as const)
          exchange(indexes[one]!, indexes[other]!)
        const last = open({ seed: new Uint8Array(32).fill(9), id: deviceIdOf(new Uint8Array(32).fill(9)) })
        const queues = [A, B, C].map(({ id }) => missing(indexes[0]!, last).filter((batch) => decodeBatch(batch).author === id))
        while (queues.some((queue) => queue.length > 0)) {
          const queue = queues[picks.next().value as number]!
          const batch = queue.shift()
          if (batch !== undefined) expect(last.ingest([batch], RULES).fault).toBeUndefined()
        }
        for (const path of ['a', 'b']) expect(row(last, path).heads).toEqual(row(indexes[0]!, path).heads)
      }),
      { numRuns: 60 },
    )
  })
})

test('the totals tell how many records others supersede, on each device the same', () => {
  const [one, other] = [open(A), open(B)]
  expect(one.totals().superseded).toBe(0)
  author(one, file('edited', 'first'), file('deleted', 'x'), file('kept', 'y'))
  exchange(one, other)
  follow(other)
  expect(one.totals().superseded).toBe(0)
  author(one, file('edited', 'mine'), gone('deleted'))
  author(other, file('edited', 'theirs'))
  expect([one, other].map((index) => index.totals().superseded)).toEqual([2, 1])
  exchange(one, other)
  expect([one, other].map((index) => index.totals().superseded)).toEqual([2, 2])
  for (const index of [one, other]) author(index, file('alike', 'z'))
  exchange(one, other)
  expect([one, other].map((index) => index.totals().superseded)).toEqual([2, 2])
  author(one, file('alike', 'in place of both'))
  exchange(one, other)
  expect([one, other].map((index) => index.totals().superseded)).toEqual([4, 4])
  expect(open(B, { copy: other.copy() }).totals().superseded).toBe(4)
})
