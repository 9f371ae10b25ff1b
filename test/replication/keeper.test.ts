import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '#base'
import { toHex, type ChunkId } from '#model'
import { newTally, type Keeper, type KeeperParts } from '#replication'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { inProcess, type FolderIndex, type LocalChange } from '#db'
import { HandClock } from '../base/hand-clock.ts'
import { A, gone, open, stat } from '../db/fixtures.ts'
import { each, fileOf, named, put, some } from './files.ts'
import { keeperOver, type KeeperOver } from './keeper-over.ts'

const YEAR_MS = 365 * 86_400_000

const running: Keeper[] = []
afterEach(() => Promise.all(running.splice(0).map((keeper) => keeper.stop())))

/** A keeper over an index of its own, stopped after the test. */
function make(parts: Partial<KeeperParts> = {}): KeeperOver & { index: SqliteFolderIndex } {
  const index = open(A)
  const over = keeperOver(index, parts)
  running.push(over.keeper)
  return { index, ...over }
}

describe('Keeper', () => {
  test('brings the chunks of every version into the store, each once, many in one go', async () => {
    const { index, there, kept, seals, keeper } = make()
    const chunks = some(600)
    put(there, chunks)
    index.author(
      chunks.map((bytes, at) => fileOf(`f${at}`, [bytes, chunks[0]!])),
      { now: 1 },
    )
    expect(await keeper.keep()).toBeNull()
    expect(kept).toEqual(there)
    expect(seals.length).toBeLessThan(5)
    expect(seals.reduce((a, b) => a + b)).toBe(600)
    expect(index.keeping()).toBe(0)
    expect(await keeper.keep()).toBeNull()
    expect(seals.length).toBeLessThan(5)
  })

  test('keeps what is there of a version, and comes back for the rest; others are not held up', async () => {
    const { index, there, kept, keeper } = make()
    const [a, b, c] = some(3)
    put(there, [a!, c!])
    index.author([fileOf('one', [a!, b!]), fileOf('two', [c!])], { now: 1 })
    expect(await keeper.keep()).toBeGreaterThan(29_000)
    expect([...kept.keys()].toSorted()).toEqual([named(a!), named(c!)].toSorted())
    expect(index.keeping()).toBe(1)
    put(there, [b!])
    expect(index.toKeep(9, Infinity).map(({ version }) => version.path)).toEqual(['one'])
    // Of what was just written more may come soon.
    index.author([fileOf('young', some(4).slice(3))], { now: Date.now() })
    const soon = await keeper.keep()
    expect(soon).toBeGreaterThan(4_000)
    expect(soon).toBeLessThan(5_001)
  })

  test('ends, and comes back for what it lacks, also where the clock is set back meanwhile, and was ahead before', async () => {
    const clock = new HandClock()
    clock.skew = 3 * YEAR_MS
    let looks = 0
    const { index, keeper } = make({
      clock,
      finder: {
        find: async (ids) => {
          clock.skew = 0
          if (++looks > 20) throw new Error('it goes in circles')
          return each(ids).map(() => null)
        },
      },
    })
    const work = async (): Promise<number | null> => {
      const keeping = keeper.keep()
      for (let turns = 0; turns < 50; turns++) {
        await new Promise((resolve) => setImmediate(resolve))
        clock.pass(1)
      }
      return keeping
    }
    index.author([fileOf('one', some(1))], { now: 1 })
    expect(await work()).toBeLessThanOrEqual(30_000)
    expect(looks).toBe(1)
    clock.pass(30_000)
    expect(await work()).toBeLessThanOrEqual(30_000)
    expect(looks).toBe(2)
  })

  test('looks at nothing twice, however long what is nowhere to be had takes', async () => {
    let now = 1_000_000
    let looks = 0
    const { index, keeper } = make({
      clock: { ...systemClock, now: () => now },
      finder: {
        find: async (ids) => {
          now += 20_000
          if (++looks > 20) throw new Error('it goes in circles')
          return each(ids).map(() => null)
        },
      },
    })
    index.author(
      some(600).map((bytes, at) => fileOf(`f${at}`, [bytes])),
      { now: 1 },
    )
    expect(await keeper.keep()).toBe(0)
    expect(looks).toBe(3)
  })

  test('takes only what this device has to keep, and asks again when a version is superseded', async () => {
    const asked: string[] = []
    const { index, there, kept, keeper } = make({
      duty: ({ version, isHead }) => {
        asked.push(`${version.path} ${isHead}`)
        return isHead ? 'none' : 'block'
      },
    })
    const [a, b] = some(2)
    put(there, [a!, b!])
    index.author([fileOf('f', [a!])], { now: 1 })
    await keeper.keep()
    expect(kept.size).toBe(0)
    index.author([fileOf('f', [b!])], { now: 2 })
    index.author([gone('f')], { now: 3 })
    await keeper.keep()
    expect(asked).toEqual(['f true', 'f false', 'f false'])
    expect(kept.size).toBe(2)
  })

  test('is content with a file on the disk where a copy of any kind will do, as long as it is there', async () => {
    const onDisk = new Set<string>()
    const { index, there, kept, keeper } = make({
      duty: () => 'copy',
      live: async (ids) => each(ids).map((id) => onDisk.has(toHex(id))),
    })
    const [a, b] = some(2)
    put(there, [a!, b!])
    onDisk.add(named(a!))
    index.author([fileOf('one', [a!]), fileOf('two', [b!])], { now: 1 })
    await keeper.keep()
    expect([...kept.keys()]).toEqual([named(b!)])
    onDisk.delete(named(a!))
    index.author([gone('one')], { now: 2 })
    await keeper.keep()
    expect(kept.size).toBe(2)
  })

  test('looks again sooner where somebody waits whether another one has kept it', async () => {
    for (const [isAwaited, most] of [
      [true, 500],
      [false, 5_000],
    ] as const) {
      const { index, there, keeper } = make({ duty: () => 'later', isAwaited: () => isAwaited })
      const [a] = some(1)
      put(there, [a!])
      index.author([fileOf('f', [a!])], { now: 1 })
      const again = await keeper.keep()
      expect(again).toBeGreaterThan(most * 0.8)
      expect(again).toBeLessThan(most + 1)
    }
  })

  test('leaves a version for a while to whom it is to be left, and says each time that it has come further', async () => {
    let isLeft = true
    let told = 0
    const { index, there, kept, keeper } = make({
      duty: ({ version }) => (version.path === 'one' && isLeft ? 'later' : 'block'),
      kept: () => told++,
    })
    const [a, b] = some(2)
    put(there, [a!, b!])
    index.author([fileOf('one', [a!]), fileOf('two', [b!])], { now: 1 })
    expect(await keeper.keep()).toBeGreaterThan(4_000)
    expect([[...kept.keys()], told]).toEqual([[named(b!)], 1])
    const [item] = index.toKeep(9, Infinity)
    expect(await keeper.has(item!)).toBe(false)
    isLeft = false
    expect(await keeper.has(item!)).toBe(false)
    index.kept([{ ...item!, until: 0 }])
    expect(await keeper.keep()).toBeNull()
    expect([kept.size, told, await keeper.has(item!)]).toEqual([2, 2, true])
  })

  test('comes back to what it has left, also after it was asked for other things meanwhile, and after a restart', async () => {
    vi.useFakeTimers()
    try {
      let isLeft = true
      const { index, there, kept, keeper } = make({ duty: () => (isLeft ? 'later' : 'block') })
      const [a] = some(1)
      put(there, [a!])
      index.author([fileOf('one', [a!])], { now: 1 })
      await keeper.start()
      await vi.advanceTimersByTimeAsync(2_500)
      isLeft = false
      keeper.review()
      await vi.advanceTimersByTimeAsync(2_100)
      expect(kept.size).toBe(0)
      await keeper.stop()
      const again = make({ index: inProcess<FolderIndex>(index) })
      put(again.there, [a!])
      await again.keeper.start()
      await vi.advanceTimersByTimeAsync(2_000)
      expect(again.kept.size).toBe(0)
      await vi.advanceTimersByTimeAsync(6_000)
      expect(again.kept.size).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('comes back to what it has left when its time has come, and waits for no quiet then that there is anyway', async () => {
    vi.useFakeTimers()
    try {
      let isLeft = true
      const { index, there, kept, keeper } = make({ duty: () => (isLeft ? 'later' : 'block') })
      const [a] = some(1)
      put(there, [a!])
      index.author([fileOf('one', [a!])], { now: 1 })
      await keeper.start()
      await vi.advanceTimersByTimeAsync(2_500)
      isLeft = false
      await vi.advanceTimersByTimeAsync(4_000)
      expect(kept.size).toBe(0)
      await vi.advanceTimersByTimeAsync(1_000)
      expect(kept.size).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('keeps what there is within seconds where changes come all the time', async () => {
    vi.useFakeTimers()
    try {
      const { index, there, kept, keeper } = make({})
      const [a] = some(1)
      put(there, [a!])
      index.author([fileOf('one', [a!])], { now: 1 })
      await keeper.start()
      for (let passed = 0; passed < 8_000; passed += 500) {
        keeper.review()
        await vi.advanceTimersByTimeAsync(500)
      }
      expect(kept.size).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('keeps at once what was put off, for somebody who waits, while sync is at work', async () => {
    const tally = newTally()
    let isAwaited = false
    const { index, there, kept, keeper } = make({ isBusy: () => isAwaited, isAwaited: () => isAwaited, tally })
    const [a, b] = some(2)
    index.author([fileOf('one', [a!]), fileOf('two', [b!])], { now: 1 })
    await keeper.keep()
    put(there, [a!])
    isAwaited = true
    await keeper.keep()
    expect(kept.size).toBe(0)
    const started = performance.now()
    await keeper.keepAll()
    expect(performance.now() - started).toBeLessThan(400)
    expect([...kept.keys()]).toEqual([named(a!)])
    expect(index.keeping()).toBe(1)
    expect(tally).toEqual({ versions: 4, checked: 0, copies: 1, bytes: a!.length })
    await keeper.recheck()
    expect(tally.checked).toBe(2)
  })

  test('does not count what it looked at by another layout', async () => {
    let isMine = false
    let changing: Promise<void> | undefined
    const { index, there, kept, keeper } = make({
      duty: () => {
        const duty = isMine ? 'block' : 'none'
        changing ??= keeper.between(async () => {
          index.keepAnew()
          isMine = true
        })
        return duty
      },
    })
    const chunks = some(2)
    put(there, chunks)
    index.author([fileOf('one', [chunks[0]!]), fileOf('two', [chunks[1]!])], { now: 1 })
    await keeper.keep()
    await changing
    expect(kept.size).toBe(2)
    expect(index.keeping()).toBe(0)
  })

  test('finds what is gone of all that it has kept, and brings it again; the rest stays kept', async () => {
    const { index, there, kept, keeper } = make()
    const [a, b, c, late] = some(4)
    put(there, [a!, b!, c!])
    index.author([fileOf('one', [a!, b!]), fileOf('two', [c!]), fileOf('three', [b!]), fileOf('late', [late!])], { now: 1 })
    await keeper.keep()
    expect((await keeper.recheck()).length).toBe(0)
    expect(index.toKeep(9, Date.now()).map(({ version }) => version.path)).toEqual(['late'])
    index.kept(index.toKeep(9, Date.now()).map((item) => ({ ...item, until: Infinity })))
    kept.delete(named(b!))
    there.delete(named(b!))
    expect(toHex(await keeper.recheck())).toBe(named(b!))
    expect(index.unkept()).toEqual([expect.objectContaining({ seq: 0 })])
    expect(
      index
        .toKeep(9, Date.now())
        .map(({ version }) => version.path)
        .toSorted(),
    ).toEqual(['late', 'one', 'three'])
    await keeper.keep()
    put(there, [b!, late!])
    expect(toHex(await keeper.recheck())).toBe('')
    expect(await keeper.keep()).toBeNull()
    expect(kept.size).toBe(4)
  })

  test('does not take for lost what lay in a file that was just deleted, though an older version counted on that file, too', async () => {
    const lives = new Set<string>()
    const { index, keeper } = make({
      duty: () => 'copy',
      live: async (ids) => each(ids).map((id) => lives.has(toHex(id))),
    })
    const [a] = some(1)
    lives.add(named(a!))
    // Written, and touched.
    for (const mtimeMs of [1_000, 2_000]) {
      const touched = { ...fileOf('one', [a!]), stat: stat({ size: a!.length, mtimeMs }) } as LocalChange
      index.author([touched], { now: 1 })
      expect(await keeper.keep()).toBeNull()
    }
    index.author([{ path: 'one', kind: 'tombstone' }], { now: 2 })
    lives.clear()
    expect(toHex(await keeper.recheck())).toBe('')
    // It is looked for all the same, for both of them.
    expect(index.toKeep(9, Date.now()).filter(({ version }) => version.kind === 'file').length).toBe(2)
  })

  test('does not count as kept what another device has its chance with by now', async () => {
    let duty: 'block' | 'later' = 'block'
    const { index, there, kept, keeper } = make({ duty: () => duty })
    const [a] = some(1)
    put(there, [a!])
    index.author([fileOf('one', [a!])], { now: 1 })
    expect(await keeper.keep()).toBeNull()
    duty = 'later'
    kept.clear()
    await keeper.recheck()
    expect(index.keeping()).toBe(1)
    duty = 'block'
    expect(await keeper.keep()).toBeNull()
    expect(kept.size).toBe(1)
  })

  test('forgets a version that is gone, by how things were before it was asked for, and has then done with it', async () => {
    const asked: string[] = []
    const noted: string[] = []
    let before: 'quiet' | null = 'quiet'
    const [first, lost, last] = some(3)
    const { index, there, kept, keeper } = make({
      finder: {
        async find(ids, _lengths, _signal, nowhere) {
          before = null
          return each(ids).map((id) => {
            const bytes = there.get(toHex(id)) ?? null
            if (bytes === null) nowhere?.(toHex(id) as ChunkId)
            return bytes
          })
        },
      },
      gone: {
        before: (items) => items.map(() => before),
        async missed({ version, isHead }, was, nowhere) {
          if (nowhere.length > 0) asked.push(`${version.path} ${isHead} ${was} ${nowhere.map(toHex).join()}`)
          return nowhere.length > 0 && !isHead
        },
        noteGone: async (items) =>
          void noted.push(
            ...items.map(({ version }) => `${version.path} ${index.versions('f').some((each) => each.isForgotten)}`),
          ),
      },
    })
    put(there, [first!, last!])
    index.author([fileOf('f', [first!, lost!])], { now: 1 })
    index.author([fileOf('f', [last!])], { now: 2 })
    expect(await keeper.keep()).toBeNull()
    expect(asked).toEqual([`f false quiet ${named(lost!)}`])
    // Before it is forgotten.
    expect(noted).toEqual(['f false'])
    expect(index.versions('f').map(({ isForgotten }) => isForgotten)).toEqual([false, true])
    expect([kept.has(named(last!)), index.unkept()]).toEqual([true, []])
  })

  test('takes nothing for gone that was only not found', async () => {
    const looked: number[] = []
    const { index, keeper } = make({
      gone: {
        before: (items) => items.map(() => 'quiet'),
        missed: async (_, __, nowhere) => (looked.push(nowhere.length), false),
      },
      finder: { find: async (ids) => each(ids).map(() => null) },
    })
    index.author([fileOf('f', some(1))], { now: 1 })
    await keeper.keep()
    expect(looked).toEqual([0])
  })

  test('keeps a block of a chunk where one version needs that, though any copy will do for another', async () => {
    const [a] = some(1)
    const { index, there, kept, keeper } = make({
      duty: ({ version }) => (version.path === 'one' ? 'copy' : 'block'),
      live: async (ids) => each(ids).map(() => true),
    })
    put(there, [a!])
    index.author([fileOf('one', [a!]), fileOf('two', [a!])], { now: 1 })
    expect(await keeper.keep()).toBeNull()
    expect(kept.size).toBe(1)
    kept.clear()
    expect(toHex(await keeper.recheck())).toBe(named(a!))
  })

  test.each([
    ['a little', false, 4_000, 4_000],
    ['much', true, 115_000, 60_000],
  ])('waits for sync that has %s to do, but not without end', async (_, isBulk, wait, more) => {
    vi.useFakeTimers()
    try {
      let isBusy = true
      const { index, there, kept, keeper } = make({ isBusy: () => isBusy, isBulk: () => isBulk })
      const [a, b] = some(2)
      put(there, [a!, b!])
      index.author([fileOf('one', [a!])], { now: 1 })
      await keeper.start()
      await vi.advanceTimersByTimeAsync(wait)
      expect(kept.size).toBe(0)
      await vi.advanceTimersByTimeAsync(more)
      expect(kept.size).toBe(1)
      isBusy = false
      index.author([fileOf('two', [b!])], { now: 2 })
      keeper.review()
      await vi.advanceTimersByTimeAsync(1_500)
      expect(kept.size).toBe(1)
      await vi.advanceTimersByTimeAsync(1_000)
      expect(kept.size).toBe(2)
    } finally {
      vi.useRealTimers()
    }
  })

  test('tries again by itself what could not be had, also where the store or the index failed', async () => {
    vi.useFakeTimers()
    try {
      let fails = 1
      const { index, there, kept, keeper } = make({
        live: async (ids) => {
          if (fails-- > 0) throw new Error('the disk broke')
          return each(ids).map(() => false)
        },
        duty: () => 'copy',
      })
      const [a] = some(1)
      index.author([fileOf('one', [a!])], { now: 1 })
      await keeper.start()
      await vi.advanceTimersByTimeAsync(3_000)
      expect(kept.size).toBe(0)
      await vi.advanceTimersByTimeAsync(35_000)
      expect(fails).toBeLessThan(0)
      put(there, [a!])
      await vi.advanceTimersByTimeAsync(70_000)
      expect(kept.size).toBe(1)
      expect(index.keeping()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('says each time that it has come further after so many bytes, not only after so many versions', async () => {
    const left: number[] = []
    const { index, there, keeper } = make({ kept: () => left.push(index.keeping()) })
    const [chunk] = some(1, 1024 * 1024)
    put(there, [chunk!])
    // 40 MiB each, and an empty one.
    const large = ['a', 'b', 'c'].map((path) =>
      fileOf(
        path,
        Array.from({ length: 40 }, () => chunk!),
      ),
    )
    index.author([...large, fileOf('d', [])], { now: 1 })
    expect(await keeper.keep()).toBeNull()
    expect(left).toEqual([3, 2, 0])
  })

  test('splits a version of many chunks, and never reads more than a few MiB at once', async () => {
    let largest = 0
    const { index, there } = make()
    const chunks = some(40, 512 * 1024)
    put(there, chunks)
    index.author([fileOf('large', chunks)], { now: 1 })
    const measured = make({
      index: inProcess<FolderIndex>(index),
      finder: {
        find: async (ids, lengths) => {
          largest = Math.max(
            largest,
            lengths.reduce((sum, length) => sum + length, 0),
          )
          return each(ids).map((id) => there.get(toHex(id)) ?? null)
        },
      },
    })
    expect(await measured.keeper.keep()).toBeNull()
    expect(measured.kept.size).toBe(40)
    expect(largest).toBeLessThanOrEqual(4 * 1024 * 1024)
  })
})
