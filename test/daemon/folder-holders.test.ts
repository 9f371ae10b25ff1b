import { afterAll, expect, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { inProcess, type DeviceStore, type Have } from '#db'
import { deviceIdOf, type DeviceId, type FolderId } from '#model'
import { keptUpTo, place } from '#replication'
import { movedFrom, type JudgedFolder } from '../../src/daemon/drop-judge.ts'
import { HandClock } from '../base/hand-clock.ts'
import { FolderHolders, type FolderHoldersParts } from '../../src/daemon/folder-holders.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'

const PARTITIONS = 64
const [own, nas, other] = [1, 2, 3].map((key) => deviceIdOf(new Uint8Array(32).fill(key))) as [DeviceId, DeviceId, DeviceId]
const HAVE: Have[] = [{ author: own, epoch: 0, seq: 5 }]

const database = openDeviceStore(':memory:')
const notes = inProcess<DeviceStore>(database)
afterAll(() => database.close())

/** This device has the folder, and another one holds all blocks of it; `devices` are in the group. */
function subject(
  devices: DeviceId[],
  set: {
    replicas?: number
    pledged?: boolean
    takers?: DeviceId[]
    leavers?: DeviceId[]
    peers?: unknown[]
    connected?: boolean
    said?: () => [DeviceId, Have[]]
    clock?: HandClock
  } = {},
): FolderHolders {
  const holders = place({ devices: [{ device: nas, capacity: 5 }], replicas: 1, partitions: PARTITIONS, last: null })
  const state = {
    get devices() {
      return devices.map((device) => ({ device, name: '', role: 'member', added: 0 }))
    },
    role: () => 'sync',
    takers: () => set.takers ?? [own],
    leavers: () => set.leavers ?? [],
    isLeaving: () => false,
    pledge: (device: DeviceId) => (device === nas ? 5 : 0),
    ringSize: PARTITIONS,
    get replicas() {
      return set.replicas ?? 2
    },
  }
  const made = new FolderHolders({
    folder: 'folder' as FolderId,
    group: { device: own, state: state as unknown as FolderHoldersParts['group']['state'] },
    pledged: () =>
      set.pledged === false ? null : { hash: new Uint8Array(32), holders, devices: [{ device: nas, capacity: 5, away: false }] },
    exchange: { isConnected: () => set.connected === true },
    sync: () => {
      if (set.said === undefined) return { exchange: { peers: set.peers ?? [] } } as never
      const [device, upTo] = set.said()
      const kept = { layout: made.layout?.name ?? '', upTo }
      return { exchange: { peers: [{ device, state: { kept } }] } } as never
    },
    replicas: {
      follow: () => Promise.resolve(),
      keptOf: () => (set.pledged === false ? undefined : keptUpTo(HAVE)),
      isBringingTo: () => true,
      obstacles: [],
    } as unknown as FolderHoldersParts['replicas'],
    isKept: () => true,
    own: () => HAVE,
    notes,
    clock: set.clock ?? systemClock,
    logger: silentLogger,
  })
  return made
}

test('a holder that is removed has nothing any more, also before there is a layout without it', async () => {
  const devices = [own, nas]
  const holders = subject(devices)
  await holders.follow(holders.next())
  expect(holders.percent(HAVE, 0)).toBe(100)
  expect(holders.lacking(HAVE)).toEqual([])
  devices.pop()
  expect(holders.isCurrent).toBe(true)
  expect(holders.percent(HAVE, 0)).toBe(0)
  expect(holders.isProtected({ author: own, epoch: 0, seq: 5 })).toBe(false)
  expect(holders.lacking(HAVE)).toEqual([{ device: nas, records: 5 }])
})

test('what a device said counts after a restart, and not any more once it has left the folder', async () => {
  const set = { pledged: false, takers: [own, nas], leavers: [] as DeviceId[], peers: [] as unknown[] }
  const before = subject([own, nas], set)
  await before.follow(before.next())
  set.peers = [{ device: nas, state: { kept: { layout: before.layout!.name, upTo: HAVE } } }]
  before.hear()
  expect(before.percent(HAVE, 0)).toBe(0)
  before.receipts.counts(nas, HAVE)
  expect(before.percent(HAVE, 0)).toBe(100)
  const anchored = [0, 0xff].map((byte) => before.isAnchored({ author: own, epoch: 0, seq: 5 }, new Uint8Array(32).fill(byte)))
  expect([anchored, before.isAnchored({ author: own, epoch: 0, seq: 6 }, new Uint8Array(32))]).toEqual([[true, true], false])
  await before.stop()
  set.peers = []
  const after = subject([own, nas], set)
  await after.follow(after.next())
  expect(after.percent(HAVE, 0)).toBe(100)
  set.leavers = [nas]
  expect(after.percent(HAVE, 0)).toBe(0)
})

test('a chunk may have no other holder than this device where one copy is enough: then it is not held elsewhere', async () => {
  const both = subject([own, nas])
  await both.follow(both.next())
  expect(both.isShared).toBe(true)
  const one = subject([own, nas], { replicas: 1, pledged: false, takers: [own, nas] })
  await one.follow(one.next())
  expect(one.isShared).toBe(false)
})

test('nothing is protected by a layout that is no longer the one to go by', async () => {
  const set = { replicas: 2 }
  const holders = subject([own, nas], set)
  await holders.follow(holders.next())
  const place = { author: own, epoch: 0, seq: 5 }
  expect(holders.isProtected(place)).toBe(true)
  set.replicas = 3
  expect(holders.isCurrent).toBe(false)
  expect(holders.isProtected(place)).toBe(false)
  expect(holders.percent(HAVE, 0)).toBeNull()
})

test('what another layout has moved elsewhere is of no use here once each that holds it now has it', async () => {
  const set = { replicas: 1 }
  const holders = subject([own, nas], set)
  const [first, second] = [7, 9].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer]
  const ids = Buffer.concat([first, second])
  const all = (): boolean => true
  const moved = (from: DeviceId, has: Parameters<typeof holders.movedFrom>[2] = all): Buffer =>
    Buffer.from(holders.movedFrom(from, ids, has))
  expect(moved(own)).toHaveLength(0)
  expect(holders.heldBy(nas, ids)).toHaveLength(64)
  await holders.follow(holders.next())
  expect(moved(own)).toEqual(ids)
  expect(moved(own, (holder, id) => holder === nas && second.equals(id))).toEqual(second)
  expect(moved(nas)).toHaveLength(0)
  expect([holders.heldBy(own, ids).length, holders.heldBy(nas, ids).length]).toEqual([0, 64])
  set.replicas = 2
  expect(moved(own)).toHaveLength(0)
  await holders.follow(holders.next())
  expect(moved(own)).toHaveLength(0)
})

