import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FolderId } from '#model'
import type { Device } from '../../scripts/device.ts'
import { startDevice, type TestDevice } from '../peers/devices.ts'
import { Cluster } from './cluster.ts'

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
  await cluster.share('photos', [desk])
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
})
