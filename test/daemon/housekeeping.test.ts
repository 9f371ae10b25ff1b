import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { silentLogger, type Clock } from '#base'
import { inProcess, type DeviceStore, type FolderIndex } from '#db'
import { Holds, parsePolicy, type PolicyWords } from '#history'
import { toHex, type DeviceId, type VersionId } from '#model'
import type { FolderKeeping } from '../../src/daemon/folder-keeping.ts'
import type { Undecided } from '../../src/daemon/folder-losses.ts'
import type { FolderUse } from '../../src/daemon/folder-use.ts'
import { Housekeeping } from '../../src/daemon/housekeeping.ts'
import type { Housekept } from '../../src/daemon/housekept.ts'
import { noteJoined, noteLeft } from '../../src/daemon/left-folders.ts'
import type { OpenFolder } from '../../src/daemon/folder-opener.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { author } from '../db/fixtures.ts'
import { chunksOf, fileOf, here, makeFolder, packed, type Folder } from '../history/sweep-parts.ts'
import { newSealing } from '../store/subjects.ts'

const [ME, OTHER] = ['me', 'other'] as DeviceId[] as [DeviceId, DeviceId]
const DAY_MS = 86_400_000
const NAMES = ['old', 'older', 'now', 'stray']

interface Home {
  folder: Folder
  open: OpenFolder
  store: DeviceStore
  housekeeping: Housekeeping
  told: { done: number; total: number }[]
  /** What can be changed; `reviewed`: how often it was looked anew at what is to be kept. */
  set: {
    now: number
    grace: number
    policy: PolicyWords
    pins: VersionId[]
    isElsewhere: boolean
    use: FolderUse
    isForOthers: boolean
    /** What the layout has moved elsewhere, packed ids. */
    moved: Uint8Array
    /** Holders that lack something. */
    lacking: DeviceId[]
    reviewed: number
    nowhere: readonly number[]
    undecided: Undecided
  }
  run(isDry?: boolean): Promise<Housekept>
}

/** A device with one folder, whose only file was edited twice, and a chunk too many; its parts are real but for the folder's sync. */
async function home(): Promise<Home> {
  const folder = makeFolder()
  await folder.store.chunks.seal(folder.sealing, chunksOf(NAMES))
  for (const name of ['older', 'old', 'now']) author(folder.index, fileOf('f', [name]))
  const index = inProcess<FolderIndex>(folder.index)
  const set: Home['set'] = {
    now: 1_000 * DAY_MS,
    grace: DAY_MS,
    policy: {},
    pins: [],
    isElsewhere: true,
    use: 'taken',
    isForOthers: false,
    moved: new Uint8Array(0),
    lacking: [],
    reviewed: 0,
    nowhere: [],
    undecided: { versions: 0, away: [], isWhole: true },
  }
  const keeping = {
    losses: {
      look: async () => ({ nowhere: set.nowhere, undecided: set.undecided }),
      giveUp: (records: readonly number[]) => index.forgetLost(records),
    },
    isKept: true,
    holds: new Holds(),
    between: <T>(work: () => Promise<T>) => work(),
    replicas: { askAnew: () => undefined },
    review: () => set.reviewed++,
    lacking: async () => set.lacking.map((device) => ({ device, records: 1 })),
    holders: {
      movedFrom: (_: DeviceId, __: Uint8Array, has: (holder: DeviceId) => boolean) =>
        has(OTHER) ? set.moved : new Uint8Array(0),
    },
  }
  const open = {
    stored: { id: folder.sealing.folder, name: 'thesis' },
    index,
    disk: null,
    keeping: keeping as unknown as FolderKeeping,
    sync: { comparison: { done: true } },
    fault: null,
  } as unknown as OpenFolder
  const database = openDeviceStore(':memory:')
  onTestFinished(() => database.close())
  const store = inProcess<DeviceStore>(database)
  const clock: Clock = {
    now: () => set.now,
    monotonic: () => 0,
    after: (ms, then) => {
      if (ms < 1_000) queueMicrotask(then)
      return { cancel: () => undefined }
    },
  }
  const told: Home['told'] = []
  const housekeeping = new Housekeeping({
    device: ME,
    use: () => set.use,
    judge: { judge: async () => [] },
    registry: { folders: [open] },
    blocks: Object.assign(folder.swept, { totals: () => folder.store.chunks.totals() }),
    store,
    sealings: () => [folder.sealing],
    clock,
    logger: silentLogger,
    retention: () => ({ policy: parsePolicy(set.policy), pins: new Set(set.pins), snapshots: new Map() }),
    grace: () => set.grace,
    isElsewhere: () => set.isElsewhere,
    held: { took: () => false, isFor: () => set.isForOthers, isAny: true },
    called: (id) => (id === folder.sealing.folder ? 'thesis' : id),
    progress: (of) => told.push(of),
    isBusy: () => false,
  })
  onTestFinished(() => housekeeping.stop())
  const run = (isDry = false): Promise<Housekept> => housekeeping.run({ isDry, signal: new AbortController().signal })
  return { folder, open, store, housekeeping, told, set, run }
}

