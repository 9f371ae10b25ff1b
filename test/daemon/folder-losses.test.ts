import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { inProcess, type FolderIndex, type KeepItem } from '#db'
import type { DeviceId } from '#model'
import type { Sought } from '../../src/daemon/folder-gone.ts'
import { FolderLosses, type FolderLossesParts } from '../../src/daemon/folder-losses.ts'
import { Haste } from '../../src/daemon/haste.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A, open } from '../db/fixtures.ts'
import { fileOf, some } from '../replication/files.ts'

const BEN = 'ben' as DeviceId

/** A folder with a file that was edited four times. The first version is lost, the second was given up, the third is there; the fourth is the head. */
function made() {
  const index = open(A)
  some(4).forEach((chunk, at) => index.author([fileOf('f', [chunk])], { now: at + 1 }))
  const items = index.toKeep(9, 9)
  index.kept(items.map(({ record, isHead }) => ({ record, isHead, until: null, isHeld: true })))
  index.forgetGone([items[1]!], 5)
  index.forgetLost()
  index.forgetGone([items[0]!], 6)
  const clock = new HandClock()
  const set = {
    away: [] as DeviceId[],
    looked: [] as number[],
    keeping: 0,
    keeps: 0,
    bringing: Promise.resolve(),
    come: null as DeviceId | null,
    /** What a search on other devices comes to, and how often it was begun. */
    sought: async function* (): AsyncGenerator<Sought> {
      yield { there: [], nowhere: [items[0]!.record], open: [] }
    },
    searches: 0,
    /** What the look here finds to be lost. */
    finds: [] as KeepItem[],
  }
  const parts = {
    folder: 'f',
    notes: { setting: async () => null, putSetting: async () => undefined },
    sync: () => null,
    group: { state: { devices: [{ device: BEN, added: 1 }] } },
    index: inProcess<FolderIndex>(Object.assign(index, { keeping: () => set.keeping })),
    exchange: { connection: (device: DeviceId) => (device === set.come ? 1 : null) },
    gone: { sought: () => (set.searches++, set.sought()) },
    keeper: {
      between: (work: () => unknown) => work(),
      async keepAll() {
        set.keeps++
        index.forgetGone(set.finds, 8)
      },
      lookAt: async (some: KeepItem[]) => void set.looked.push(...some.map(({ version }) => version.seq)),
    },
    replicas: { askAnew: () => undefined, bringAll: () => set.bringing, count: 1 },
    holders: () => ({ away: set.away }),
    haste: new Haste(),
    find: async () => [],
    isKeeping: true,
    recheck: async () => undefined,
    count: async () => undefined,
    review: () => undefined,
    clock,
    logger: silentLogger,
  }
  const losses = new FolderLosses(parts as unknown as FolderLossesParts)
  onTestFinished(() => losses.stop())
  /** Passes time until it has ended; after how many ms that was. */
  const look = async (signal = new AbortController().signal) => {
    let result: Awaited<ReturnType<FolderLosses['look']>> | undefined
    const looking = losses.look(() => undefined, signal).then((found) => (result = found))
    for (let ms = 0; ; ms += 500) {
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
      if (result !== undefined || ms > 100_000) {
        const { nowhere, undecided } = await looking
        return { nowhere, ...undecided, ms }
      }
      clock.pass(500)
    }
  }
  return { index, items, losses, set, look, haste: parts.haste }
}

test('what another device has found is looked for where it is needed here, once however often it is told', async () => {
  const { items, losses, set } = made()
  const all = items.map(({ version }) => version)
  await losses.heard([...all, ...all, { ...all[0]!, seq: 99 }])
  expect(set.looked).toEqual([3, 4])
  expect((await losses.places()).map(({ seq }) => seq)).toEqual([1])
})

test('a look tries again while devices are at work, but not for one that is away, and ends after a while', async () => {
  const { set, look, haste } = made()
  expect(await look()).toMatchObject({ versions: 0, isWhole: true, ms: 0 })
  set.keeping = 2
  set.away = [BEN]
  expect(await look()).toMatchObject({ versions: 2, away: [BEN], isWhole: true, ms: 0 })
  set.away = []
  set.keeps = 0
  const { ms, isWhole } = await look()
  expect(isWhole).toBe(true)
  expect(ms).toBeLessThanOrEqual(16_000)
  expect(set.keeps).toBeGreaterThan(10)
  // What storage devices are brought may be very much.
  set.keeping = 0
  set.bringing = new Promise(() => undefined)
  expect(await look()).toMatchObject({ isWhole: false, ms: 10_000 })
  expect(haste.isAwaited()).toBe(false)
})

test('what counts as lost is looked for anew each time before it is given up, and what is there is not', async () => {
  const { index, items, losses, set, look } = made()
  const [first, , third] = items.map(({ record }) => record) as [number, number, number]
  expect(await look()).toMatchObject({ nowhere: [first], versions: 0 })
  set.sought = async function* () {
    yield { there: [first], nowhere: [], open: [] }
  }
  expect([await look(), index.losses(), set.searches]).toMatchObject([{ nowhere: [], versions: 0 }, 0, 2])
  index.forgetGone([{ record: first }, { record: third }], 7)
  // One that did not answer tells nothing.
  set.sought = async function* () {
    yield { there: [], nowhere: [third], open: [] }
  }
  const { nowhere, versions } = await look()
  expect([nowhere, versions]).toEqual([[third], 1])
  expect([await losses.giveUp(nowhere), index.losses()]).toEqual([1, 1])
})

test('what the look itself finds to be lost is nowhere, also where a search had found a part of it', async () => {
  const { items, set, look } = made()
  const [first, , third] = items as [KeepItem, KeepItem, KeepItem]
  set.finds = [first, third]
  set.sought = async function* () {
    yield { there: [first.record], nowhere: [], open: [] }
  }
  expect(await look()).toMatchObject({ nowhere: [first.record, third.record], versions: 0, isWhole: true })
})

test('what a search did not get to is not known to be lost, and nothing is by one that failed', async () => {
  const { index, items, set, look } = made()
  const [first, , third] = items.map(({ record }) => record) as [number, number, number]
  index.forgetGone([{ record: third }], 7)
  set.sought = async function* () {
    yield { there: [], nowhere: [first], open: [] }
    await new Promise(() => undefined)
  }
  expect(await look()).toMatchObject({ nowhere: [first], versions: 1, isWhole: false, ms: 60_000 })
  set.sought = async function* () {
    yield { there: [], nowhere: [first], open: [] }
    throw new Error('the disk')
  }
  expect(await look()).toMatchObject({ nowhere: [], versions: 2, isWhole: false })
})

test('what counts as lost is looked for again where a device has come meanwhile', async () => {
  const { items, set, look } = made()
  const { record } = items[0]!
  set.sought = async function* () {
    const has = set.come !== null
    set.come = BEN
    yield { there: has ? [record] : [], nowhere: has ? [] : [record], open: [] }
  }
  expect([await look(), set.searches]).toMatchObject([{ nowhere: [], versions: 0 }, 2])
})

test('nothing is known to be lost where a device has come and there is no time to ask it', async () => {
  const { items, set, look } = made()
  set.sought = async function* () {
    yield { there: [], nowhere: [items[0]!.record], open: [] }
    set.come = BEN
    await new Promise(() => undefined)
  }
  expect(await look()).toMatchObject({ nowhere: [], versions: 1, isWhole: false })
})
