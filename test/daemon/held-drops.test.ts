import { expect, onTestFinished, test } from 'vitest'
import { inProcess, type DeviceStore } from '#db'
import type { DropKind } from '#exchange'
import type { DeviceId, FolderId, RecordPlace, Role } from '#model'
import type { Cut, GroupDevice } from '#peers'
import { SweptBlocks, type ForeignBlock } from '#store'
import { HeldForOthers } from '../../src/daemon/held-for-others.ts'
import { sweepPending } from '../../src/daemon/sweep-pending.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { newForeign, newSealing, newStore, packIds, shelfStore } from '../store/subjects.ts'

const [ME, ANNA, BEN, CARL] = ['me', 'anna', 'ben', 'carl'] as DeviceId[] as [DeviceId, DeviceId, DeviceId, DeviceId]
const HOUR_MS = 3_600_000
const NOW = 1_000 * 24 * HOUR_MS
const sealing = newSealing()
const { folder } = sealing

/** A storage device of a group of three, one of which only reads; its parts are real. */
function storage() {
  const store = newStore()
  const database = openDeviceStore(':memory:')
  onTestFinished(() => database.close())
  const notes = inProcess<DeviceStore>(database)
  const set = {
    now: NOW,
    own: [] as FolderId[],
    roles: new Map<DeviceId, Role>([
      [ANNA, 'sync'],
      [BEN, 'sync'],
      [CARL, 'receive-only'],
    ]),
    devices: [ME, ANNA, BEN, CARL],
    cuts: new Map<DeviceId, Cut>(),
  }
  const state = {
    role: (_: FolderId, device: DeviceId): Role => set.roles.get(device) ?? 'none',
    cut: (_: FolderId, device: DeviceId) => set.cuts.get(device) ?? null,
    pledge: () => 1e9,
    get devices() {
      return set.devices.map((device) => ({ device }) as GroupDevice)
    },
  }
  const start = () =>
    new HeldForOthers({
      group: { device: ME, state },
      blocks: shelfStore(store),
      notes,
      clock: { now: () => set.now },
      open: () => null,
      folders: () => set.own,
      pledge: () => 1e9,
    })
  let { shelf } = start()
  const say = async (author: DeviceId, kind: DropKind, hlc: number, horizon: RecordPlace[], ...blocks: ForeignBlock[]) => {
    const ids = packIds(...blocks.map(({ id }) => id))
    return (await shelf.drop(author, { kind, folder, holder: ME, author, hlc: NOW * 1024 + hlc, horizon, ids })).outcome
  }
  const pending = async (who: DeviceId): Promise<number> => {
    const { chunks } = await shelf.list(who, folder, '0'.repeat(64) as never, true)
    return chunks.filter(({ isPending }) => isPending).length
  }
  const gc = (grace: number) =>
    sweepPending({ folder, blocks: new SweptBlocks(store), step: async () => undefined }, { now: set.now, grace, isDry: false })
  return {
    set,
    say,
    pending,
    gc,
    hold: (who: DeviceId, ...blocks: ForeignBlock[]) => shelf.hold(who, folder, blocks, true),
    has: (who: DeviceId, { id }: ForeignBlock, isTold = true) => shelf.has(who, folder, packIds(id), isTold),
    get: (who: DeviceId, { id }: ForeignBlock) => shelf.sealed(who, folder, packIds(id), 1),
    list: (who: DeviceId) => shelf.list(who, folder, '0'.repeat(64) as never, false),
    drop: (...args: Parameters<typeof shelf.drop>) => shelf.drop(...args),
    restart: () => ({ shelf } = start()),
  }
}

function seen(...places: [DeviceId, number][]): RecordPlace[] {
  return places.map(([author, seq]) => ({ author, epoch: 7, seq }))
}

const NOBODY: RecordPlace[] = []