function forgotten({ folder }: Home): boolean[] {
  return folder.index.versions('f').map(({ isForgotten }) => isForgotten)
}

describe('housekeeping', () => {
  test('forgets by the policy, and frees that when the grace is over; a dry run only tells', async () => {
    const device = await home()
    device.set.policy = { 'keep-last': '2' }
    expect(await device.run(true)).toMatchObject({ forgotten: 1, blocks: 0, waitingBlocks: 1 })
    expect(forgotten(device)).toEqual([false, false, false])
    expect(await device.run()).toMatchObject({ forgotten: 1, blocks: 0, waitingBlocks: 2, obstacles: [] })
    expect(forgotten(device)).toEqual([false, false, true])
    expect(device.set.reviewed).toBe(1)
    device.set.now += DAY_MS
    const dry = await device.run(true)
    expect(dry).toMatchObject({ forgotten: 0, blocks: 2, waitingBlocks: 0 })
    expect(here(device.folder, NAMES)).toEqual(NAMES)
    expect(await device.run()).toMatchObject({ forgotten: 0, blocks: 2, bytes: dry.bytes })
    expect(here(device.folder, NAMES)).toEqual(['old', 'now'])
    expect(device.told.at(-1)!.total).toBe(4)
  })

  test('frees what others hold now like what no version needs, unless it is to be held here again before the grace is over', async () => {
    const device = await home()
    await device.folder.store.chunks.remove(device.folder.sealing.folder, packed(['stray']))
    device.set.moved = packed(['old', 'now'])
    device.set.lacking = [OTHER]
    expect(await device.run()).toMatchObject({ blocks: 0, waitingBlocks: 0 })
    device.set.lacking = []
    expect(await device.run(true)).toMatchObject({ forgotten: 0, blocks: 0, waitingBlocks: 2 })
    expect(await device.run()).toMatchObject({ forgotten: 0, blocks: 0, waitingBlocks: 2 })
    device.set.now += DAY_MS
    device.set.moved = packed(['now'])
    expect(await device.run()).toMatchObject({ blocks: 1, waitingBlocks: 0 })
    expect(here(device.folder, NAMES)).toEqual(['old', 'older'])
    expect(forgotten(device)).toEqual([false, false, false])
  })

  test('leaves what there still is of lost versions, until they are given up', async () => {
    const device = await home()
    const { index, store, sealing } = device.folder
    await store.chunks.remove(sealing.folder, packed(['stray']))
    const items = index.toKeep(9, 9)
    index.kept(items.map((item) => ({ ...item, until: null, isHeld: true })))
    index.forgetGone(items, 1)
    const run = (isLostToo: boolean, isDry = false) =>
      device.housekeeping.run({ isDry, isLostToo, signal: new AbortController().signal })
    expect(await run(false)).toMatchObject({ forgotten: 0, waitingBlocks: 0 })
    device.set.moved = packed(['old', 'now'])
    expect(await run(false, true)).toMatchObject({ waitingBlocks: 1 })
    device.set.moved = new Uint8Array(0)
    const lost = index.lost(0, 9).map(({ record }) => record)
    device.set.nowhere = lost.slice(1)
    expect([await run(true, true), index.losses()]).toMatchObject([{ forgotten: 1, lost: 1, waitingBlocks: 0 }, 2])
    expect([await run(true), index.losses()]).toMatchObject([{ forgotten: 1, lost: 1 }, 1])
    device.set.nowhere = lost
    expect([await run(true), index.losses()]).toMatchObject([{ forgotten: 1, waitingBlocks: 2, undecided: [] }, 0])
    device.set.nowhere = []
    device.set.undecided = { versions: 3, away: [OTHER], isWhole: true }
    expect(await run(true)).toMatchObject({ lost: 0, undecided: [{ folder: 'thesis', versions: 3, away: [OTHER] }] })
  })

  test('keeps what is held of a folder that nobody takes part in, and says so, until it is told to free that', async () => {
    const device = await home()
    const other = newSealing()
    await device.folder.store.chunks.seal(other, chunksOf(['x', 'y']))
    await device.folder.store.chunks.remove(device.folder.sealing.folder, packed(['stray']))
    device.set.isForOthers = true
    device.set.grace = DAY_MS / 2
    const run = (isAbandonedToo: boolean, isDry = false) =>
      device.housekeeping.run({ isDry, isAbandonedToo, signal: new AbortController().signal })
    const told = (words: string) => [{ folder: other.folder, message: expect.stringContaining(words) as string }]
    expect((await run(true)).obstacles).toEqual(told('held for other devices'))
    device.set.use = 'read'
    expect((await run(true)).obstacles).toEqual(told('one may read it out of the blocks'))
    device.set.use = 'foreign'
    expect((await run(false)).obstacles).toEqual(told('a group that this device is not in any more'))
    device.set.use = 'none'
    expect((await run(false)).obstacles).toEqual(told('gc --abandoned'))
    expect(await run(true, true)).toMatchObject({ waitingBlocks: 2, obstacles: [] })
    expect(await run(true)).toMatchObject({ blocks: 0, waitingBlocks: 2 })
    const isThere = async () => (await device.folder.swept.folders()).includes(other.folder)
    device.set.now += DAY_MS / 2 - 1
    await device.housekeeping.look()
    expect(await isThere()).toBe(true)
    device.set.now += 1
    await device.housekeeping.look()
    expect(await isThere()).toBe(false)
  })

  test('comes by itself once a day, when a policy has changed, and after a clock was set back', async () => {
    const device = await home()
    const { housekeeping, set, folder } = device
    set.grace = 0
    await housekeeping.look()
    expect(here(folder, NAMES)).toEqual(['old', 'older', 'now'])
    await folder.store.chunks.seal(folder.sealing, chunksOf(['stray']))
    set.now += DAY_MS - 1
    await housekeeping.look()
    expect(here(folder, NAMES)).toEqual(NAMES)
    set.policy = { 'keep-last': '2' }
    await housekeeping.look()
    expect(here(folder, NAMES)).toEqual(['old', 'now'])
    set.policy = { 'keep-last': '1' }
    await housekeeping.look()
    expect(here(folder, NAMES)).toEqual(['now'])
    await folder.store.chunks.seal(folder.sealing, chunksOf(['stray']))
    set.now -= 3
    await housekeeping.look()
    expect(here(folder, NAMES)).toEqual(['now'])
    await folder.store.chunks.seal(folder.sealing, chunksOf(['stray']))
    set.now += DAY_MS
    await housekeeping.look()
    expect(here(folder, NAMES)).toEqual(['now'])
  })

  test('says that it freed what nothing needs only where that failed in no folder', async () => {
    const device = await home()
    const { housekeeping, set, folder } = device
    await device.run()
    expect(await housekeeping.last()).toBe(1_000 * DAY_MS)
    set.now += DAY_MS
    const failing = vi.spyOn(folder.swept, 'held').mockRejectedValue(new Error('the disk is away'))
    expect((await device.run()).obstacles).toMatchObject([{ folder: 'thesis', message: 'the disk is away' }])
    expect(await housekeeping.last()).toBe(1_000 * DAY_MS)
    failing.mockRestore()
    await device.run()
    expect(await housekeeping.last()).toBe(1_001 * DAY_MS)
  })

  test('forgets nothing by a clock that has leapt, until it has gone on from there for a day', async () => {
    const device = await home()
    const { set, folder, housekeeping } = device
    set.policy = { 'keep-within': '30d' }
    const now = (set.now = folder.index.versions('f')[0]!.version.hlc / 1024 + 1_000)
    await housekeeping.look()
    const ahead = now + 20 * 365 * DAY_MS
    set.now = ahead
    folder.index.author([fileOf('f', ['stray'])], { now: ahead })
    for (const time of [ahead + 1_000, ahead + DAY_MS / 2, now + 1_000, now + 2 * DAY_MS]) {
      set.now = time
      await housekeeping.look()
    }
    expect(forgotten(device)).toEqual([false, false, false, false])
    for (const time of [ahead, ahead + DAY_MS]) {
      expect(forgotten(device)).toEqual([false, false, false, false])
      set.now = time
      await housekeeping.look()
    }
    expect(forgotten(device)).toEqual([false, true, true, true])
  })

  test('goes on where it was interrupted while it forgot', async () => {
    const device = await home()
    device.set.policy = { 'keep-last': '3' }
    await device.run()
    const key = `forgotten.${device.open.stored.id}`
    const run = {
      ...(JSON.parse((await device.store.setting(key))!) as object),
      policy: '1,1,0,0,0,0,0,0,0,0,0',
    }
    device.set.policy = { 'keep-last': '1' }
    await device.store.putSetting(key, JSON.stringify({ ...run, ended: null, next: 1 }))
    await device.housekeeping.look()
    expect(forgotten(device)).toEqual([false, false, false])
    expect(JSON.parse((await device.store.setting(key))!)).toEqual({ ...run, ended: device.set.now, next: 0 })
    expect(await device.run()).toMatchObject({ forgotten: 2 })
  })

  test.each<[string, (device: Home) => unknown, RegExp]>([
    ['was not compared', ({ open }) => Object.assign(open.sync!.comparison, { done: false }), /not been compared/],
    ['is not open', ({ open }) => Object.assign(open, { index: null, sync: null, keeping: null }), /not open/],
    ['is being put into', ({ open }) => void open.keeping!.holds.during(() => new Promise(() => undefined)), /being put into it/],
    [
      'has an index that knows less than it did',
      ({ open, store }) => store.putSetting(`swept.${open.stored.id}`, '4'),
      /knows fewer versions than it did \(3, and 4 once\)/,
    ],
    [
      'fails',
      ({ open }) => Object.assign(open, { index: { ...open.index, records: () => Promise.reject(new Error('the disk broke')) } }),
      /the disk broke/,
    ],
  ])('leaves a folder alone that %s, says why, and goes on with others', async (_, spoil, reason) => {
    const device = await home()
    const left = newSealing()
    await device.folder.store.chunks.seal(left, chunksOf(['x']))
    await noteLeft(device.store, left.folder, true)
    device.set.grace = 0
    await spoil(device)
    const result = await device.run()
    expect(result.obstacles).toEqual([{ folder: 'thesis', message: expect.stringMatching(reason) as string }])
    expect(here(device.folder, NAMES)).toEqual(NAMES)
    expect(await device.folder.swept.folders()).toEqual([device.folder.sealing.folder])
  })

  describe('of what was forgotten and is pinned later', () => {
    const oldest = ({ folder }: Home): VersionId => folder.index.versions('f').at(-1)!.version.id

    async function withForgotten(): Promise<Home> {
      const device = await home()
      device.set.policy = { 'keep-last': '1' }
      expect(await device.run()).toMatchObject({ forgotten: 2 })
      return device
    }

    test('keeps all, soon, and also where the policy was taken away', async () => {
      const device = await withForgotten()
      device.set.policy = {}
      await device.housekeeping.look()
      expect(forgotten(device)).toEqual([false, true, true])
      device.set.pins = [oldest(device)]
      await device.housekeeping.look()
      expect(forgotten(device)).toEqual([false, true, false])
      device.set.now += DAY_MS
      await device.run()
      expect(here(device.folder, NAMES)).toEqual(['older', 'now'])
    })

    test('keeps all where a run was interrupted behind it', async () => {
      const device = await withForgotten()
      const key = `forgotten.${device.open.stored.id}`
      const last = JSON.parse((await device.store.setting(key))!) as object
      await device.store.putSetting(key, JSON.stringify({ ...last, ended: null, next: 1 }))
      device.set.pins = [oldest(device)]
      device.set.now += DAY_MS
      await device.run()
      expect(forgotten(device)).toEqual([false, true, false])
      expect(here(device.folder, NAMES)).toEqual(['older', 'now'])
    })

    test('sweeps nothing where it comes after the versions were gone through', async () => {
      const device = await withForgotten()
      device.set.now += DAY_MS
      const { held } = device.folder.swept
      device.folder.swept.held = (...args) => {
        device.set.pins = [oldest(device)]
        return held.apply(device.folder.swept, args)
      }
      const { obstacles } = await device.run()
      expect(obstacles).toEqual([{ folder: 'thesis', message: 'what it is to keep was changed meanwhile' }])
      expect(here(device.folder, NAMES)).toEqual(NAMES)
      await device.housekeeping.look()
      expect(here(device.folder, NAMES)).toEqual(['older', 'now'])
    })
  })

  test('forgets nothing in a folder that was not compared with another device', async () => {
    const device = await home()
    device.set.policy = { 'keep-last': '1' }
    Object.assign(device.open.sync!.comparison, { done: false })
    expect(await device.run()).toMatchObject({ forgotten: 0 })
    expect(forgotten(device)).toEqual([false, false, false])
  })

  test('notes how much an index knew, so that a lost one is told from it', async () => {
    const device = await home()
    await device.run(true)
    expect(await device.store.setting(`swept.${device.open.stored.id}`)).toBeNull()
    await device.run()
    expect(await device.store.setting(`swept.${device.open.stored.id}`)).toBe('3')
  })

  test('keeps what there is of a folder that was left, unless others had all of it', async () => {
    const device = await home()
    device.set.grace = 0
    const left = newSealing()
    const { chunks } = device.folder.store
    await chunks.seal(left, chunksOf(['x', 'y']))
    const blocks = async (): Promise<string[]> => {
      const { ids } = await device.folder.swept.held(left.folder, new Uint8Array(0), 9)
      return ids.length === 0 ? [] : [toHex(ids)]
    }
    const there = await blocks()
    for (const isHeldElsewhere of [null, false]) {
      if (isHeldElsewhere !== null) await noteLeft(device.store, left.folder, isHeldElsewhere)
      expect((await device.run()).obstacles).toEqual([
        { folder: left.folder, message: expect.stringContaining('not known whether other devices') as string },
      ])
      expect(await blocks()).toEqual(there)
    }
    await noteLeft(device.store, left.folder, true)
    const stored = { id: left.folder, name: 'left', path: null, secret: null, pausedUntil: 0, marker: null, compared: false }
    await noteJoined(device.store, stored)
    expect((await device.run()).obstacles.length).toBe(1)
    await noteLeft(device.store, left.folder, true)
    // The others have left it, too, since.
    device.set.isElsewhere = false
    expect((await device.run()).obstacles.length).toBe(1)
    expect(await blocks()).toEqual(there)
    device.set.isElsewhere = true
    expect(await device.run()).toMatchObject({ blocks: 2, obstacles: [] })
    expect(await blocks()).toEqual([])
  })

  test('ends when nobody waits for it any more, and when Holdfast is stopped', async () => {
    const device = await home()
    device.set.grace = 0
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(device.housekeeping.run({ isDry: false, signal })).rejects.toThrow('gone')
    await device.housekeeping.stop()
    await expect(device.run()).rejects.toMatchObject({ code: 'offline' })
    expect(here(device.folder, NAMES)).toEqual(NAMES)
  })
})
