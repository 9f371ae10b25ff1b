import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { inProcess, type DeviceStore } from '#db'
import type { DeviceId, FolderId, Role } from '#model'
import { SweptBlocks, type ForeignBlock } from '#store'
import { HeldForOthers } from '../../src/daemon/held-for-others.ts'
import { Housekeeping } from '../../src/daemon/housekeeping.ts'
import { noteLeft } from '../../src/daemon/left-folders.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { newForeign, newSealing, newStore, packIds, shelfStore } from '../store/subjects.ts'

const [ME, WRITER, READER, STRANGER] = ['me', 'writer', 'reader', 'stranger'] as DeviceId[]
const sealing = newSealing()
const { folder } = sealing

/** A device that is in no folder, and may do in this one what `set.role` says; its parts are real. */
function device() {
  const store = newStore()
  const database = openDeviceStore(':memory:')
  onTestFinished(() => database.close())
  const notes = inProcess<DeviceStore>(database)
  const set = { role: 'none' as Role, pledge: 1e6, folders: [] as FolderId[], keys: true, now: Date.now() }
  const roles = new Map<DeviceId, Role>([
    [WRITER!, 'sync'],
    [READER!, 'receive-only'],
  ])
  const role = (of: FolderId, who: DeviceId): Role =>
    of !== folder ? 'none' : who === ME ? set.role : (roles.get(who) ?? 'none')
  const held = new HeldForOthers({
    group: { device: ME!, state: { role, devices: [], cut: () => null, pledge: () => set.pledge } },
    blocks: shelfStore(store),
    clock: { now: () => set.now },
    notes,
    open: (_, blocks) => (set.keys ? store.foreign.open(sealing, blocks) : null),
    folders: () => set.folders,
    pledge: () => set.pledge,
  })
  const housekeeping = new Housekeeping({
    device: ME!,
    use: () => 'taken',
    judge: { judge: async () => [] },
    registry: { folders: [] },
    blocks: Object.assign(new SweptBlocks(store), { totals: () => store.chunks.totals() }),
    store: notes,
    sealings: () => [],
    clock: systemClock,
    logger: silentLogger,
    retention: () => ({ policy: {}, pins: new Set(), snapshots: new Map() }) as never,
    grace: () => 0,
    isElsewhere: () => true,
    held,
    called: (id) => id,
    progress: () => undefined,
    isBusy: () => false,
  })
  onTestFinished(() => housekeeping.stop())
  const gc = () => housekeeping.run({ isDry: false, signal: new AbortController().signal })
  const hold = (who: DeviceId, ...blocks: ForeignBlock[]) => held.shelf.hold(who, folder, blocks, true)
  const has = (who: DeviceId, { id }: ForeignBlock) => held.shelf.has(who, folder, packIds(id), true)
  return { store, notes, set, roles, held, gc, hold, has }
}

test('blocks are taken from devices that may write, as long as they may, and told of and given to those that may read', async () => {
  const { hold, has, held, roles } = device()
  const block = newForeign(sealing, 50)
  expect(await hold(READER!, block)).toEqual(['refused'])
  expect(await hold(STRANGER!, block)).toEqual(['refused'])
  expect(await has(WRITER!, block)).toEqual([false])
  expect(await hold(WRITER!, block)).toEqual(['stored'])
  expect(await hold(WRITER!, newForeign(sealing, 50, { id: block.id, bytes: new Uint8Array(50) }))).toEqual(['had'])
  const get = (who: DeviceId) => held.shelf.sealed(who, folder, packIds(block.id), 1)
  for (const who of [WRITER!, READER!]) {
    expect(await has(who, block)).toEqual([true])
    expect((await get(who))[0]).toEqual(block.bytes)
  }
  expect(await has(STRANGER!, block)).toEqual([false])
  expect(await get(STRANGER!)).toEqual([null])
  roles.set(WRITER!, 'none')
  expect(await hold(WRITER!, block)).toEqual(['refused'])
  expect(await has(WRITER!, block)).toEqual([false])
})

test('blocks are taken within the pledge, or without bounds for a folder that this device takes part in', async () => {
  const { hold, set } = device()
  const [first, second, third] = [1, 2, 3].map(() => newForeign(sealing, 5_000))
  set.pledge = first!.bytes.length
  expect(await hold(WRITER!, first!, second!)).toEqual(['stored', 'full'])
  set.pledge = 0
  expect(await hold(WRITER!, second!)).toEqual(['refused'])
  set.folders = [folder]
  expect(await hold(WRITER!, second!)).toEqual(['refused'])
  set.role = 'receive-only'
  expect(await hold(WRITER!, first!, second!, third!)).toEqual(['had', 'stored', 'stored'])
})

