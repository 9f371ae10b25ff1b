import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { inProcess, type FolderIndex, type KeepItem } from '#db'
import type { DeviceId } from '#model'
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
  }
  const parts = {
    group: { state: { devices: [{ device: BEN }] } },
    index: inProcess<FolderIndex>(Object.assign(index, { keeping: () => set.keeping })),
    exchange: { connection: (device: DeviceId) => (device === set.come ? 1 : null) },
    gone: { sought: async () => [items[0]!.record] },
    keeper: {
      between: (work: () => unknown) => work(),
      keepAll: async () => void set.keeps++,
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
      if (result !== undefined || ms > 100_000) return { ...(await looking), ms }
      clock.pass(500)
    }
  }
  return { index, items, losses, set, look, haste: parts.haste }
}

test('what another device has found is looked for where it is needed here, and it hears what was given up', async () => {
  const { items, losses, set } = made()
  const all = items.map(({ version }) => version)
  const givenUp = await losses.heard([...all, { ...all[0]!, seq: 99 }])
  expect([set.looked, givenUp.map(({ seq }) => seq)]).toEqual([[3, 4], [2]])
  expect((await losses.places()).map(({ seq }) => seq)).toEqual([1])
})

test('what was given up on another device is given up here where it was found to be lost, and else stays', async () => {
  const { index, items, losses, set } = made()
  const [first, ...others] = items.map(({ version }) => version)
  expect([await losses.heardGivenUp(others), index.losses()]).toEqual([0, 1])
  expect(set.looked).toEqual([3, 4])
  expect([await losses.heardGivenUp([first!]), index.losses()]).toEqual([1, 0])
  expect(index.versions('f').map(({ isForgotten }) => isForgotten)).toEqual([false, false, true, true])
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

test('where devices have come to one that was without any, they are asked for what counts as lost before it is given up', async () => {
  const { losses, set, look, index } = made()
  await look()
  expect(index.losses()).toBe(1)
  set.come = BEN
  losses.review()
  await look()
  expect([await losses.giveUp(), index.losses()]).toEqual([{ count: 0, places: [] }, 0])
})
