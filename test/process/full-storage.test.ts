import { randomBytes } from 'node:crypto'
import { readdirSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, until } from './cluster.ts'
import { write } from './trees.ts'

const FOLDER = 'films'
const PLEDGE = 100_000_000
const DISK = '16m'
/** So much of that disk others leave to it. */
const LEFT = 4_000_000
/** Of these half is placed on it, before it says what it can hold. */
const [FILES, LENGTH] = [128, 250_000]

const cluster = new Cluster()
afterAll(() => cluster.end())

async function pledgeOf(device: Device, of: string): Promise<number> {
  return (await device.client.devices()).find(({ name }) => name === of)?.pledgeBytes ?? 0
}

function blocksOf({ options }: Device): string[] {
  const names = readdirSync(join(options.home, 'store'), { recursive: true }).map(String)
  return names.filter((name) => name.endsWith('.block'))
}

test('what a storage device has no room for is placed elsewhere by itself, and what it has taken stays', async (context) => {
  const home = join(cluster.directory, 'home', 'nas')
  if (!cluster.mount(home, '-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs'))
    return context.skip('no disk can be mounted here (root is needed)')
  const [anna, nas, attic] = (await Promise.all(['anna', 'nas', 'attic'].map((name) => cluster.start(name)))) as [
    Device,
    Device,
    Device,
  ]
  await anna.client.configSet({ key: 'replication_factor', value: 1 })
  for (const device of [nas, attic]) {
    await device.client.configSet({ key: 'pledge', value: PLEDGE })
    const { code } = await anna.client.createInvite({ role: 'storage' })
    await device.client.joinGroup({ code })
  }
  // Until something is refused what was set counts, however much the disk has room for.
  for (const name of ['nas', 'attic']) await until(`${name} pledges`, async () => (await pledgeOf(anna, name)) === PLEDGE)
  await until('it is placed by that', async () => (await nas.client.status()).layout !== null)

  const { bavail, bsize } = statfsSync(home)
  writeFileSync(join(home, 'of somebody else'), Buffer.alloc(bavail * bsize - LEFT))
  await cluster.share(FOLDER, [anna], (root) => {
    for (let at = 0; at < FILES; at++) write(root, `${at}`, randomBytes(LENGTH))
  })
  const had = new Set<string>()
  const looking = setInterval(() => blocksOf(nas).forEach((name) => had.add(name)), 50)
  await anna.cli('wait', '--for', 'protected', '--timeout', '60s').finally(() => clearInterval(looking))
  const now = await pledgeOf(anna, 'nas')
  expect(now).toBeLessThan(LEFT)
  expect(await nas.client.configGet({ key: 'pledge' })).toEqual({ key: 'pledge', value: PLEDGE, running: now })
  expect(had.size).toBeGreaterThan(0)
  expect(blocksOf(nas)).toEqual(expect.arrayContaining([...had]))
}, 90_000)
