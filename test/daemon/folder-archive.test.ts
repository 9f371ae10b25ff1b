import { afterEach, expect, onTestFinished, test } from 'vitest'
import { silentLogger, type Clock } from '#base'
import { inProcess, type DeviceStore, type FolderIndex } from '#db'
import type { RootIdentity } from '#folder'
import { parsePolicy } from '#history'
import type { FolderId } from '#model'
import { dropStored, onlyInArchive, type ArchiveFolder } from '../../src/daemon/folder-archive.ts'
import type { OpenFolder } from '../../src/daemon/folder-opener.ts'
import { Housekeeping, type HousekeepingParts } from '../../src/daemon/housekeeping.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A, author, content, NOTHING, NOW, open as openIndex } from '../db/fixtures.ts'
import { simSubject } from '../folder/subjects.ts'
import { FOLDER, idOf, TestFolder } from '../folder/test-folder.ts'

const MINUTE_MS = 60_000
const REST_MS = 10 * MINUTE_MS

let tree: TestFolder

afterEach(() => tree.close())

interface Subject {
  folder: ArchiveFolder
  index: SqliteFolderIndex
  /** What can be changed: whether versions are protected, whether there is a history, and what was hinted. */
  set: { isStored: boolean; isKept: boolean; hinted: string[] }
  clock: HandClock
  identity: RootIdentity
}

/** A folder with a disk and an index, both real; what others have said of it is made up. */
async function subject(): Promise<Subject> {
  const clock = new HandClock()
  clock.time = NOW
  tree = new TestFolder({ ...simSubject({ clock }), clock })
  const identity = await tree.disk.adopt(FOLDER, null)
  const index = openIndex(A)
  const set: Subject['set'] = { isStored: true, isKept: true, hinted: [] }
  const folder: ArchiveFolder = {
    stored: { id: FOLDER as FolderId, marker: identity },
    index: inProcess<FolderIndex>(index),
    disk: tree.disk,
    keeping: {
      get isKept() {
        return set.isKept
      },
      isStored: () => Promise.resolve(set.isStored),
    },
    sync: { hint: (paths) => void set.hinted.push(...(paths ?? [])) },
  }
  return { folder, index, set, clock, identity }
}

function chunksOf(text: string): Uint8Array {
  const chunks = content(text).chunks.slice()
  chunks.set(idOf(text))
  return chunks
}

/** Writes a file, notes it as a version of `of`, and sends it to the archive; `isNoted`: as that version. */
async function archive({ index }: Subject, path: string, text: string, { of = path, isNoted = true } = {}): Promise<string> {
  tree.user.write(path, text)
  const { stat } = await tree.thing(path)
  const chunks = chunksOf(text)
  author(index, { path: of, kind: 'file', stat, content: { ...content(text), chunks } })
  const version = index.versions(of)[0]!.version.id
  const [result] = await tree.disk.transition([{ do: 'remove', path, expected: await tree.thing(path), archiveAs: 'v' }])
  if (result?.ok !== true || result.archived === undefined) throw new Error('it was not archived')
  const noted = { ...result.archived, path: of, version: isNoted ? version : null, chunks }
  index.commit({ ...NOTHING, archived: [noted] })
  return result.archived.name
}

function run({ folder, clock }: Subject, isDry = false): Promise<{ files: number; bytes: number }> {
  const step = (): Promise<void> => Promise.resolve()
  return dropStored(folder, { now: clock.now(), rest: REST_MS, isDry, logger: silentLogger, step })
}

test('drops what is stored and has rested, from the disk and the index', async () => {
  const device = await subject()
  const first = await archive(device, 'a.txt', 'the first')
  device.clock.time += REST_MS - 1
  const second = await archive(device, 'a.txt', 'the second')
  expect(await run(device)).toEqual({ files: 0, bytes: 0 })
  device.clock.time += 1
  expect(await run(device, true)).toEqual({ files: 1, bytes: 9 })
  expect(tree.user.archived()).toHaveLength(2)
  expect(await run(device)).toEqual({ files: 1, bytes: 9 })
  expect(tree.user.archived()).toEqual(['the second'])
  expect(device.index.isArchived([first, second])).toEqual([false, true])
})

test('drops nothing that is not stored, of which no version is known, or of a folder without history', async () => {
  const device = await subject()
  await archive(device, 'a.txt', 'a version')
  await archive(device, 'b.txt', 'nobody knows', { isNoted: false })
  device.clock.time += REST_MS
  device.set.isStored = false
  expect(await run(device)).toMatchObject({ files: 0 })
  device.set.isStored = true
  device.set.isKept = false
  expect(await run(device)).toMatchObject({ files: 0 })
  device.set.isKept = true
  expect(await run(device)).toMatchObject({ files: 1 })
  expect(tree.user.archived()).toEqual(['nobody knows'])
})

