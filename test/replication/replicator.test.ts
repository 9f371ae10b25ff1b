import { afterEach, describe, expect, test } from 'vitest'
import { HoldfastError, silentLogger, systemClock, systemRandom } from '#base'
import { inProcess, type FolderIndex, type Have } from '#db'
import { toHex } from '#model'
import { newTally, Replicator, type BlockHolder, type ReplicatorParts } from '#replication'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, gone, open } from '../db/fixtures.ts'
import { each, fileOf, named, put, some } from './files.ts'

const running: Replicator[] = []
afterEach(() => Promise.all(running.splice(0).map((replicator) => replicator.stop())))

/** A device that holds blocks, in memory: a block is what it is of, backwards. */
class Holder implements BlockHolder {
  readonly device = B.id
  readonly blocks = new Map<string, Uint8Array>()
  asked = 0
  isConnected = true
  room = Infinity
  lies = false

  async lacking(ids: Uint8Array): Promise<Uint8Array> {
    this.#connected()
    this.asked += ids.length / 32
    return this.lies ? new Uint8Array(0) : Buffer.concat(each(ids).filter((id) => !this.blocks.has(toHex(id))))
  }

  /** As a device of an older version. */
  async summaries(): Promise<null> {
    this.#connected()
    return null
  }

  async hold(chunks: Parameters<BlockHolder['hold']>[0]): ReturnType<BlockHolder['hold']> {
    this.#connected()
    return chunks.map(({ id, block }) => {
      if (this.blocks.size >= this.room) return 'full'
      this.blocks.set(toHex(id), block)
      return 'stored'
    })
  }

  async isThere(id: Uint8Array): Promise<boolean> {
    this.#connected()
    return this.blocks.has(toHex(id))
  }

  #connected(): void {
    if (!this.isConnected) throw new HoldfastError('offline', 'it is away')
  }
}

function make(parts: Partial<ReplicatorParts> = {}): {
  index: SqliteFolderIndex
  there: Map<string, Uint8Array>
  holder: Holder
  notes: (readonly Have[] | null)[]
  replicator: Replicator
} {
  const index = open(A)
  const there = new Map<string, Uint8Array>()
  const holder = new Holder()
  const notes: (readonly Have[] | null)[] = []
  const replicator = new Replicator({
    index: inProcess<FolderIndex>(index),
    holder,
    isHolderOf: () => true,
    partitions: 1,
    mayBring: () => true,
    random: systemRandom,
    isExpectedOf: () => false,
    seal: async (ids) => each(ids).map((id) => there.get(toHex(id))?.toReversed() ?? null),
    noted: [],
    note: (upTo) => notes.push(upTo),
    isBusy: () => false,
    isAwaited: () => false,
    tally: newTally(),
    clock: systemClock,
    logger: silentLogger,
    ...parts,
  })
  running.push(replicator)
  return { index, there, holder, notes, replicator }
}

function seqOf({ kept }: Replicator): number {
  return Math.max(0, ...kept.values())
}

