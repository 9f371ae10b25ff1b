import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle, until } from './cluster.ts'
import { describeTree, differences, writeSmallFiles } from './trees.ts'

const MANY = 1_200
/** A hundred files lie in each directory. */
const SLICE = 100

const cluster = new Cluster()
let anna: Device
let ben: Device
let carl: Device

beforeAll(async () => {
  ;[anna, ben, carl] = (await cluster.group(['anna', 'ben', 'carl'])) as [Device, Device, Device]
})
afterAll(() => cluster.end())

async function share(folder: string, count: number): Promise<[string, string]> {
  const places = (await cluster.share(folder, [anna, ben], (root) => writeSmallFiles(root, count))) as [string, string]
  await settle(folder, anna, ben)
  return places
}

async function shareWithAll(folder: string): Promise<[string, string, string]> {
  const all = [anna, ben, carl]
  const places = (await cluster.share(folder, all, (root) => writeSmallFiles(root, 60))) as [string, string, string]
  await settle(folder, ...all)
  return places
}

/** By their names alone: they may be going at the moment. */
function files(root: string): number {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.holdfast')).length
}

/** A directory every half second, each at once: of files deleted one by one the first are too few to wait. */
async function deleteSlowly(root: string): Promise<void> {
  for (let slice = 0; slice < MANY / SLICE; slice++) {
    renameSync(join(root, `d${slice}`), `${root}.d${slice}`)
    await pause(500)
  }
}

for (const decision of ['reject', 'approve'] as const)
  test(`a tree that is deleted slowly is held as a whole: ${decision}`, async () => {
    const folder = `slow-${decision}`
    const [here, there] = await share(folder, MANY)
    const before = describeTree(there)
    await deleteSlowly(here)
    await until('held', async () => (await folderOf(anna, folder)).state === 'held')
    await pause(4_000)
    expect(differences(before, describeTree(there))).toEqual([])
    await anna.cli('folder', decision, folder)
    await settle(folder, anna, ben)
    expectSame(here, there)
    if (decision === 'approve') expect(files(there)).toBe(0)
    else expect(differences(before, describeTree(here))).toEqual([])
  })

test('rejected, also what had gone to the other device comes back: the first of a tree that is deleted file by file', async () => {
  const [here, there] = await share('by-file', 400)
  const before = describeTree(there)
  for (let n = 0; n < 20; n++) rmSync(join(here, `d0/f${n}`))
  await until('they have come', () => files(there) === 380)
  for (let n = 20; n < 400; n++) rmSync(join(here, `d${Math.floor(n / 100)}/f${n}`))
  await until('held', async () => (await folderOf(anna, 'by-file')).state === 'held')
  // A scan that comes when but a few more are gone lets these go out as well.
  const gone = 400 - files(there)
  expect(gone >= 20 && gone <= 45).toBe(true)
  expect((await folderOf(anna, 'by-file')).reason).toContain(`with ${gone} more that went before`)
  expect(await anna.cli('folder', 'reject', 'by-file')).toMatchObject({ changed: 400 })
  await settle('by-file', anna, ben)
  for (const place of [here, there]) expect(differences(before, describeTree(place))).toEqual([])
})

test('rejected after its daemon was killed, also what had gone before the rest was held comes back', async () => {
  const [here, there] = await share('killed', 200)
  const before = describeTree(there)
  rmSync(join(here, 'd0/f0'))
  await until('it has come', () => files(there) === 199)
  for (let n = 1; n < 200; n++) rmSync(join(here, `d${Math.floor(n / 100)}/f${n}`))
  await until('held', async () => (await folderOf(anna, 'killed')).state === 'held')
  const gone = 200 - files(there)
  await anna.kill()
  anna = await cluster.restart(anna)
  await until('held again', async () => (await folderOf(anna, 'killed')).state === 'held')
  expect((await folderOf(anna, 'killed')).reason).toContain(`with ${gone} more that went before`)
  expect(await anna.cli('folder', 'reject', 'killed')).toMatchObject({ changed: 200 })
  await settle('killed', anna, ben)
  for (const place of [here, there]) expect(differences(before, describeTree(place))).toEqual([])
})

/** Anna and Ben hold the deletion of all files, and Anna lets them go out. */
async function approvedByOne(folder: string, places: readonly [string, string, string]): Promise<void> {
  const [here, there, third] = places
  await Promise.all([anna, ben].map((device) => device.client.pauseFolder({ folder })))
  for (const place of [here, there]) renameSync(join(place, 'd0'), `${place}.d0`)
  await Promise.all([anna, ben].map((device) => device.client.resumeFolder({ folder })))
  for (const device of [anna, ben]) await until('held', async () => (await folderOf(device, folder)).state === 'held')
  await anna.cli('folder', 'approve', folder)
  await until('gone', () => files(third) === 0)
}

