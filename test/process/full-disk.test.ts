import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle, until } from './cluster.ts'
import { describeTree, noise, write, writeSmallFiles } from './trees.ts'

const SMALL_DISK = '4m'
const MIDDLE_DISK = '30m'
const LARGER_DISK = '64m'

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

const sizeOf = (disk: string, size: string): number | null => spawnSync('mount', ['-o', `remount,size=${size}`, disk]).status

/** A disk of its own for one of ben's folders; false where none can be made. */
function mountSmallDisk(disk: string, size = SMALL_DISK): boolean {
  return cluster.mount(disk, '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs')
}

async function healthOf(device: Device, folder: string) {
  return (await device.client.health()).checks.find(({ name }) => name === `folder ${folder}`)
}

test('a full disk is told, harms nothing, and the folder goes on when there is room', async (context) => {
  const there = cluster.place(ben, 'full')
  if (!mountSmallDisk(there)) return context.skip('no disk can be mounted here (root is needed)')
  const [here] = (await cluster.share('full', [anna, ben], (root) => {
    writeSmallFiles(root, 20)
    write(root, 'large', noise(12_000_000, 'too large'))
  })) as [string, string]
  await until('it says that the disk is full', async () =>
    (await ben.client.problems({ folder: 'full' })).some(({ code }) => code === 'full'),
  )
  await until('the folder says so', async () => (await folderOf(ben, 'full')).problems > 0)
  const { state, reason } = await folderOf(ben, 'full')
  expect(state).not.toBe('idle')
  expect(reason.length).toBeGreaterThan(10)
  expect(Object.keys(describeTree(there))).not.toContain('large')
  expect((await anna.client.status()).folders.find(({ name }) => name === 'full')).toMatchObject({ conflicts: 0 })

  expect(sizeOf(there, LARGER_DISK)).toBe(0)
  await until('it has come', () => 'large' in describeTree(there), 60_000)
  await settle('full', anna, ben)
  expectSame(here, there)
  await until('no problem is left', async () => (await folderOf(ben, 'full')).problems === 0)
}, 90_000)

test('what is replaced on a full disk keeps its old content until there is room', async (context) => {
  const there = cluster.place(ben, 'replace')
  if (!mountSmallDisk(there)) return context.skip('no disk can be mounted here (root is needed)')
  const [here] = (await cluster.share('replace', [anna, ben], (root) => write(root, 'file', noise(2_500_000, 'first')))) as [
    string,
    string,
  ]
  await settle('replace', anna, ben)
  const before = describeTree(there)
  write(here, 'file', noise(2_600_000, 'second'))
  await anna.client.scan({ folder: 'replace' })
  await until('it says that the disk is full', async () =>
    (await ben.client.problems({ folder: 'replace' })).some(({ code }) => code === 'full'),
  )
  expect(describeTree(there)).toEqual(before)
  // The other device gives the edit up: nothing is missing any more.
  rmSync(join(here, 'file'))
  write(here, 'file', noise(2_500_000, 'first'))
  await anna.client.scan({ folder: 'replace' })
  expect(sizeOf(there, LARGER_DISK)).toBe(0)
  await settle('replace', anna, ben)
  expectSame(here, there)
}, 90_000)

test('the part that had come of a version that nobody wants any more does not keep the disk full', async (context) => {
  const there = cluster.place(ben, 'stale')
  if (!mountSmallDisk(there)) return context.skip('no disk can be mounted here (root is needed)')
  const [here] = (await cluster.share('stale', [anna, ben], (root) => write(root, 'file', noise(1_500_000, 'first')))) as [
    string,
    string,
  ]
  await settle('stale', anna, ben)
  write(here, 'file', noise(3_900_000, 'too large'))
  await anna.client.scan({ folder: 'stale' })
  await until('it says that the disk is full', async () =>
    (await ben.client.problems({ folder: 'stale' })).some(({ code }) => code === 'full'),
  )
  write(here, 'file', noise(1_600_000, 'fits beside the first'))
  await anna.client.scan({ folder: 'stale' })
  await settle('stale', anna, ben)
  expectSame(here, there)
}, 90_000)

test('a file that can never fit takes no room: smaller ones, edits and the user’s own files have it', async (context) => {
  const there = cluster.place(ben, 'never')
  if (!mountSmallDisk(there, MIDDLE_DISK)) return context.skip('no disk can be mounted here (root is needed)')
  const [here] = (await cluster.share('never', [anna, ben], (root) => write(root, 'note', 'first'))) as [string, string]
  await settle('never', anna, ben)
  expect(await healthOf(ben, 'never')).toMatchObject({ ok: true })
  const free = (): number => statfsSync(there).bavail * statfsSync(there).bsize
  const before = free()

  // Whole from the start: of a file that is seen half written the half might fit.
  write(cluster.directory, 'large', noise(40_000_000, 'can never fit'))
  renameSync(join(cluster.directory, 'large'), join(here, 'large'))
  await anna.client.scan({ folder: 'never' })
  const problems = () => ben.client.problems({ folder: 'never' })
  await until('it says that the disk is full', async () => (await problems()).some(({ code }) => code === 'full'), 30_000)
  expect((await problems())[0]?.message).toMatch(/needs 38\.1 MiB; (29|30)(\.\d)? MiB are free.* 0\.6 MiB/)
  expect(await healthOf(ben, 'never')).toMatchObject({ ok: false, detail: expect.stringContaining('full') })
  expect(before - free()).toBeLessThan(1_000_000)

  write(here, 'tiny', 'abc')
  write(here, 'note', 'edited')
  write(here, 'middle', noise(8_000_000, 'fits'))
  await anna.client.scan({ folder: 'never' })
  await until('what fits has come', () => 'middle' in describeTree(there) && 'tiny' in describeTree(there))
  expect(readFileSync(join(there, 'note'), 'utf8')).toBe('edited')
  // Room that others give and take is none for it either.
  for (let turn = 0; turn < 3; turn++) {
    write(there, 'own', noise(20_000_000, 'of the user'))
    rmSync(join(there, 'own'))
    await new Promise((resolve) => setTimeout(resolve, 3_000))
  }

  expect(sizeOf(there, LARGER_DISK)).toBe(0)
  await settle('never', anna, ben)
  expectSame(here, there)
  expect(await healthOf(ben, 'never')).toMatchObject({ ok: true })
}, 120_000)
