import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle, until } from './cluster.ts'
import { describeTree, write, writeSmallFiles } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

test('a disk that is unmounted deletes nothing anywhere, also over a restart, and goes on when it is mounted again', async (context) => {
  const [disk, here] = [join(cluster.directory, 'disk'), cluster.place(anna, 'mounted')]
  if (!cluster.mount(disk, '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs') || !cluster.mount(here, '--bind', disk))
    return context.skip('no disk can be mounted here (root is needed)')
  const places = await cluster.share('mounted', [anna, ben], (root) => writeSmallFiles(root, 60))
  const there = places[1]!
  await settle('mounted', anna, ben)
  const before = describeTree(there)

  // The daemon keeps no file there open, but for the moment in which it reads one.
  await until('it can be unmounted', () => spawnSync('umount', [here]).status === 0, 5_000)
  const blocked = async (): Promise<boolean> => (await folderOf(anna, 'mounted')).state === 'blocked'
  await until('it is seen', blocked)
  await anna.client.scan({ folder: 'mounted' }).catch(() => undefined)
  await anna.stop()
  anna = await cluster.restart(anna)
  await until('it is seen at the start, too', blocked)
  write(there, 'by ben', 'while it was away')
  await ben.client.scan({ folder: 'mounted' })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(describeTree(there)).toMatchObject(before)
  // What is below the mount point is not the folder: nothing is written there.
  expect(readdirSync(here)).toEqual([])

  expect(spawnSync('mount', ['--bind', disk, here]).status).toBe(0)
  await until('it goes on', async () => !(await blocked()))
  await settle('mounted', anna, ben)
  expectSame(here, there)
  expect(readFileSync(join(here, 'by ben'), 'utf8')).toBe('while it was away')
  expect(Object.keys(describeTree(here))).toHaveLength(Object.keys(before).length + 1)
}, 60_000)

test('another directory of the same disk that was mounted in a folder is left alone, and deletes nothing when it goes', async (context) => {
  const [source, places] = [
    join(cluster.directory, 'elsewhere'),
    await cluster.share('bound', [anna, ben], (root) => {
      writeSmallFiles(join(root, 'albums'), 10)
      write(root, 'other', 'in the folder')
    }),
  ]
  const [here, there] = places as [string, string]
  await settle('bound', anna, ben)
  const before = describeTree(there)
  // As when a directory is moved to a larger place and mounted where it was.
  cpSync(join(here, 'albums'), source, { recursive: true, preserveTimestamps: true })
  const albums = join(here, 'albums')
  await anna.stop()
  rmSync(albums, { recursive: true })
  if (!cluster.mount(albums, '--bind', source)) return context.skip('nothing can be mounted here (root is needed)')
  anna = await cluster.restart(anna)
  await anna.client.scan({ folder: 'bound' })
  const problems = await anna.client.problems({ folder: 'bound' })
  expect(problems).toMatchObject([{ path: 'albums', code: 'device-boundary' }])
  write(source, 'new', 'there')
  await anna.client.scan({ folder: 'bound' })

  for (const isAgain of [false, true]) {
    if (isAgain) {
      await anna.stop()
      anna = await cluster.restart(anna)
    } else {
      await until('it can be unmounted', () => spawnSync('umount', [albums]).status === 0, 5_000)
    }
    await anna.client.scan({ folder: 'bound' })
    await until(
      'it is held',
      async () => (await folderOf(anna, 'bound')).state === 'held',
      5_000,
      async () => [await folderOf(anna, 'bound'), await anna.client.problems({ folder: 'bound' })],
    )
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(describeTree(there)).toEqual(before)
  }
  return undefined
}, 60_000)