test('a file that is noted as a version that consists of something else stays', async () => {
  const device = await subject()
  const name = await archive(device, 'a.txt', 'a version', { isNoted: false })
  device.index.forgetArchived([name])
  author(device.index, {
    path: 'a.txt',
    kind: 'file',
    stat: { size: 5, mtimeMs: 1, ctimeMs: 1, ino: 1, mode: 0o644 },
    content: content('other'),
  })
  const version = device.index.versions('a.txt')[0]!.version.id
  const noted = { name, path: 'a.txt', time: NOW, size: 9, version, chunks: chunksOf('a version') }
  device.index.commit({ ...NOTHING, archived: [noted] })
  device.clock.time += REST_MS
  expect(await run(device)).toMatchObject({ files: 0 })
})

test('knows the version of a conflict file, which lay at another path', async () => {
  const device = await subject()
  await archive(device, 'a.conflict-x.txt', 'mine', { of: 'a.txt' })
  device.clock.time += REST_MS
  expect(await run(device)).toMatchObject({ files: 1 })
})

test('drops what was forgotten, but not while something is still to be kept', async () => {
  const device = await subject()
  const { index } = device
  await archive(device, 'a.txt', 'the first')
  author(index, { path: 'a.txt', kind: 'tombstone' })
  const [page] = index.retainable(0).paths
  index.forget(page!.filter(({ isHead }) => !isHead).map(({ record }) => record))
  device.set.isStored = false
  device.clock.time += REST_MS
  expect(await run(device)).toMatchObject({ files: 0 })
  index.kept(index.toKeep(10, NOW).map(({ record, isHead }) => ({ record, isHead, until: null })))
  expect(await run(device)).toMatchObject({ files: 1 })
})

test('what was written to late goes back into the tree, and is looked at', async () => {
  const device = await subject()
  const name = await archive(device, 'a.txt', 'a version')
  tree.user.write(`.holdfast/archive/${name}`, 'a VERSION')
  device.clock.time += REST_MS
  expect(await run(device)).toMatchObject({ files: 0 })
  expect(tree.user.archived()).toEqual([])
  const late = tree.user.tree()
  expect(Object.values(late)).toEqual(['a VERSION'])
  expect(device.set.hinted).toEqual(Object.keys(late))
})

test("does nothing on a disk that is not the folder's", async () => {
  const device = await subject()
  const name = await archive(device, 'a.txt', 'a version')
  device.clock.time += REST_MS
  const other = { ...device.identity, id: 'another' }
  expect(await run({ ...device, folder: { ...device.folder, stored: { id: FOLDER as FolderId, marker: other } } })).toMatchObject(
    {
      files: 0,
    },
  )
  expect(device.index.isArchived([name])).toEqual([true])
  expect(await run(device)).toMatchObject({ files: 1 })
})

test('only what is neither stored nor forgotten, in a folder with history, may be nowhere else', async () => {
  const device = await subject()
  const [known, unknown] = [
    await archive(device, 'a.txt', 'known'),
    await archive(device, 'b.txt', 'unknown', { isNoted: false }),
  ]
  const names = [known, unknown, 'none']
  const only = async (): Promise<string[]> => [...(await onlyInArchive(device.folder, names))]
  expect(await only()).toEqual([])
  device.set.isStored = false
  expect(await only()).toEqual([known])
  device.set.isKept = false
  expect(await only()).toEqual([])
  device.set.isKept = true
  author(device.index, { path: 'a.txt', kind: 'tombstone' })
  const old = device.index
    .retainable(0)
    .paths.flat()
    .filter(({ isHead }) => !isHead)
  device.index.forget(old.map(({ record }) => record))
  expect(await only()).toEqual([])
})

test('housekeeping looks at the archives each time, though all else is done daily, and by a grace that is shorter than the rest', async () => {
  const device = await subject()
  const { folder, clock } = device
  const database = openDeviceStore(':memory:')
  onTestFinished(() => database.close())
  database.putSetting('housekeeping', String(clock.now()))
  let grace = 24 * 60 * MINUTE_MS
  const ticking: Clock = {
    now: () => clock.now(),
    monotonic: () => 0,
    after: (_, then) => {
      queueMicrotask(then)
      return { cancel: () => undefined }
    },
  }
  const open = { ...folder, sync: { ...folder.sync, comparison: { done: true } } }
  const housekeeping = new Housekeeping({
    registry: { folders: [open as unknown as OpenFolder] },
    store: inProcess<DeviceStore>(database),
    clock: ticking,
    logger: silentLogger,
    retention: () => ({ policy: parsePolicy({}), pins: new Set(), snapshots: new Map() }),
    grace: () => grace,
    held: { isAny: false },
    called: () => 'folder',
    isBusy: () => false,
    judge: { judge: async () => [] },
  } as unknown as HousekeepingParts)
  await archive(device, 'a.txt', 'the first')
  clock.time += REST_MS - 1
  await archive(device, 'b.txt', 'the second')
  await housekeeping.look()
  expect(tree.user.archived()).toHaveLength(2)
  clock.time += 1
  await housekeeping.look()
  expect(tree.user.archived()).toEqual(['the second'])
  grace = 1
  await housekeeping.look()
  expect(tree.user.archived()).toEqual([])
})
