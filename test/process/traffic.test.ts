import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, joinOffered, settle, until } from './cluster.ts'
import { write, writeSmallFiles } from './trees.ts'

const MIB = 1024 * 1024
const LARGE = 192 * MIB
const MOVED = 12 * MIB

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

/** Bytes of chunks that a device has received since it was started; or of all that it has received. */
async function received(device: Device, what = 'chunk_received'): Promise<number> {
  const metrics = await (await fetch(new URL('/metrics', device.ready.http), { headers: { connection: 'close' } })).text()
  const line = new RegExp(`^holdfast_${what}_bytes_total (\\d+)`, 'm').exec(metrics)
  if (line === null) throw new Error(`no count of ${what} bytes in ${metrics}`)
  return Number(line[1])
}

test('a file or a directory that is renamed or moved is not sent again', async () => {
  const [here, there] = (await cluster.share('moves', [anna, ben], (root) => {
    writeSmallFiles(root, 120)
    write(root, 'large.bin', randomBytes(MOVED))
    write(root, 'deep/in/here/one.bin', randomBytes(300_000))
    mkdirSync(join(root, 'other'))
  })) as [string, string]
  await settle('moves', anna, ben)
  expectSame(here, there)
  const [atAnna, atBen] = [await received(anna), await received(ben)]
  expect(atBen).toBeGreaterThan(MOVED)

  renameSync(join(here, 'large.bin'), join(here, 'renamed.bin'))
  renameSync(join(here, 'deep'), join(here, 'other/deep'))
  renameSync(join(here, 'd0'), join(here, 'small ones'))
  await settle('moves', anna, ben)
  expectSame(here, there)
  expect(existsSync(join(there, 'other/deep/in/here/one.bin'))).toBe(true)
  expect(await received(ben)).toBe(atBen)

  renameSync(join(there, 'renamed.bin'), join(there, 'small ones/back.bin'))
  await settle('moves', ben, anna)
  expectSame(here, there)
  expect([await received(anna), await received(ben)]).toEqual([atAnna, atBen])
})

/** Bytes of unfinished files that are on a folder's disk. */
function staged(place: string): number {
  const tmp = join(place, '.holdfast/tmp')
  if (!existsSync(tmp)) return 0
  return readdirSync(tmp).reduce((sum, name) => sum + statSync(join(tmp, name), { throwIfNoEntry: false })!.blocks * 512, 0)
}

test('what two devices keep of a folder that both have they seal out of their own files, and send each other samples of it at most', async () => {
  const before = await Promise.all([anna, ben].flatMap((device) => [received(device), received(device, 'received')]))
  for (const device of [anna, ben]) await device.cli('wait', '--folder', 'moves', '--for', 'protected', '--timeout', '40s')
  const after = await Promise.all([anna, ben].flatMap((device) => [received(device), received(device, 'received')]))
  const [chunksAtAnna, allAtAnna, chunksAtBen, allAtBen] = after.map((bytes, at) => bytes - before[at]!)
  expect([chunksAtAnna, chunksAtBen]).toEqual([0, 0])
  for (const { client } of [anna, ben]) expect((await client.status()).store.bytes).toBeGreaterThan(MOVED / 4)
  // Each time that one says to have more it is asked for up to three chunks, of 1 MiB in all, which are not among those counted above.
  for (const bytes of [allAtAnna, allAtBen]) expect(bytes).toBeLessThan(MOVED / 3)
})

test('a transfer that was interrupted goes on, and what was staged is not sent again', async () => {
  const [here, there] = [cluster.place(anna, 'resumed'), cluster.place(ben, 'resumed')]
  const content = randomBytes(LARGE)
  write(here, 'image.bin', content)
  await anna.client.createFolder({ path: here, name: 'resumed' })
  await anna.client.scan({ folder: 'resumed' })
  await joinOffered(ben, 'resumed', there)
  await until('a part has come', () => staged(there) > LARGE / 3)
  await ben.kill()
  const kept = staged(there)
  expect(existsSync(join(there, 'image.bin'))).toBe(false)
  expect(kept).toBeLessThan(LARGE)
  ben = await cluster.restart(ben)
  await settle('resumed', anna, ben)
  expect(Buffer.compare(readFileSync(join(there, 'image.bin')), content)).toBe(0)
  // A chunk of up to 2 MiB may have been half written on each of the lanes that were writing.
  expect(await received(ben)).toBeLessThanOrEqual(LARGE - kept + 16 * MIB)
})