describe('Replicator', () => {
  test('brings what the device lacks of every version, superseded ones too, and knows how far it has come', async () => {
    const { index, there, holder, notes, replicator } = make()
    const chunks = some(600)
    put(there, chunks)
    holder.blocks.set(named(chunks[5]!), new Uint8Array(1))
    index.author(
      chunks.slice(0, 599).map((bytes, at) => fileOf(`f${at}`, [bytes])),
      { now: 1 },
    )
    index.author([fileOf('f0', [chunks[599]!]), gone('f1')], { now: 2 })
    expect(await replicator.bring()).toBeNull()
    expect(holder.blocks.size).toBe(600)
    // The first of two seals stays.
    expect(holder.blocks.get(named(chunks[5]!))).toHaveLength(1)
    expect(holder.blocks.get(named(chunks[6]!))).toEqual(chunks[6]!.toReversed())
    expect(seqOf(replicator)).toBe(601)
    expect(notes.at(-1)).toMatchObject([{ author: A.id, seq: 601 }])
    const { asked } = holder
    expect(await replicator.bring()).toBeNull()
    expect(holder.asked).toBe(asked)
  })

  test('brings only those that the device is a holder of', async () => {
    const [a, b] = some(2)
    const { index, there, holder, replicator } = make({ isHolderOf: (chunk) => toHex(chunk) === named(a!) })
    put(there, [a!, b!])
    index.author([fileOf('one', [a!, b!])], { now: 1 })
    await replicator.bring()
    expect([...holder.blocks.keys()]).toEqual([named(a!)])
    expect(seqOf(replicator)).toBe(1)
  })

  test('comes back for what is nowhere to be had, and says no more than is there until then', async () => {
    let now = 1_000_000
    const { index, there, holder, replicator } = make({ clock: { ...systemClock, now: () => now, monotonic: () => now } })
    const [a, b, c] = some(3)
    put(there, [a!, c!])
    index.author([fileOf('one', [a!]), fileOf('two', [b!]), fileOf('three', [b!, c!]), fileOf('four', [a!])], { now: 1 })
    expect(await replicator.bring()).toBeGreaterThan(29_000)
    expect(holder.blocks.size).toBe(2)
    expect(seqOf(replicator)).toBe(1)
    put(there, [b!])
    expect(await replicator.bring()).toBeGreaterThan(29_000)
    expect(holder.blocks.size).toBe(2)
    now += 40_000
    expect(await replicator.bring()).toBeNull()
    expect(holder.blocks.size).toBe(3)
    expect(seqOf(replicator)).toBe(4)
  })

  test('comes back for what is nowhere to be had also where the clock is set back', async () => {
    const at = { now: 1_000_000_000, monotonic: 0 }
    const clock = { ...systemClock, now: () => at.now, monotonic: () => at.monotonic }
    const { index, there, replicator } = make({ clock })
    const [a] = some(1)
    index.author([fileOf('one', [a!])], { now: 1 })
    expect(await replicator.bring()).toBe(30_000)
    put(there, [a!])
    Object.assign(at, { now: at.now - 86_400_000, monotonic: 30_000 })
    expect(await replicator.bring()).toBeNull()
    expect(seqOf(replicator)).toBe(1)
  })

  test('comes back sooner for what is young, and for somebody who waits', async () => {
    const now = 1_000_000_000
    for (const [age, isAwaited, most] of [
      [1_000, true, 1_000],
      [1_000, false, 5_000],
      [3_600_000, true, 5_000],
      [3_600_000, false, 30_000],
    ] as const) {
      const { index, replicator } = make({
        clock: { ...systemClock, now: () => now, monotonic: () => now },
        isAwaited: () => isAwaited,
      })
      index.author([fileOf('f', some(1))], { now: now - age })
      expect(await replicator.bring()).toBe(most)
    }
  })

  test('is done at once with a version that is found to be gone for good by that', async () => {
    const { index, there, replicator } = make({
      lost: async (items) => {
        index.forget(items.map(({ record }) => record))
        return [...items]
      },
    })
    const [lost, last] = some(2)
    put(there, [last!])
    index.author([fileOf('one', [lost!])], { now: 1 })
    index.author([fileOf('one', [last!])], { now: 2 })
    expect(await replicator.bring()).toBeNull()
    expect(seqOf(replicator)).toBe(2)
  })

  test('is done with a version that is nowhere to be had once that is forgotten', async () => {
    let now = 1_000_000
    const { index, there, replicator } = make({ clock: { ...systemClock, now: () => now, monotonic: () => now } })
    const [lost, last] = some(2)
    put(there, [last!])
    index.author([fileOf('one', [lost!])], { now: 1 })
    index.author([fileOf('one', [last!])], { now: 2 })
    expect(await replicator.bring()).toBeGreaterThan(29_000)
    expect(seqOf(replicator)).toBe(0)
    index.forget([1])
    now += 40_000
    expect(await replicator.bring()).toBeNull()
    expect(seqOf(replicator)).toBe(2)
  })

  test('goes on where it was where the device was away, or had no room', async () => {
    const { index, there, holder, replicator } = make()
    const chunks = some(10)
    put(there, chunks)
    index.author(
      chunks.map((bytes, at) => fileOf(`f${at}`, [bytes])),
      { now: 1 },
    )
    holder.room = 4
    expect(await replicator.bring()).toBeGreaterThan(0)
    expect(replicator.obstacle).toBe('full')
    // What it took before that counts.
    expect(seqOf(replicator)).toBe(4)
    holder.isConnected = false
    await expect(replicator.bring()).rejects.toMatchObject({ code: 'offline' })
    holder.isConnected = true
    holder.room = 20
    expect(await replicator.bring()).toBeNull()
    expect(replicator.obstacle).toBeNull()
    expect(holder.blocks.size).toBe(10)
    expect(seqOf(replicator)).toBe(10)
  })

  test('finds what the device has lost when it comes back, and counts on nothing until it has it again', async () => {
    const { index, there, holder, notes, replicator } = make()
    const chunks = some(3)
    put(there, chunks)
    index.author(
      chunks.map((bytes, at) => fileOf(`f${at}`, [bytes])),
      { now: 1 },
    )
    await replicator.bring()
    holder.blocks.delete(named(chunks[1]!))
    await replicator.bring()
    expect(holder.blocks.size).toBe(2)
    replicator.startAnew()
    await replicator.bring()
    expect(holder.blocks.size).toBe(3)
    expect(notes.map((upTo) => upTo?.[0]?.seq ?? null)).toEqual([3, null, 3])
  })

  test('does not believe a device that says it has what it has not', async () => {
    const { index, there, holder, notes, replicator } = make({ noted: [{ author: A.id, epoch: 1, seq: 9 }] })
    const [a] = some(1)
    put(there, [a!])
    index.author([fileOf('f', [a!])], { now: 1 })
    holder.lies = true
    await replicator.bring()
    expect(replicator.obstacle).toBe('lies')
    expect(seqOf(replicator)).toBe(0)
    expect(notes).toEqual([null])
  })

  test('leaves what was written a moment ago to its author', async () => {
    let now = 1_000_000
    const { index, there, holder, replicator } = make({
      clock: { ...systemClock, now: () => now, monotonic: () => now },
      isExpectedOf: (author) => author === A.id,
    })
    const [a] = some(1)
    put(there, [a!])
    index.author([fileOf('f', [a!])], { now })
    expect(await replicator.bring()).toBeGreaterThan(5_000)
    expect(holder.blocks.size).toBe(0)
    expect(seqOf(replicator)).toBe(0)
    now += 61_000
    expect(await replicator.bring()).toBeNull()
    expect(holder.blocks.size).toBe(1)
  })

  test('says no more than is there up to the first version that is open, whichever was found to be so first', async () => {
    const now = 1_000_000_000
    const { index, replicator } = make({
      clock: { ...systemClock, now: () => now, monotonic: () => now },
      isExpectedOf: (author) => author === A.id,
    })
    const [lost, recent] = some(2)
    index.author([fileOf('old', [lost!])], { now: now - 3_600_000 })
    index.author([fileOf('new', [recent!])], { now })
    await replicator.bring()
    expect(seqOf(replicator)).toBe(0)
  })

  test('at once, for somebody who waits, it brings what was put off, what is left to an author, and while sync is at work', async () => {
    const now = 1_000_000
    let isAwaited = false
    const tally = newTally()
    const { index, there, holder, replicator } = make({
      clock: { ...systemClock, now: () => now, monotonic: () => now },
      isExpectedOf: (author) => author === A.id,
      isBusy: () => isAwaited,
      isAwaited: () => isAwaited,
      tally,
    })
    const [a, b] = some(2)
    put(there, [a!])
    index.author([fileOf('old', [b!])], { now: now - 70_000 })
    index.author([fileOf('new', [a!])], { now })
    expect(await replicator.bring()).toBeGreaterThan(5_000)
    expect(holder.blocks.size).toBe(0)
    put(there, [b!])
    isAwaited = true
    const started = performance.now()
    expect(await replicator.bring(true)).toBeNull()
    expect(performance.now() - started).toBeLessThan(400)
    expect(holder.blocks.size).toBe(2)
    expect(seqOf(replicator)).toBe(2)
    expect(tally).toEqual({ versions: 2, checked: 2, copies: 2, bytes: 80 })
  })

  test('what it could not bring before stays open where it cannot go on when its time comes', async () => {
    const { index, there, holder, replicator } = make()
    const [a] = some(1)
    index.author([fileOf('f', [a!])], { now: 1 })
    await replicator.bring()
    put(there, [a!])
    holder.room = 0
    await replicator.bring(true)
    expect(replicator.obstacle).toBe('full')
    expect(await replicator.bring()).toBeGreaterThan(0)
    expect(seqOf(replicator)).toBe(0)
    holder.isConnected = false
    await expect(replicator.bring(true)).rejects.toMatchObject({ code: 'offline' })
    holder.isConnected = true
    holder.room = 1
    expect(await replicator.bring(true)).toBeNull()
    expect([holder.blocks.size, seqOf(replicator)]).toEqual([1, 1])
  })

  test('believes nothing of a device of which it got back something else than it said, wherever that is', async () => {
    let now = 0
    const { index, there, holder, replicator } = make({
      clock: { ...systemClock, monotonic: () => now },
      // The last of those that there are.
      random: { ...systemRandom, fraction: () => 0.999 },
    })
    const chunks = some(20)
    put(there, chunks)
    index.author([fileOf('f', chunks)], { now: 1 })
    await replicator.bring()
    expect(seqOf(replicator)).toBe(1)
    holder.blocks.delete(named(chunks[19]!))
    holder.lies = true
    expect(await replicator.bring()).toBeNull()
    expect(seqOf(replicator)).toBe(1)
    now += 25 * 60 * 60_000
    await replicator.bring()
    expect([replicator.obstacle, seqOf(replicator)]).toEqual(['lies', 0])
    holder.lies = false
    expect(await replicator.bring()).toBeNull()
    expect([replicator.obstacle, seqOf(replicator)]).toEqual([null, 1])
  })

  test('asks for all of it again, also what it had found to be there before', async () => {
    const { index, there, holder, replicator } = make()
    const chunks = some(300)
    put(there, chunks)
    index.author(
      chunks.map((bytes, at) => fileOf(`f${at}`, [bytes])),
      { now: 1 },
    )
    await replicator.bring()
    holder.lies = true
    for (const bytes of chunks.slice(256)) holder.blocks.delete(named(bytes))
    replicator.startAnew()
    await replicator.bring()
    expect([replicator.obstacle, seqOf(replicator)]).toEqual(['lies', 0])
    holder.lies = false
    holder.blocks.delete(named(chunks[0]!))
    expect(await replicator.bring()).toBeNull()
    expect([holder.blocks.size, seqOf(replicator)]).toEqual([300, 300])
  })

  test('does not believe that it has stored what it is given, either', async () => {
    const { index, there, holder, replicator } = make()
    const [a] = some(1)
    put(there, [a!])
    index.author([fileOf('f', [a!])], { now: 1 })
    holder.hold = async (chunks) => chunks.map(() => 'stored')
    await replicator.bring()
    expect([replicator.obstacle, seqOf(replicator)]).toEqual(['lies', 0])
  })

  test('only asks where this device may not bring anything, and knows what is there', async () => {
    let mayBring = false
    const { index, there, holder, replicator } = make({ mayBring: () => mayBring })
    const chunks = some(3)
    put(there, chunks)
    for (const at of [0, 1, 2]) index.author([fileOf(`f${at}`, [chunks[at]!])], { now: at + 1 })
    holder.blocks.set(named(chunks[0]!), new Uint8Array(1))
    expect(await replicator.bring()).toBeGreaterThan(0)
    expect([holder.blocks.size, seqOf(replicator), replicator.obstacle]).toEqual([1, 1, null])
    mayBring = true
    expect(await replicator.bring(true)).toBeNull()
    expect([holder.blocks.size, seqOf(replicator)]).toEqual([3, 3])
  })

  test('where it only asks, what still lacks at the second look may be gone, as one chunk of each tells', async () => {
    const looked: string[][] = []
    const { index, there, replicator } = make({
      mayBring: () => false,
      lost: async (items, absent) => {
        looked.push(absent.map(({ id }) => named(there.get(toHex(id))!)))
        return [...items]
      },
    })
    const chunks = some(4)
    put(there, chunks)
    index.author([fileOf('a', chunks.slice(0, 2)), fileOf('b', chunks.slice(2))], { now: 1 })
    expect(await replicator.bring()).toBeGreaterThan(0)
    expect([looked, seqOf(replicator)]).toEqual([[], 0])
    expect(await replicator.bring(true)).toBeNull()
    expect([looked, seqOf(replicator)]).toEqual([[[named(chunks[0]!), named(chunks[2]!)]], 2])
  })

  test('knows of what was brought up to the first that the device has no room for, also within a page', async () => {
    const { index, there, holder, replicator } = make()
    const chunks = some(300)
    put(there, chunks)
    index.author(
      chunks.map((bytes, at) => fileOf(`f${at}`, [bytes])),
      { now: 1 },
    )
    holder.room = 280
    await replicator.bring()
    expect([replicator.obstacle, seqOf(replicator)]).toEqual(['full', 280])
  })

  test('counts on nothing that a device says it has taken before it is full, where it has not', async () => {
    const { index, there, holder, replicator } = make()
    const chunks = some(3)
    put(there, chunks)
    index.author(
      chunks.map((bytes, at) => fileOf(`f${at}`, [bytes])),
      { now: 1 },
    )
    holder.hold = async (batch) => batch.map((_, at) => (at < 2 ? 'stored' : 'full'))
    await replicator.bring()
    expect([replicator.obstacle, seqOf(replicator)]).toEqual(['lies', 0])
  })

  test('looks at what it left to its author by the page, and gets nothing back for that', async () => {
    let now = 1_000_000_000
    let got = 0
    const { index, there, holder, replicator } = make({
      clock: { ...systemClock, now: () => now, monotonic: () => now },
      isExpectedOf: () => true,
    })
    const chunks = some(600)
    put(there, chunks)
    index.author(
      chunks.map((bytes, at) => fileOf(`f${at}`, [bytes])),
      { now },
    )
    await replicator.bring()
    expect(seqOf(replicator)).toBe(0)
    for (const bytes of chunks) holder.blocks.set(named(bytes), bytes)
    const { isThere } = holder
    holder.isThere = async (id) => {
      got++
      return isThere.call(holder, id)
    }
    let asks = 0
    const lacking = holder.lacking.bind(holder)
    holder.lacking = async (ids) => {
      asks++
      return lacking(ids)
    }
    now += 61_000
    expect(await replicator.bring()).toBeNull()
    expect([seqOf(replicator), got]).toEqual([600, 0])
    expect(asks).toBeLessThan(5)
  })

  test('works by itself, and ends when it is stopped', async () => {
    const { index, there, holder, replicator } = make()
    const [a] = some(1)
    put(there, [a!])
    index.author([fileOf('f', [a!])], { now: 1 })
    replicator.review()
    await expect.poll(() => holder.blocks.size, { timeout: 10_000 }).toBe(1)
    await replicator.stop()
  })
})
