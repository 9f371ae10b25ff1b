import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, joinOffered, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

interface Note {
  folder: string
  reasonCode: string
  message: string
  hint: string
}
interface Rebalanced {
  epoch: number
  movedBytes: number
  freedBytes: number
  waitingBytes: number
  notes: Note[]
}
interface Repaired {
  checked: number
  repaired: number
  lacking: number
  files: number
  damaged: number
  healed: number
  unneeded: number
  waiting: number
  elsewhere: { folder: string; device: string; missing: number; repaired: number }[]
  notes: Note[]
}

const VERSIONS = 20
const BYTES = 40_000

const cluster = new Cluster()
let anna: Device
let ben: Device
let nas: Device
let place = ''

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
  nas = await cluster.start('nas')
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await nas.cli('join', code)
  await nas.cli('config', 'set', 'pledge', '1GB')
  ;[place] = (await cluster.share('thesis', [anna], (root) => write(root, 'first.txt', 'first'))) as [string]
  await joinOffered(ben, 'thesis', cluster.place(ben, 'thesis'))
  await settle('thesis', anna, ben)
})
afterAll(() => cluster.end())

async function blocks(device: Device): Promise<number> {
  return (await device.client.status()).store.blocks!
}

/** The files of a device's blocks. */
function filesOf({ options }: Device): string[] {
  const entries = readdirSync(join(options.home, 'store/blocks'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

async function untilConnected(device: Device, other: string): Promise<void> {
  await until(`${other} is connected`, async () =>
    (await device.client.status()).peers.some(({ name, connected }) => name === other && connected),
  )
}

/** Whether all is where it is to be, as it is known at this moment. */
async function isProtected(device: Device): Promise<boolean> {
  const paths = Array.from({ length: VERSIONS }, (_, at) => `report-${at}.bin`)
  const versions = await Promise.all(paths.map((path) => device.client.versions({ folder: 'thesis', path })))
  return versions.flat().every(({ state }) => state === 'protected')
}

test('a storage device that was away while versions were written has them when rebalance ends', async () => {
  // By a layout that may just be to be made.
  const first = await anna.cli<Rebalanced>('rebalance')
  expect(first).toMatchObject({ epoch: 1, notes: [] })
  expect(await blocks(nas)).toBe(1)
  await nas.stop()
  for (let at = 0; at < VERSIONS; at++) {
    write(place, `report-${at}.bin`, noise(BYTES, `version ${at}`))
    await anna.client.scan({ folder: 'thesis' })
  }
  await settle('thesis', anna, ben)
  const without = await anna.cli<Rebalanced>('rebalance')
  expect(without.notes).toEqual([
    {
      folder: 'thesis',
      reasonCode: 'away',
      message: expect.stringMatching(/by nas yet, which is not connected/),
      hint: expect.stringContaining('nas'),
      values: expect.objectContaining({ device: 'nas' }),
    },
  ])
  expect(await isProtected(anna)).toBe(false)
  nas = await cluster.restart(nas)
  await untilConnected(anna, 'nas')
  const { epoch, movedBytes, notes } = await anna.cli<Rebalanced>('rebalance')
  expect([epoch, notes]).toEqual([1, []])
  expect(movedBytes).toBeGreaterThan(0)
  expect(await isProtected(anna)).toBe(true)
  expect(await blocks(nas)).toBeGreaterThanOrEqual(VERSIONS + 1)
  expect(await anna.cli<Rebalanced>('rebalance')).toEqual({ epoch: 1, movedBytes: 0, freedBytes: 0, waitingBytes: 0, notes: [] })
})

test('repair brings again what a storage device has lost, and what this one has', async () => {
  const before = await blocks(nas)
  const whole = await anna.cli<Repaired>('repair')
  expect(whole).toMatchObject({ repaired: 0, lacking: 0, notes: [] })
  expect(whole.checked).toBeGreaterThanOrEqual(2 * (VERSIONS + 1))
  await nas.stop()
  rmSync(join(nas.options.home, 'store'), { recursive: true, force: true })
  nas = await cluster.restart(nas)
  await untilConnected(anna, 'nas')
  const [repaired, other] = await Promise.allSettled([anna.client.repair({}), anna.client.rebalance({})])
  expect(other).toMatchObject({ reason: { code: 'exists' } })
  expect(repaired).toMatchObject({ value: { repaired: before, lacking: 0, notes: [] } })
  expect(await blocks(nas)).toBe(before)
  expect(await isProtected(anna)).toBe(true)
})

test('repair brings here what this device has lost', async () => {
  write(place, 'first.txt', 'another')
  await settle('thesis', anna, ben)
  expect(await anna.cli<Rebalanced>('rebalance')).toMatchObject({ notes: [] })
  await anna.stop()
  for (const lost of [join(anna.options.home, 'store'), join(place, '.holdfast/archive')])
    rmSync(lost, { recursive: true, force: true })
  anna = await cluster.restart(anna)
  await Promise.all(['nas', 'ben'].map((name) => untilConnected(anna, name)))
  // Some of it may have come by itself by now.
  const { lacking, waiting, notes } = await anna.cli<Repaired>('repair')
  expect([lacking, waiting, notes]).toEqual([0, 0, []])
  // The one version that is in none of its files.
  expect(await blocks(anna)).toBe(1)
  expect(await nas.shown('repair')).toContain('on a device that has the folders')
})

test('repair finds files of blocks that are missing here; what a scrub finds on a storage device is brought there again at once', async () => {
  const large = join(place, 'large.bin')
  for (let version = 0; version < 2; version++) {
    writeFileSync(large, randomBytes(300_000))
    await settle('thesis', anna, ben)
  }
  expect(await anna.cli<Rebalanced>('rebalance')).toMatchObject({ notes: [] })
  const [here, there, before] = [filesOf(anna), filesOf(nas), (await nas.client.status()).store]
  rmSync(here[0]!)
  const own = await anna.cli<Repaired>('repair')
  expect(own).toMatchObject({ files: here.length, damaged: 1, healed: 1, waiting: 0, unneeded: 0, lacking: 0, notes: [] })
  expect(filesOf(anna)).toHaveLength(here.length)
  rmSync(there[0]!)
  writeFileSync(there[1]!, readFileSync(there[1]!).fill(0, 1_000, 2_000))
  const db = new DatabaseSync(join(nas.options.home, 'store/store.db'))
  db.exec('UPDATE segments SET bytes = zeroblob(length) WHERE number = (SELECT number FROM segments WHERE epoch > 0 LIMIT 1)')
  db.close()
  const found = await nas.cli<{ damaged: number; waiting: number; notes: Note[] }>('scrub')
  expect(found).toMatchObject({ damaged: 3, waiting: 3, notes: [{ reasonCode: 'damaged' }] })
  await until(
    'all was brought again',
    async () => {
      const { damaged, blocks: count } = (await nas.client.status()).store
      return damaged === 0 && count === before.blocks && (await isProtected(anna))
    },
    30_000,
  )
  expect(before.bytes).toBeGreaterThan(before.segmentBytes!)
  expect(await nas.cli<Repaired>('repair')).toMatchObject({ files: there.length, damaged: 0, waiting: 0, notes: [] })
  expect(await nas.cli('scrub')).toMatchObject({ damaged: 0, notes: [] })
})

test('what a layout moves elsewhere is freed when its new holders have it: on devices of the folder, and on storage devices', async () => {
  const [begin, own] = [await blocks(nas), await blocks(anna)]
  await anna.cli('config', 'set', 'replication_factor', '1')
  const first = await anna.cli<Rebalanced>('rebalance')
  expect(first).toMatchObject({ notes: [], movedBytes: 0 })
  expect(first.waitingBytes).toBeGreaterThan(0)
  await anna.cli('config', 'set', 'gc_grace', '10ms')
  expect(await anna.cli('gc')).toMatchObject({ blocks: own, forgotten: 0 })
  expect(await blocks(anna)).toBe(0)

  const other = await cluster.start('other')
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await other.cli('join', code)
  await other.cli('config', 'set', 'pledge', '1GB')
  await untilConnected(anna, 'other')
  // By the layout before another member may yet ask for what is to go, and have it kept.
  const { epoch } = await anna.cli<Rebalanced>('rebalance')
  await until('ben goes by it', async () => (await ben.client.status()).layout?.epoch === epoch)
  await ben.cli('rebalance')
  const { waitingBytes } = await anna.cli<Rebalanced>('rebalance')
  expect(waitingBytes).toBeGreaterThan(0)
  await nas.cli('config', 'set', 'gc_grace', '10ms')
  expect(await nas.cli('gc')).toMatchObject({ freedBytes: waitingBytes })
  expect([await blocks(nas), await blocks(other)]).not.toContain(0)
  expect((await blocks(nas)) + (await blocks(other))).toBe(begin)
  expect(await anna.cli<Repaired>('repair')).toMatchObject({ repaired: 0, lacking: 0, notes: [] })
  const versions = await anna.client.versions({ folder: 'thesis', path: 'first.txt' })
  const out = join(cluster.directory, 'first')
  await anna.cli('restore', 'thesis/first.txt', '--version', versions.at(-1)!.version, '--to', out)
  expect(readFileSync(out, 'utf8')).toBe('first')
})
