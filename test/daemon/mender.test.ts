import { randomBytes } from 'node:crypto'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { blockDigest } from '#content'
import { deviceIdOf, publicKeyOf, signingKey, signSegment, toHex, type ChunkId, type FolderId } from '#model'
import type { FolderSealing } from '#store'
import { HandClock } from '../base/hand-clock.ts'
import { Mender, type MenderParts } from '../../src/daemon/mender.ts'
import { newChunk, newForeign, newSealing, packIds } from '../store/subjects.ts'
import { open, watch, type Store, type Watched } from './store-calls.ts'

/** A folder that has three chunks in the store, and gets again what `there` says. */
interface Folder {
  sealing: FolderSealing
  chunks: ReturnType<typeof newChunk>[]
  isOpen: boolean
  isThere: boolean
  /** It has them in files, too. */
  inFiles?: boolean
  /** What of it never comes to an end. */
  slow?: 'look' | 'bring'
  /** In turn: looked at, brought. */
  calls: string[]
}

const id = (): ChunkId => toHex(randomBytes(32)) as ChunkId
/** Waits for as long as it takes. */
const ANY = new AbortController().signal

let clock: HandClock
let settings: Map<string, string>
let store: Store
let folders: Folder[]
let changed: FolderId[]
/** Of what others are told. */
let lost: FolderId[]
let watched: Watched
/** Folders whose blocks are held for others. */
let forOthers: Set<FolderId>
/** Does it take blocks of whatever folder? */
let isForAll: boolean

beforeEach(async () => {
  clock = new HandClock()
  ;[settings, folders, changed, lost] = [new Map(), [], [], []]
  forOthers = new Set()
  isForAll = false
  store = open()
  watched = watch(store.store)
})

async function folder(): Promise<Folder> {
  const sealing = newSealing()
  const chunks = [1, 2, 3].map(() => newChunk(sealing, 90))
  await seal(sealing, chunks)
  const made = { sealing, chunks, isOpen: true, isThere: true, calls: [] }
  folders.push(made)
  return made
}

function seal(sealing: FolderSealing, chunks: Folder['chunks']): Promise<void> {
  return watched.calls.seal(
    sealing,
    chunks.map(({ id, bytes }) => ({ id, bytes: new Uint8Array(bytes) })),
  )
}

async function lacking({ sealing, chunks }: Folder): Promise<Folder['chunks']> {
  const ids = Buffer.from(await watched.calls.lacking(sealing.folder, packIds(...chunks.map(({ id }) => id)))).toString('hex')
  return chunks.filter(({ id }) => ids.includes(id))
}

/** Marks the blocks of some of a folder's chunks. */
async function damage({ sealing }: Folder, count: number): Promise<void> {
  const { suspects } = await store.store.inspect({
    after: '',
    blocks: 99,
    bytes: 1e9,
    part: 1,
    sealings: [{ ...sealing, idKey: new Uint8Array(32) }],
  })
  await store.store.condemn(suspects.subarray(0, 32 * count))
}

async function start(): Promise<Mender> {
  const registry = {
    get folders() {
      return folders.map((each) => ({
        stored: { id: each.sealing.folder },
        index: {
          locate: async (ids: Uint8Array) =>
            Array.from({ length: ids.length / 32 }, () => [{ stat: each.inFiles === true ? {} : null }]),
        },
        keeping: each.isOpen
          ? {
              recheck: async () => {
                each.calls.push('looked at')
                if (each.slow === 'look') await new Promise(() => undefined)
                return packIds(...(await lacking(each)).map(({ id }) => id))
              },
              bring: async () => {
                each.calls.push('brought')
                if (each.slow === 'bring') await new Promise(() => undefined)
                if (each.isThere) await seal(each.sealing, await lacking(each))
                return each.isThere
              },
            }
          : null,
      }))
    },
    lacks: (id: FolderId) => !folders.some(({ sealing }) => sealing.folder === id),
  }
  const mender = new Mender({
    blocks: watched.calls,
    registry: registry as unknown as MenderParts['registry'],
    sealings: () => folders.map(({ sealing }) => sealing),
    isForOthers: (id) => isForAll || forOthers.has(id),
    folders: () => [...forOthers, ...folders.map(({ sealing }) => sealing.folder)],
    store: {
      setting: async (key: string) => settings.get(key) ?? null,
      putSetting: async (key: string, value: string) => void settings.set(key, value),
    } as unknown as MenderParts['store'],
    clock,
    logger: silentLogger,
    changed: (id) => changed.push(id),
    lost: (id) => lost.push(id),
  })
  mender.start()
  onTestFinished(() => mender.stop())
  await pass(1_100)
  return mender
}