test('what is no block, is longer than one, or of a chunk that cannot be, is told from the others and kept out', async () => {
  const { hold, store } = device()
  const good = newForeign(sealing, 50)
  const bad: ForeignBlock[] = [
    { ...newForeign(sealing, 50), bytes: new Uint8Array(0) },
    { ...newForeign(sealing, 50), bytes: new Uint8Array(200) },
    { ...good, bytes: Buffer.concat([good.bytes, new Uint8Array(3 * 1024 * 1024)]) },
    { ...newForeign(sealing, 50), length: 0 },
    { ...newForeign(sealing, 50), length: 0xffffffff },
  ]
  expect(await hold(WRITER!, ...bad, good)).toEqual([...bad.map(() => 'damaged'), 'stored'])
  const newer = newForeign(sealing, 50)
  newer.bytes[3] = 2
  expect(await hold(WRITER!, newer)).toEqual(['stored'])
  expect(store.table.totals().blocks).toBe(2)
})

test('a sweep frees nothing of what is held for others, and says why; also where the folder was left before', async () => {
  const { hold, gc, has, notes, held } = device()
  const block = newForeign(sealing, 50)
  await noteLeft(notes, folder, true)
  await hold(WRITER!, block)
  const told = { blocks: 0, obstacles: [{ folder, message: expect.stringContaining('held for other devices') as string }] }
  expect(await gc()).toMatchObject(told)
  // As after a restart.
  const again = device()
  expect(again.held.took(folder)).toBe(false)
  expect(held.took(folder)).toBe(true)
  expect(await notes.setting(`left.${folder}`)).toBeNull()
  expect(await has(READER!, block)).toEqual([true])
  await noteLeft(notes, folder, true)
  expect(await gc()).toMatchObject(told)
  await again.hold(WRITER!, block)
  await again.notes.putSetting(`left.${folder}`, null)
  expect(await again.gc()).toMatchObject(told)
})

test('to answer that a block is here takes back that it is not needed', async () => {
  const { hold, has, store } = device()
  const block = newForeign(sealing, 50)
  await hold(WRITER!, block)
  const since = () => store.table.unneeded.held(folder, new Uint8Array(0), 9).since
  store.table.unneeded.note(folder, { unneeded: packIds(block.id), needed: new Uint8Array(0) }, 5)
  await has(STRANGER!, block)
  expect(since()).toEqual([5])
  await has(READER!, block)
  expect(since()).toEqual([null])
})

test('to answer that a block is here keeps it from being swept, also where the folder was left and all came before', async () => {
  const { hold, gc, has, notes, set } = device()
  const block = newForeign(sealing, 50)
  set.folders = [folder]
  set.role = 'sync'
  expect(await hold(WRITER!, block)).toEqual(['stored'])
  set.folders = []
  await noteLeft(notes, folder, true)
  expect(await has(READER!, newForeign(sealing, 50))).toEqual([false])
  expect(await notes.setting(`left.${folder}`)).toBe('1')
  expect(await has(READER!, block)).toEqual([true])
  expect(await gc()).toMatchObject({ blocks: 0 })
  expect(await has(READER!, block)).toEqual([true])
})

test('what this device can read it looks into before it takes it: another chunk would stand in the place of the right one', async () => {
  const { hold, set, store } = device()
  set.folders = [folder]
  set.role = 'sync'
  const [right, wrong, long] = [newForeign(sealing, 50), newForeign(sealing, 50), newForeign(sealing, 50)]
  expect(await hold(WRITER!, { ...right, bytes: wrong.bytes }, { ...long, length: 49 })).toEqual(['damaged', 'damaged'])
  expect(store.table.totals().blocks).toBe(0)
  set.keys = false
  expect(await hold(WRITER!, right)).toEqual(['damaged'])
  set.keys = true
  expect(await hold(WRITER!, right)).toEqual(['stored'])
})

test('a folder that no device has on a disk is of use as long as devices ask for it that may, and so for a week', async () => {
  const { has, held, set, roles } = device()
  const state = { folders: [{ id: folder }], devices: [], role: () => 'none', takers: () => [], leavers: () => [] }
  const use = (): unknown => held.use(state as unknown as Parameters<typeof held.use>[0], folder, [])
  const block = newForeign(sealing, 50)
  await has(STRANGER!, block)
  expect(use()).toBe('none')
  await has(READER!, block)
  expect(use()).toBe('read')
  set.now += 7 * 24 * 60 * 60_000
  expect(use()).toBe('none')
  roles.clear()
  await has(READER!, block)
  expect(use()).toBe('none')
})
