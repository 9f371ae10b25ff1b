import { expect, test } from 'vitest'
import { silentLogger } from '#base'
import { deviceIdOf, type DeviceId, type FolderId } from '#model'
import { AskedDevices } from '../../src/daemon/asked-devices.ts'
import { LostSeeker } from '../../src/daemon/lost-seeker.ts'
import { HandClock } from '../base/hand-clock.ts'

const [one, other] = [1, 2].map((key) => deviceIdOf(new Uint8Array(32).fill(key))) as [DeviceId, DeviceId]

/** All were asked before. */
const NOBODY_NEW = { peers: () => [], asked: { unasked: async () => [], note: async () => undefined } }

/** What has been resolved is heard by all. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 19; turn++) await Promise.resolve()
}

test('what is lost is looked for each time that a device has come, and not when one goes', async () => {
  const clock = new HandClock()
  const connections = new Map<DeviceId, number>()
  let looks = 0
  const found: number[][] = []
  const seeker = new LostSeeker({
    gone: {
      async *sought() {
        if (++looks === 3) await new Promise<void>((resolve) => void clock.after(1_000, resolve))
        yield { there: looks === 2 ? [7] : [], nowhere: [], open: [] }
      },
    },
    find: async () => [],
    ...NOBODY_NEW,
    devices: () => [one, other],
    connection: (device) => connections.get(device) ?? null,
    found: async (records) => void found.push([...records]),
    clock,
    logger: silentLogger,
  })
  const unsure: boolean[] = []
  const after = async (change: () => unknown): Promise<number> => {
    change()
    seeker.review()
    unsure.push(seeker.isUnsure)
    for (let at = 0; at < 4; at++) {
      seeker.review()
      clock.pass(1_000)
      await settled()
    }
    return looks
  }
  const told = [
    await after(() => undefined),
    await after(() => connections.set(one, 1)),
    await after(() => connections.set(other, 2)),
    await after(() => connections.delete(one)),
    await after(() => connections.set(one, 3)),
  ]
  expect([told, found]).toEqual([[0, 1, 2, 2, 3], [[7]]])
  // Only who was without any cannot know.
  expect([unsure, seeker.isUnsure]).toEqual([[false, true, false, false, false], false])
  // The last look took a second.
  expect(await after(() => connections.set(one, 4))).toBe(3)
  clock.pass(20_000)
  await settled()
  expect(looks).toBe(4)
  seeker.stop()
  expect(await after(() => connections.set(one, 5))).toBe(4)
})

test('a look that takes long is not joined by another one', async () => {
  const clock = new HandClock()
  let [looks, connections] = [0, 0]
  const ends: (() => void)[] = []
  const seeker = new LostSeeker({
    gone: {
      async *sought() {
        looks++
        await new Promise<void>((resolve) => ends.push(resolve))
        yield { there: [], nowhere: [], open: [] }
      },
    },
    find: async () => [],
    ...NOBODY_NEW,
    devices: () => [one],
    connection: () => connections,
    found: async () => undefined,
    clock,
    logger: silentLogger,
  })
  for (let at = 0; at < 9; at++) {
    connections++
    seeker.review()
    clock.pass(3_000)
    await settled()
  }
  expect(looks).toBe(1)
  ends[0]!()
  await settled()
  clock.pass(3_000)
  await settled()
  expect(looks).toBe(2)
  seeker.stop()
})

test('one that was without any device stays unsure where it could not look, or another one came meanwhile, and looks again', async () => {
  const clock = new HandClock()
  const connections = new Map<DeviceId, number>()
  let looks = 0
  const seeker = new LostSeeker({
    gone: {
      async *sought() {
        if (++looks === 1) throw new Error('the disk')
        if (looks === 2) connections.set(other, 2)
        yield { there: [], nowhere: [], open: [] }
      },
    },
    find: async () => [],
    ...NOBODY_NEW,
    devices: () => [one, other],
    connection: (device) => connections.get(device) ?? null,
    found: async () => undefined,
    clock,
    logger: silentLogger,
  })
  connections.set(one, 1)
  const unsure: boolean[] = []
  for (let at = 0; at < 3; at++) {
    seeker.review()
    clock.pass(3_000)
    await settled()
    unsure.push(seeker.isUnsure)
  }
  expect([looks, unsure]).toEqual([3, [true, true, false]])
  seeker.stop()
})

test('one that was without any device stays unsure while a device is silent, and asks it again, each time later', async () => {
  const clock = new HandClock()
  const at: number[] = []
  let connections: number | null = null
  let open = [3]
  const seeker = new LostSeeker({
    gone: {
      async *sought() {
        at.push(clock.monotonic() / 1_000)
        yield { there: [], nowhere: [], open }
      },
    },
    find: async () => [],
    ...NOBODY_NEW,
    devices: () => [one],
    connection: () => connections,
    found: async () => undefined,
    clock,
    logger: silentLogger,
  })
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      clock.pass(1_000)
      await settled()
    }
  }
  seeker.review()
  connections = 1
  seeker.review()
  await pass(50)
  expect([at, seeker.isUnsure]).toEqual([[3, 6, 12, 24, 48], true])
  // One that comes is asked soon.
  connections = 2
  seeker.review()
  await pass(10)
  expect(at.slice(5)).toEqual([53, 56])
  open = []
  await pass(1_000)
  expect([at.slice(7), seeker.isUnsure]).toEqual([[62], false])
  // Nobody is there to be asked.
  open = [3]
  connections = null
  await seeker.seek()
  await pass(1_000)
  expect(at.length).toBe(9)
  seeker.stop()
})

test('a look begins when the other one has ended, also where somebody asked for a third', async () => {
  const clock = new HandClock()
  let connections = 0
  const ends: (() => void)[] = []
  const seeker = new LostSeeker({
    gone: {
      async *sought() {
        await new Promise<void>((resolve) => ends.push(resolve))
        yield { there: [], nowhere: [], open: [] }
      },
    },
    find: async () => [],
    ...NOBODY_NEW,
    devices: () => [one],
    connection: () => connections,
    found: async () => undefined,
    clock,
    logger: silentLogger,
  })
  const [long, short] = [seeker.seek(), seeker.seek()]
  await settled()
  ends[1]!()
  await short
  connections++
  seeker.review()
  clock.pass(10_000)
  await settled()
  expect(ends.length).toBe(2)
  ends[0]!()
  await long
  clock.pass(200_000)
  await settled()
  expect(ends.length).toBe(3)
  seeker.stop()
  ends[2]!()
})

test('who has come to the group since is asked for what nobody had kept as well, once, and only where it answered for all', async () => {
  const clock = new HandClock()
  const notes = new Map<string, string | null>()
  const members = [{ device: one, added: 5 }]
  const folder = 'f' as FolderId
  let peers: DeviceId[] = [one]
  let connection: number | null = 1
  const looks: boolean[] = []
  let meanwhile = (): void => undefined
  let open: number[] = []
  const seeker = new LostSeeker({
    gone: {
      async *sought(_, isAll) {
        looks.push(isAll)
        meanwhile()
        yield { there: [], nowhere: [], open }
      },
    },
    find: async () => [],
    devices: () => members.map(({ device }) => device),
    connection: () => connection,
    peers: () => peers,
    asked: new AskedDevices({
      folder,
      members: () => members,
      notes: { setting: async (key) => notes.get(key) ?? null, putSetting: async (key, value) => void notes.set(key, value) },
    }),
    found: async () => undefined,
    clock,
    logger: silentLogger,
  })
  // It went before it had answered.
  meanwhile = () => ([connection, peers] = [null, []])
  await seeker.seek()
  meanwhile = () => undefined
  ;[connection, peers] = [2, [one]]
  // It is there, and has not said whether it has what is still open: its disk is away, say.
  open = [3]
  await seeker.seek()
  open = []
  await seeker.seek()
  await seeker.seek()
  expect(looks).toEqual([true, true, true, false])
  // Removed, and added again.
  members[0] = { device: one, added: 9 }
  await seeker.seek()
  await seeker.seek()
  expect(looks.slice(4)).toEqual([true, false])
  expect([...notes]).toEqual([['asked.f', JSON.stringify([[one, 9]])]])
  // One that opens the folder later than it connects is new as well.
  members.push({ device: other, added: 10 })
  seeker.review()
  clock.pass(3_000)
  await settled()
  peers = [one, other]
  seeker.review()
  clock.pass(60_000)
  await settled()
  expect(looks.at(-1)).toBe(true)
  seeker.stop()
})