/** Time passes, and what is done then comes to its end. */
async function pass(ms: number): Promise<void> {
  clock.pass(ms)
  await watched.quiet()
}

test('looks at nothing where nothing is damaged, and when something is only at the folder that it is of', async () => {
  const [one, other] = [await folder(), await folder()]
  const mender = await start()
  expect([one.calls, other.calls]).toEqual([[], []])
  await damage(one, 2)
  mender.counted(await store.store.totals())
  await pass(1_100)
  expect([one.calls, other.calls]).toEqual([['looked at', 'brought'], []])
  expect(await lacking(one)).toEqual([])
  expect(mender.damagedIn(one.sealing.folder)).toBe(0)
})

test('tells of what is nowhere to be had, and tries again by itself, when a device connects, and at a start', async () => {
  const one = await folder()
  one.isThere = false
  const mender = await start()
  await damage(one, 2)
  mender.counted(await store.store.totals())
  await pass(1_100)
  expect(mender.damagedIn(one.sealing.folder)).toBe(2)
  expect(changed).toEqual([one.sealing.folder])
  await pass(10 * 60_000)
  expect(one.calls.length).toBe(4)
  mender.connected()
  await pass(3_000)
  expect(one.calls.length).toBe(6)
  await mender.stop()
  one.isThere = true
  const again = await start()
  expect(one.calls.length).toBe(8)
  expect(again.damagedIn(one.sealing.folder)).toBe(0)
  expect(await lacking(one)).toEqual([])
})

test('takes back what was marked while its disk was away: nobody else need have it', async () => {
  const one = await folder()
  one.isThere = false
  const large = newChunk(one.sealing, 90_000)
  one.chunks = [large]
  await seal(one.sealing, one.chunks)
  const mender = await start()
  await damage(one, 4)
  expect(await lacking(one)).toEqual([large])
  mender.counted(await store.store.totals())
  await pass(1_100)
  expect(await lacking(one)).toEqual([])
  expect(mender.damagedIn(one.sealing.folder)).toBe(3)
})

test('forgets what is damaged and of no use: all else is here, or the folder is not', async () => {
  const [one, left] = [await folder(), await folder()]
  const mender = await start()
  await damage(one, 1)
  await damage(left, 3)
  folders = [{ ...one, chunks: [] }]
  expect(await mender.heal([], false, ANY)).toEqual({ damaged: 4, healed: 0, unneeded: 4, inFiles: 0, waiting: 0 })
  expect(await store.store.totals()).toMatchObject({ blocks: 2, damaged: 0 })
})

test('counts apart what it needs no block of, since a file has it', async () => {
  const one = await folder()
  const mender = await start()
  await damage(one, 2)
  folders = [{ ...one, chunks: [], inFiles: true }]
  expect(await mender.heal([], false, ANY)).toEqual({ damaged: 2, healed: 0, unneeded: 2, inFiles: 2, waiting: 0 })
})

test('forgets nothing of what it holds for others, who alone can bring it again', async () => {
  const theirs = newSealing()
  forOthers.add(theirs.folder)
  const block = newForeign(theirs, 90)
  await store.store.take(theirs.folder, [block], null)
  await store.store.condemn(blockDigest(block.bytes))
  const mender = await start()
  expect(mender.damagedIn(theirs.folder)).toBe(1)
  expect((await store.store.totals()).damaged).toBe(1)
  expect(lost).toEqual([theirs.folder])
  mender.counted(await store.store.totals())
  expect(await watched.calls.take(theirs.folder, [block], null)).toEqual(['stored'])
  mender.counted(await store.store.totals())
  await pass(1)
  expect(mender.damagedIn(theirs.folder)).toBe(0)
  // What nobody brings again is told of once.
  await store.store.condemn(blockDigest(block.bytes))
  mender.counted(await store.store.totals())
  await pass(1_100)
  expect(lost.length).toBe(2)
  await pass(20 * 60_000)
  expect(lost.length).toBe(2)
})

test('forgets what is damaged of a folder that the group does not know: no bit of its name is to be trusted', async () => {
  const theirs = newSealing()
  const block = newForeign(theirs, 90)
  await store.store.take(theirs.folder, [block], null)
  await store.store.condemn(blockDigest(block.bytes))
  isForAll = true
  const mender = await start()
  expect([mender.damagedIn(theirs.folder), (await store.store.totals()).damaged, lost]).toEqual([0, 0, []])
})