test('one that lacks something else has what it says that it has', async () => {
  const holders = subject([own, nas], { replicas: 1 })
  await holders.follow(holders.next())
  const [first, second] = [7, 9].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer]
  const ids = Buffer.concat([first, second])
  const asked: string[] = []
  const keeping = (...lacking: DeviceId[]) =>
    ({
      holders,
      lacking: async () => lacking.map((device) => ({ device, records: 1 })),
      replicas: {
        heldBy: async (device: DeviceId) => {
          asked.push(device)
          return second
        },
      },
    }) as unknown as JudgedFolder['keeping']
  expect(await movedFrom(keeping(), own, ids)).toEqual(ids)
  expect(asked).toEqual([])
  expect(await movedFrom(keeping(nas), own, ids)).toEqual(second)
  expect(await movedFrom(keeping(own), own, ids)).toEqual(ids)
  expect(await movedFrom(keeping(nas), nas, ids)).toHaveLength(0)
  expect(asked).toEqual([nas, own])
})

test('it is told on how many devices each version is to be, and who has said what it has', async () => {
  const devices = [own, nas]
  const both = subject(devices, { replicas: 3 })
  expect(both.copies).toBeNull()
  await both.follow(both.next())
  expect([both.copies, both.areHeard]).toEqual([2, true])
  devices.pop()
  expect(both.copies).toBe(1)
  const one = subject([own, nas], { replicas: 3, pledged: false })
  await one.follow(one.next())
  expect(one.copies).toBe(1)
})

test('nothing is protected that nobody in the group is to hold, as where one that has it online-only goes on alone', async () => {
  const holders = subject([own], { pledged: false, takers: [], leavers: [own] })
  await holders.follow(holders.next())
  expect([holders.copies, holders.percent(HAVE, 0), holders.percent([], 0)]).toEqual([0, 0, 100])
  expect(holders.isProtected({ author: own, epoch: 0, seq: 5 })).toBe(false)
})

test('a version is within reach where each of its chunks is to be here, or on a device that is connected and has kept it', async () => {
  const chunks = Buffer.alloc(36, 7)
  const place = { author: own, epoch: 0, seq: 5 }
  const away = subject([own, nas], { replicas: 1 })
  expect(away.isWithinReach(place, chunks)).toBe(false)
  await away.follow(away.next())
  expect(away.isWithinReach(place, chunks)).toBe(false)
  const here = subject([own, nas], { replicas: 1, connected: true })
  await here.follow(here.next())
  expect([here.isWithinReach(place, chunks), here.isWithinReach({ ...place, seq: 6 }, chunks)]).toEqual([true, false])
  const shared = subject([own, nas], { replicas: 2 })
  await shared.follow(shared.next())
  expect(shared.isWithinReach({ ...place, seq: 6 }, chunks)).toBe(true)
})

test('a device that says less than before has something to look at again: how much it lacks is known when it has', async () => {
  const clock = new HandClock()
  const said: Have[] = []
  const holders = subject([own, other], {
    replicas: 2,
    pledged: false,
    takers: [own, other],
    said: () => [other, [...said]],
    clock,
  })
  await holders.follow(holders.next())
  const says = (seq: number): [number | null, boolean] => {
    said.splice(0, 1, { author: own, epoch: 0, seq })
    holders.hear()
    holders.receipts.counts(other, said)
    return [holders.percent(HAVE, 0), holders.isAnyLooking]
  }
  expect([says(3), says(5), says(1)]).toEqual([
    [60, false],
    [100, false],
    [20, true],
  ])
  clock.pass(29_000)
  expect([says(4), says(5), says(2)]).toEqual([
    [80, true],
    [100, false],
    [40, true],
  ])
  clock.pass(30_000)
  expect([says(2), says(3)]).toEqual([
    [40, false],
    [60, false],
  ])
  // What this device lacks itself is counted, wherever it is in the order.
  expect([says(5), holders.percent(HAVE, 1), holders.percent(HAVE, 9)]).toEqual([[100, false], 80, 0])
})
