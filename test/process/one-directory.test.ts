import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pair, type Device } from '../../scripts/device.ts'
import { Cluster, folderOf, joinOffered, settle, until } from './cluster.ts'
import { describeTree, differences, writeSmallFiles } from './trees.ts'

const MARKER = '.holdfast/marker.json'

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

/** A folder of anna's alone. */
async function created(folder: string): Promise<string> {
  const place = cluster.place(anna, folder)
  mkdirSync(place, { recursive: true })
  writeSmallFiles(place, 5)
  await anna.client.createFolder({ path: place, name: folder })
  await anna.client.scan({ folder })
  return place
}

const markOf = (place: string): unknown => JSON.parse(readFileSync(join(place, MARKER), 'utf8'))

test('a directory in which one device keeps a folder is refused to another, which is told whose it is', async () => {
  const place = await created('taken')
  const before = describeTree(place)
  const refused = { code: 'exists', message: expect.stringMatching(/in use by another device, anna$/) }
  await expect(joinOffered(ben, 'taken', place)).rejects.toMatchObject({ ...refused, hint: expect.stringContaining(MARKER) })
  await expect(ben.client.createFolder({ path: place, name: 'mine' })).rejects.toMatchObject(refused)
  expect(await folderOf(ben, 'taken')).toMatchObject({ state: 'offered' })
  expect(await folderOf(anna, 'taken')).toMatchObject({ state: 'idle', entries: 6 })
  expect(differences(before, describeTree(place))).toEqual([])
})

test('it is free when that device has left the folder', async () => {
  const place = await created('left')
  await until('ben has heard of it', async () => (await ben.client.folders()).some(({ name }) => name === 'left'))
  await anna.client.leaveFolder({ folder: 'left' })
  // Nobody has it now, so it is no longer listed; whoever knows it may take it up.
  await ben.client.joinFolder({ folder: 'left', path: place })
  expect(markOf(place)).toMatchObject({ device: ben.ready.device })
})

test('who takes it over after removing the marker has it alone', async () => {
  const place = await created('over')
  rmSync(join(place, MARKER))
  await joinOffered(ben, 'over', place)
  await anna.client.scan({ folder: 'over' }).catch(() => undefined)
  await until('anna is blocked', async () => (await folderOf(anna, 'over')).state === 'blocked')
  expect((await folderOf(anna, 'over')).reason).toContain(`another device (${ben.ready.device.slice(-8)})`)
  await expect(anna.client.unblockFolder({ folder: 'over' })).rejects.toMatchObject({
    code: 'exists',
    message: expect.stringMatching(/another device, ben$/),
  })
  // What is ben's now is not anna's to give up.
  await anna.client.leaveFolder({ folder: 'over' })
  expect(markOf(place)).toMatchObject({ device: ben.ready.device })
})

test('a home that was copied, and one whose folder has moved, have it still; so has one from before markers named devices', async () => {
  const place = await created('kept')
  const { root, folder } = markOf(place) as { root: string; folder: string }
  await anna.stop()
  writeFileSync(join(place, MARKER), JSON.stringify({ version: 1, folder, root }))
  const home = join(cluster.directory, 'home', 'copy')
  cpSync(anna.options.home, home, { recursive: true })
  anna = await cluster.restart(anna, { home })
  await until('it is as before', async () => (await folderOf(anna, 'kept')).state === 'idle')
  expect(markOf(place)).toEqual({ version: 2, folder, device: anna.ready.device, root })
  renameSync(place, `${place}.moved`)
  await anna.client.leaveFolder({ folder: 'kept' })
  await anna.client.joinFolder({ folder: 'kept', path: `${place}.moved` })
  await until('it is there', async () => (await folderOf(anna, 'kept')).entries === 6)
})

test('a home that is gone for good gives way as the error says', async () => {
  const place = cluster.place(ben, 'gone')
  const there = await created('gone')
  await joinOffered(ben, 'gone', place)
  await settle('gone', anna, ben)
  await ben.kill()
  rmSync(ben.options.home, { recursive: true })
  ben = await cluster.restart(ben)
  await pair(anna, ben)
  await expect(joinOffered(ben, 'gone', place)).rejects.toMatchObject({
    code: 'exists',
    hint: expect.stringContaining('gone for good'),
  })
  rmSync(join(place, MARKER))
  await joinOffered(ben, 'gone', place)
  await settle('gone', ben)
  expect(differences(describeTree(there), describeTree(place))).toEqual([])
})