/** A storage device that holds blocks, as anna said before what she had seen. */
async function holding(count: number) {
  const device = storage()
  const blocks = Array.from({ length: count }, () => newForeign(sealing, 50))
  expect(await device.say(ANNA, 'keep', 1, seen([ANNA, 5]))).toBe('taken')
  await device.hold(ANNA, ...blocks)
  return { device, blocks: blocks as [ForeignBlock, ...ForeignBlock[]] }
}

test('what a writer says may go goes after the grace, and its bytes are free again', async () => {
  const { device, blocks } = await holding(3)
  expect(await device.say(ANNA, 'unneeded', 2, seen([ANNA, 5]), blocks[0], blocks[1]!)).toBe('taken')
  device.set.now += HOUR_MS - 1
  const bytes = blocks[0].bytes.length + blocks[1]!.bytes.length
  expect(await device.gc(HOUR_MS)).toEqual({ blocks: 0, bytes: 0, waitingBlocks: 2, waitingBytes: bytes })
  device.set.now += 1
  expect(await device.gc(HOUR_MS)).toEqual({ blocks: 2, bytes, waitingBlocks: 0, waitingBytes: 0 })
  const { chunks } = await device.list(BEN)
  expect(chunks.map(({ id }) => id)).toEqual([blocks[2]!.id])
})

test.each<[string, (device: ReturnType<typeof storage>, block: ForeignBlock) => Promise<unknown>]>([
  ['asks whether it is there', (device, block) => device.has(CARL, block)],
  ['brings it once more', (device, block) => device.hold(BEN, block)],
  ['asks for it', (device, block) => device.get(CARL, block)],
  ['says that it is to be kept', (device, block) => device.say(CARL, 'keep', 1, NOBODY, block)],
])('what is to go stays, and its grace begins anew, where another device %s', async (_, act) => {
  const { device, blocks } = await holding(2)
  await device.say(BEN, 'keep', 1, NOBODY)
  await device.say(CARL, 'keep', 0.5, NOBODY)
  await device.say(ANNA, 'unneeded', 2, seen([ANNA, 5]), ...blocks)
  device.set.now += HOUR_MS - 1
  await act(device, blocks[0])
  device.set.now += 1
  expect(await device.gc(HOUR_MS)).toMatchObject({ blocks: 1, waitingBlocks: 0 })
  expect(await device.say(ANNA, 'unneeded', 3, seen([ANNA, 5]), blocks[0])).toBe('taken')
  expect(await device.gc(HOUR_MS)).toMatchObject({ blocks: 0, waitingBlocks: 1 })
})

test('nobody may judge by less than those have seen who count on what is here, also after a restart', async () => {
  const { device, blocks } = await holding(1)
  await device.say(BEN, 'keep', 1, seen([ANNA, 4], [BEN, 9]))
  device.restart()
  for (const [at, few] of [NOBODY, seen([ANNA, 5]), seen([ANNA, 4], [BEN, 9]), seen([ANNA, 5], [BEN, 8])].entries())
    expect(await device.say(ANNA, 'unneeded', 2 + at, few, blocks[0])).toBe('behind')
  expect(await device.pending(ANNA)).toBe(0)
  expect(await device.say(ANNA, 'unneeded', 9, seen([ANNA, 5], [BEN, 9]), blocks[0])).toBe('taken')
  expect(await device.pending(ANNA)).toBe(1)
})

test('one that counts on something here and does not say what it has seen keeps all, until it does or is removed', async () => {
  const { device, blocks } = await holding(1)
  await device.say(BEN, 'keep', 1, NOBODY)
  expect(await device.say(ANNA, 'unneeded', 1.5, seen([ANNA, 5]), blocks[0])).toBe('taken')
  await device.has(BEN, blocks[0], false)
  device.restart()
  expect(await device.say(ANNA, 'unneeded', 2, seen([ANNA, 5]), blocks[0])).toBe('behind')
  await device.say(BEN, 'keep', 2, NOBODY)
  expect(await device.say(ANNA, 'unneeded', 2.5, seen([ANNA, 5]), blocks[0])).toBe('taken')
  await device.has(BEN, blocks[0], false)
  device.set.devices = [ME, ANNA, CARL]
  device.set.roles.delete(BEN)
  expect(await device.say(ANNA, 'unneeded', 3, seen([ANNA, 5]), blocks[0])).toBe('taken')
})

