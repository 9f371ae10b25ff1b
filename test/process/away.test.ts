import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, folderOf, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

const FOLDER = 'diary'
/** Fewer than deletions that are held. */
const FILES = 24
const REPLICAS = 3

const cluster = new Cluster()
let anna: Device
let ben: Device
let carol: Device
let dora: Device

beforeAll(async () => {
  ;[anna, ben, carol, dora] = (await cluster.group(['anna', 'ben', 'carol', 'dora'])) as [Device, Device, Device, Device]
})
afterAll(() => cluster.end())

async function blocks(device: Device): Promise<number> {
  return (await device.client.status()).store.blocks!
}

async function untilProtected(...devices: Device[]): Promise<void> {
  await Promise.all(devices.map((device) => device.cli('wait', '--for', 'protected', '--timeout', '60s')))
}

test('another device takes the place of one that is away for longer than leave_after, also where nobody pledges disk', async () => {
  const [place] = (await cluster.share(FOLDER, [anna, ben, carol, dora], (root) => {
    for (let at = 0; at < FILES; at++) write(root, `${at}`, noise(2_000, `${at}`))
  })) as [string]
  await settle(FOLDER, anna, ben, carol, dora)
  await untilProtected(anna, ben, carol, dora)
  // What is in no file any more is in blocks alone.
  for (let at = 0; at < FILES; at++) rmSync(join(place, `${at}`))
  await settle(FOLDER, anna, ben, carol, dora)
  await untilProtected(anna, ben, carol, dora)
  const stored = (await Promise.all([anna, ben, carol, dora].map(blocks))).reduce((sum, count) => sum + count, 0)
  expect(stored).toBeGreaterThanOrEqual(REPLICAS * FILES)
  await dora.stop()
  // Two of them lack what a third one held.
  expect((await Promise.all([anna, ben, carol].map(blocks))).toSorted()[0]).toBeLessThan(FILES)
  await anna.cli('config', 'set', 'leave_after', '1s')
  await until('it is said that she is away', async () => (await anna.client.status()).layout?.epoch === 1)
  await untilProtected(anna, ben, carol)
  expect(await Promise.all([anna, ben, carol].map(blocks))).toEqual([FILES, FILES, FILES])
  dora = await cluster.restart(dora)
  await until('it is said that she is back', async () => (await dora.client.status()).layout?.epoch === 2)
  await untilProtected(anna, ben, carol, dora)
  for (const device of [anna, ben, carol, dora]) expect((await folderOf(device, FOLDER)).protectedPercent).toBe(100)
  expect(await anna.cli('rebalance')).toMatchObject({ epoch: 2, movedBytes: 0, notes: [] })
})