test('what was deleted and comes back, or is restored, is not sent again where the store has it', async () => {
  const [here, there] = (await cluster.share('back', [anna, ben], (root) => {
    writeSmallFiles(join(root, 'small'), 40)
    write(root, 'large.bin', randomBytes(3 * MIB))
  })) as [string, string]
  await settle('back', anna, ben)
  const kept = join(cluster.directory, 'kept')
  cpSync(here, kept, { recursive: true, preserveTimestamps: true })
  rmSync(join(kept, '.holdfast'), { recursive: true })
  const remove = async (): Promise<void> => {
    for (const name of ['small', 'large.bin']) rmSync(join(here, name), { recursive: true })
    await anna.client.scan({ folder: 'back' })
    await anna.cli('folder', 'approve', 'back').catch(() => undefined)
    await settle('back', anna, ben)
    expect(existsSync(join(there, 'large.bin'))).toBe(false)
    // What is superseded is in the store of each holder, and both are.
    for (const device of [anna, ben]) await device.cli('wait', '--folder', 'back', '--for', 'protected', '--timeout', '40s')
    for (const root of [here, there]) rmSync(join(root, '.holdfast/archive'), { recursive: true, force: true })
  }
  await remove()
  const before = [await received(anna), await received(ben)]
  cpSync(kept, here, { recursive: true, preserveTimestamps: true })
  await settle('back', anna, ben)
  expectSame(here, there)
  expect([await received(anna), await received(ben)]).toEqual(before)

  await remove()
  const versions = await anna.client.versions({ folder: 'back', path: 'large.bin' })
  await anna.cli('restore', 'back/large.bin', '--version', versions.find(({ kind }) => kind === 'file')!.version)
  await settle('back', anna, ben)
  expect(readFileSync(join(there, 'large.bin'))).toEqual(readFileSync(join(kept, 'large.bin')))
  expect([await received(anna), await received(ben)]).toEqual(before)
})

test('a limit bounds how fast files come, and goes while they do; a small one does not wait for a large one', async () => {
  const [here, there] = (await cluster.share('limited', [anna, ben])) as [string, string]
  await settle('limited', anna, ben)
  await anna.cli('config', 'set', 'rate_limit_up', '1MB')
  expect(await anna.client.configGet({ key: 'rate_limit_up' })).toEqual({ key: 'rate_limit_up', value: '1MB', running: '1MB' })
  const seconds = async (name: string, since: number): Promise<number> => {
    await until(`${name} has come`, () => existsSync(join(there, name)))
    return (performance.now() - since) / 1000
  }
  const since = performance.now()
  write(here, 'four.bin', randomBytes(4 * MIB))
  await until('a part has come', () => staged(there) > 0)
  write(here, 'small.txt', randomBytes(1000))
  await seconds('small.txt', since)
  expect(existsSync(join(there, 'four.bin'))).toBe(false)
  const took = await seconds('four.bin', since)
  expect(took).toBeGreaterThan(3)
  expect(took).toBeLessThan(10)

  await anna.client.configSet({ key: 'rate_limit_up', value: null })
  await ben.client.configSet({ key: 'rate_limit_down', value: '500KB/s' })
  write(here, 'again.bin', randomBytes(4 * MIB))
  await until('a part has come', () => staged(there) > 0)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(existsSync(join(there, 'again.bin'))).toBe(false)
  const lifted = performance.now()
  await ben.client.configSet({ key: 'rate_limit_down', value: 0 })
  expect(await seconds('again.bin', lifted)).toBeLessThan(5)
  expectSame(here, there)
})