test('of one that was removed its own records count up to the cut', async () => {
  const { device, blocks } = await holding(1)
  await device.say(BEN, 'keep', 1, seen([ANNA, 8], [BEN, 9]))
  device.set.devices = [ME, ANNA, CARL]
  device.set.roles.delete(BEN)
  device.set.cuts.set(BEN, { before: 0, places: [{ epoch: 7, seq: 6 }] })
  expect(await device.say(ANNA, 'unneeded', 2, seen([ANNA, 5], [BEN, 5]), blocks[0])).toBe('behind')
  expect(await device.say(ANNA, 'unneeded', 3, seen([ANNA, 5], [BEN, 6]), blocks[0])).toBe('taken')
})

test('an old list has no effect when it comes again, nor one of a time that is far ahead; an old keep takes nothing back', async () => {
  const { device, blocks } = await holding(1)
  expect(await device.say(ANNA, 'unneeded', 5, seen([ANNA, 5]), blocks[0])).toBe('taken')
  await device.has(CARL, blocks[0])
  await device.say(CARL, 'keep', 1, NOBODY)
  device.restart()
  expect(await device.say(ANNA, 'unneeded', 5, seen([ANNA, 5]), blocks[0])).toBe('stale')
  expect(await device.say(ANNA, 'unneeded', 4, seen([ANNA, 5]), blocks[0])).toBe('stale')
  expect(await device.say(ANNA, 'unneeded', 2 * HOUR_MS * 1024, seen([ANNA, 5]), blocks[0])).toBe('stale')
  expect(await device.pending(ANNA)).toBe(0)
  expect(await device.say(ANNA, 'keep', 3, seen([ANNA, 1]))).toBe('taken')
  expect(await device.say(BEN, 'unneeded', 1, seen([ANNA, 4]), blocks[0])).toBe('behind')
  expect(await device.say(ANNA, 'unneeded', 6, seen([ANNA, 5]), blocks[0])).toBe('taken')
  expect(await device.say(BEN, 'unneeded', 2, seen([ANNA, 5]), blocks[0])).toBe('taken')
})

test('nobody drops in the name of another, by what was said to another, without the right to write, or in a folder that is this device’s own', async () => {
  const { device, blocks } = await holding(1)
  expect(await device.say(CARL, 'unneeded', 2, seen([ANNA, 5]), blocks[0])).toBe('refused')
  const forged = {
    kind: 'unneeded' as const,
    folder,
    author: ANNA,
    hlc: NOW * 1024 + 2,
    horizon: seen([ANNA, 5]),
    ids: packIds(blocks[0].id),
  }
  expect(await device.drop(BEN, { ...forged, holder: ME })).toEqual({ outcome: 'refused', hlc: 0 })
  expect(await device.drop(ANNA, { ...forged, holder: BEN })).toEqual({ outcome: 'refused', hlc: 0 })
  device.set.roles.set(ANNA, 'none')
  expect(await device.say(ANNA, 'unneeded', 2, seen([ANNA, 5]), blocks[0])).toBe('refused')
  expect(await device.say(ANNA, 'keep', 2, seen([ANNA, 5]), blocks[0])).toBe('refused')
  expect((await device.list(ANNA)).chunks).toEqual([])
  device.set.roles.set(ME, 'sync').set(ANNA, 'sync')
  device.set.own = [folder]
  expect(await device.say(ANNA, 'unneeded', 3, seen([ANNA, 5]), blocks[0])).toBe('refused')
  expect((await device.list(ANNA)).chunks).toEqual([])
})
