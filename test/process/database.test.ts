import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle } from './cluster.ts'
import { describeTree, write, writeSmallFiles } from './trees.ts'

const COUNT = 150

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

/** The index of a folder: the database and what SQLite keeps beside it. */
function indexFiles(device: Device, folderId: string): string[] {
  const directory = join(device.options.home, 'index')
  return readdirSync(directory)
    .filter((name) => name.startsWith(folderId))
    .map((name) => join(directory, name))
}

const files = (root: string): number => Object.values(describeTree(root)).filter((line) => line.startsWith('file')).length
const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8')

/** A synced folder whose second device is stopped. */
async function stopped(folder: string): Promise<{ places: [string, string]; id: string }> {
  const places = (await cluster.share(folder, [anna, ben], (root) => writeSmallFiles(root, COUNT))) as [string, string]
  await settle(folder, anna, ben)
  const { id } = await folderOf(ben, folder)
  await ben.stop()
  return { places, id }
}

test('a device whose index was lost compares by content: nothing is lost, sent again or in conflict', async () => {
  const { places, id } = await stopped('lost')
  for (const file of indexFiles(ben, id)) rmSync(file)
  write(places[0], 'd0/f1', 'edited by anna while ben lost his index')
  write(places[0], 'new', 'new from anna')
  rmSync(join(places[0], 'd0/f2'))
  write(places[1], 'own', 'new from ben')
  ben = await cluster.restart(ben)
  await settle('lost', anna, ben, anna)
  expectSame(...places)
  expect(read(places[1], 'd0/f1')).toMatch(/^edited by anna/)
  expect(read(places[0], 'own')).toBe('new from ben')
  expect(existsSync(join(places[0], 'd0/f2'))).toBe(false)
  expect((await anna.client.conflicts()).filter((one) => one.folder === 'lost')).toEqual([])
  expect(files(places[0])).toBe(COUNT + 1)
})

test('an edit made while the index was lost is not overwritten', async () => {
  const { places, id } = await stopped('lost-edit')
  for (const file of indexFiles(ben, id)) rmSync(file)
  write(places[1], 'd0/f1', 'edited by ben without an index')
  ben = await cluster.restart(ben)
  await settle('lost-edit', ben, anna)
  expectSame(...places)
  const texts = Object.keys(describeTree(places[0]))
    .filter((path) => path.startsWith('d0/f1.') || path === 'd0/f1')
    .map((path) => read(places[0], path))
  expect(texts).toContain('edited by ben without an index')
})

test('a device whose index is an older copy does not take its own later edits back', async () => {
  const { places, id } = await stopped('older')
  const kept = join(cluster.directory, 'kept')
  cpSync(join(ben.options.home, 'index'), kept, { recursive: true })
  ben = await cluster.restart(ben)
  write(places[1], 'd0/f1', 'edited by ben after the copy')
  write(places[1], 'later', 'made by ben after the copy')
  rmSync(join(places[1], 'd0/f2'))
  await settle('older', ben, anna)
  expectSame(...places)
  await ben.stop()
  for (const file of indexFiles(ben, id)) rmSync(file)
  for (const name of readdirSync(kept).filter((one) => one.startsWith(id)))
    cpSync(join(kept, name), join(ben.options.home, 'index', name))
  write(places[1], 'd0/f3', 'edited by ben on the older index')
  ben = await cluster.restart(ben)
  await settle('older', ben, anna)
  expectSame(...places)
  expect(read(places[0], 'd0/f1')).toBe('edited by ben after the copy')
  expect(read(places[0], 'later')).toBe('made by ben after the copy')
  expect(read(places[0], 'd0/f3')).toBe('edited by ben on the older index')
  expect(existsSync(join(places[0], 'd0/f2'))).toBe(false)
  expect((await ben.client.conflicts()).filter((one) => one.folder === 'older')).toEqual([])

  write(places[1], 'd0/f4', 'and goes on')
  await settle('older', ben, anna)
  expect(read(places[0], 'd0/f4')).toBe('and goes on')
})

test('a damaged index is a clear error of that folder alone, and loses no file', async () => {
  const { places, id } = await stopped('damaged')
  for (const file of indexFiles(ben, id)) {
    if (file.endsWith('.db')) writeFileSync(file, Buffer.alloc(50_000, 'rubbish'))
    else rmSync(file)
  }
  ben = await cluster.restart(ben)
  const { state, reason } = await folderOf(ben, 'damaged')
  expect(state).toBe('error')
  expect(reason).toMatch(/\.db/)
  expect(await folderOf(ben, 'lost')).toMatchObject({ state: 'idle' })
  expect(files(places[0])).toBe(COUNT)
  expect(files(places[1])).toBe(COUNT)
})
