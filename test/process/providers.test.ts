import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FolderId } from '#model'
import type { Device } from '../../scripts/device.ts'
import { startDevice, type TestDevice } from '../peers/devices.ts'
import { Cluster, joinOffered, until } from './cluster.ts'
import { noise, write } from './trees.ts'

const cluster = new Cluster()
let desk: Device

beforeAll(async () => {
  desk = await cluster.start('desk')
})
afterAll(() => cluster.end())

/** Who says that it has something, as another device finds it. */
async function providers({ network }: TestDevice, what: Parameters<TestDevice['network']['providers']['of']>[0]) {
  const found = await network.providers.of(what)
  return found.map(({ device }) => device)
}

test('a device that joins finds who has a folder and who holds a partition, where it knows of no layout', async () => {
  const [here] = (await cluster.share('photos', [desk], (root) => write(root, 'kelp.bin', noise(3_000_000, 'kelp')))) as [string]
  await desk.cli('config', 'set', 'pledge', '1GB')
  const joined: TestDevice[] = []
  for (const name of ['anna', 'ben', 'carl']) {
    const { code } = await desk.cli<{ code: string }>('invite')
    const device = await startDevice(name)
    await device.network.pairing.join(code)
    joined.push(device)
  }
  const carl = joined.at(-1)!
  const [folder] = carl.network.group.state.folders
  const { device } = desk.ready
  await expect.poll(() => providers(carl, { folder: folder!.id as FolderId }), { timeout: 10_000 }).toEqual([device])
  await expect.poll(() => providers(carl, { partition: 0 }), { timeout: 10_000 }).toEqual([device])
  expect(await providers(carl, 'group')).toContain(device)

  // One that knows the address of carl alone, who has nothing of the folder and may not, gets all of it from the desk.
  for (const name of ['anna', 'ben', 'carl']) await desk.cli('folder', 'share', 'photos', name, '--role', 'none')
  const { code } = await carl.network.pairing.createInvite()
  const laptop = await cluster.start('laptop')
  await laptop.cli('join', code)
  const there = cluster.place(laptop, 'photos')
  await joinOffered(laptop, 'photos', there)
  await until('it has come', () => existsSync(join(there, 'kelp.bin')), 20_000)
  expect(readFileSync(join(there, 'kelp.bin')).equals(readFileSync(join(here, 'kelp.bin')))).toBe(true)
  const { peers } = await laptop.client.status()
  expect(peers.find((peer) => peer.device === device)).toMatchObject({ connected: true })
})