test('index segments that were lost are told of as well, and count until they are there again', async () => {
  const theirs = newSealing()
  forOthers.add(theirs.folder)
  const mender = await start()
  const [key, names] = [signingKey(new Uint8Array(32).fill(1)), { before: id(), end: id(), chunk: id() }]
  const author = deviceIdOf(publicKeyOf(key))
  const block = new Uint8Array(100)
  const place = { folder: theirs.folder, author, epoch: 5, first: 1, last: 3, chunk: names.chunk }
  mender.collect()
  mender.lostSegments([place, { ...place, folder: newSealing().folder }])
  expect(await mender.heal([], false, ANY)).toEqual({ damaged: 2, healed: 0, unneeded: 1, inFiles: 0, waiting: 1 })
  expect([mender.damagedIn(theirs.folder), lost]).toEqual([1, [theirs.folder]])
  const head = signSegment({ ...place, signer: author, ...names, digest: blockDigest(block), length: 100 }, key)
  expect(await watched.calls.takeSegment(head, block, null)).toBe('stored')
  mender.counted(await store.store.totals())
  await pass(1)
  expect(mender.damagedIn(theirs.folder)).toBe(0)
  expect(await mender.heal([], false, ANY)).toEqual({ damaged: 2, healed: 1, unneeded: 1, inFiles: 0, waiting: 0 })
  mender.collected()
})

test('of a folder that is not open it forgets nothing, and waits for it', async () => {
  const one = await folder()
  one.isOpen = false
  const mender = await start()
  await damage(one, 2)
  expect(await mender.heal([], false, ANY)).toEqual({ damaged: 2, healed: 0, unneeded: 0, inFiles: 0, waiting: 2 })
  expect(mender.damagedIn(one.sealing.folder)).toBe(2)
  one.isOpen = true
  await pass(60_000)
  expect(mender.damagedIn(one.sealing.folder)).toBe(0)
  expect(await lacking(one)).toEqual([])
})

test('looks at all that is kept where the database is another one than before, once all of it was, and never else', async () => {
  const [one, other] = [await folder(), await folder()]
  await (await start()).stop()
  expect(settings.get('store.database')).toBe((await store.store.totals()).database)
  settings.set('store.database', 'another')
  other.isOpen = false
  const mender = await start()
  expect(one.calls).toEqual(['looked at', 'brought'])
  expect(settings.get('store.database')).toBe('another')
  other.isOpen = true
  await pass(60_000)
  expect([one.calls.length, other.calls.length]).toEqual([2, 2])
  expect(settings.get('store.database')).toBe((await store.store.totals()).database)
  await store.store.rebuild()
  mender.counted(await store.store.totals())
  await pass(1_100)
  expect([one.calls.length, other.calls.length]).toEqual([4, 4])
})

test('has those who can bring it look at all that it holds for them where the database is another one, and once', async () => {
  const theirs = newSealing()
  forOthers.add(theirs.folder)
  await folder()
  const mender = await start()
  expect(lost).toEqual([])
  await store.store.rebuild()
  for (const ms of [1_100, 1_100]) {
    mender.counted(await store.store.totals())
    await pass(ms)
  }
  expect(lost).toEqual([theirs.folder])
})

test.each(['look', 'bring'] as const)(
  'ends at once when it is stopped, and for whom waits no more: while it has to %s',
  async (slow) => {
    const one = await folder()
    const mender = await start()
    one.slow = slow
    const leaver = new AbortController()
    const ends = Promise.allSettled([mender.heal([], true, leaver.signal), mender.heal([], true, ANY)])
    await watched.quiet()
    leaver.abort(new Error('the user went'))
    await mender.stop()
    expect(await ends).toMatchObject([{ reason: { message: 'the user went' } }, { reason: { code: 'offline' } }])
  },
)

test('counts for a scrub what was found since it began, also by others, and what is healed of it by whomever', async () => {
  const one = await folder()
  const mender = await start()
  mender.collect()
  await damage(one, 3)
  mender.counted(await store.store.totals())
  await pass(1_100)
  expect(await lacking(one)).toEqual([])
  expect(await mender.heal([], false, ANY)).toEqual({ damaged: 3, healed: 3, unneeded: 0, inFiles: 0, waiting: 0 })
  one.isThere = false
  await damage(one, 1)
  expect(await mender.heal([], false, ANY)).toEqual({ damaged: 3, healed: 2, unneeded: 0, inFiles: 0, waiting: 1 })
  mender.collected()
  expect(await mender.heal([], false, ANY)).toEqual({ damaged: 1, healed: 0, unneeded: 0, inFiles: 0, waiting: 1 })
  await seal(one.sealing, one.chunks)
  mender.collect()
  expect(await mender.heal([{ folder: one.sealing.folder, ids: packIds(one.chunks[1]!.id) }], false, ANY)).toEqual({
    damaged: 1,
    healed: 1,
    unneeded: 0,
    inFiles: 0,
    waiting: 0,
  })
})