test('rejected after another device that held them, too, let them go, they come back out of a third one', async () => {
  const places = await shareWithAll('both')
  const before = describeTree(places[2])
  await approvedByOne('both', places)
  expect(await ben.cli('folder', 'reject', 'both')).toMatchObject({ changed: 61 })
  await settle('both', anna, ben, carl)
  for (const place of places) expect(differences(before, describeTree(place))).toEqual([])
})

test('rejected too late by a device that may not write, it is told who let them go', async () => {
  const places = await shareWithAll('late')
  await anna.client.shareFolder({ folder: 'late', device: 'ben', role: 'receive-only' })
  expect(await anna.client.folderRoles({ folder: 'late' })).toEqual(
    expect.arrayContaining([
      { device: ben.ready.device, name: 'ben', role: 'receive-only', own: true },
      { device: carl.ready.device, name: 'carl', role: 'sync', own: false },
    ]),
  )
  await approvedByOne('late', places)
  await expect(ben.client.rejectFolder({ folder: 'late' })).rejects.toMatchObject({
    code: 'conflict',
    message: 'anna let the deletions of late go out already, and this device cannot undo them',
    hint: expect.stringContaining('holdfast folder archive late'),
  })
  expect(await ben.client.rejectFolder({ folder: 'late' })).toMatchObject({ changed: 0 })
})

test('a few deletions are on the other device at once, also of a folder of many', async () => {
  const [here, there] = await share('few', 1_000)
  const began = performance.now()
  for (let n = 0; n < 10; n++) rmSync(join(here, `d3/f${300 + n}`))
  await until('they have come', () => files(there) === 990)
  expect(performance.now() - began).toBeLessThan(2_000)
})

test('many that are no more than half of a folder come when no more vanish, and wait, scan and status know of them', async () => {
  const [here, there] = await share('some', 1_000)
  for (const directory of ['d1', 'd2']) rmSync(join(here, directory), { recursive: true })
  await until('anna says so', async () => (await folderOf(anna, 'some')).reasonCode === 'vanishing')
  expect(existsSync(join(there, 'd1/f100'))).toBe(true)
  await settle('some', anna)
  expectSame(here, there)
  expect(files(there)).toBe(800)
  rmSync(join(here, 'd3'), { recursive: true })
  expect(await anna.client.scan({ folder: 'some' })).toMatchObject({ changed: 101 })
})

test('a renamed directory does not wait', async () => {
  const [here, there] = await share('renamed', 1_000)
  const before = describeTree(join(there, 'd4'))
  const began = performance.now()
  renameSync(join(here, 'd4'), join(here, 'other'))
  await until('it has moved', () => existsSync(join(there, 'other/f499')) && !existsSync(join(there, 'd4')))
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(differences(before, describeTree(join(there, 'other')))).toEqual([])
})

test('nothing is restored in place while the deletion of it is held, and all can be once that is decided', async () => {
  const [here, there] = await share('undecided', 40)
  const before = describeTree(here)
  const [first] = await anna.cli<{ version: string }[]>('versions', 'undecided/d0/f0')
  await anna.cli('snapshot', 'create', 'undecided', 'full')
  rmSync(join(here, 'd0'), { recursive: true })
  const refused = { code: 'held', message: expect.stringContaining('41 entries of undecided vanished here at once') }
  const restoring = ['snapshot', 'restore', 'undecided', 'full']
  await expect(anna.cli(...restoring)).rejects.toMatchObject(refused)
  await expect(anna.cli(...restoring, '--dry-run')).rejects.toMatchObject(refused)
  await expect(anna.cli('restore', 'undecided/d0/f0', '--version', first!.version)).rejects.toMatchObject(refused)
  expect(existsSync(here) && files(here)).toBe(0)
  const elsewhere = join(cluster.directory, 'elsewhere')
  await anna.cli(...restoring, '--to', elsewhere)
  expect(files(elsewhere)).toBe(40)
  await anna.cli('folder', 'approve', 'undecided')
  await settle('undecided', anna, ben)
  expect(files(there)).toBe(0)
  expect(await anna.cli(...restoring)).toMatchObject({ entries: 41 })
  await settle('undecided', anna, ben)
  for (const place of [here, there]) expect(differences(before, describeTree(place))).toEqual([])
})
