import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { folderIdOf, type DeviceId } from '#model'
import { createIdentity, type Group } from '#peers'
import { startHost, type Host } from '../../src/peers/host.ts'
import { Providers, type Holding } from '../../src/peers/providers.ts'
import { startDevice, unite, until, type TestDevice } from './devices.ts'
import { member } from './members.ts'
import { MemoryStore } from './memory-store.ts'

let ahead = 0
const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead }
const NOTHING: Holding = { folders: [], partitions: [] }

interface Node {
  device: DeviceId
  host: Host
  providers: Providers
  /** Who was said to be where. */
  told: Set<DeviceId>
}

/** Four nodes of a group, not connected to each other; the first one cannot reach the last two. */
async function startNodes(holding: (node: number) => Holding): Promise<Node[]> {
  const identities = Array.from({ length: 4 }, createIdentity)
  const { group: founder } = await member('founder')
  const devices = identities.map(({ device }, i) => ({ device, name: `${i}`, role: 'member' as const, added: 0 }))
  const state = { id: founder.state.id, devices, replicas: 3 } as Group['state']
  return Promise.all(
    identities.map(async (identity, number) => {
      const { device } = identity
      const allows = (other: DeviceId): boolean => {
        const ends = [number, devices.findIndex((each) => each.device === other)].toSorted()
        return ends[0] !== 0 || ends[1] === 1
      }
      const parts = {
        identity,
        store: new MemoryStore(),
        logger: silentLogger,
        allows,
        hears: allows,
        taken: () => Promise.resolve(),
      }
      const host = await startHost(parts, { listen: ['/ip4/127.0.0.1/tcp/0'], lan: false })
      const node: Node = { device, host, told: new Set(), providers: null! }
      node.providers = new Providers({
        clock,
        logger: silentLogger,
        group: { device, alone: false, state, on: () => () => undefined },
        isConnected: (other) => host.getConnections().some(({ remotePeer }) => remotePeer.toString() === other),
        told: (other, addresses) => void (addresses.length > 0 && node.told.add(other)),
      })
      host.addEventListener('connection:open', () => node.providers.connected())
      node.providers.follow(() => holding(number))
      node.providers.start(host)
      onTestFinished(async () => {
        node.providers.stop()
        await host.stop()
      })
      return node
    }),
  )
}

/** Connects all but the first one, and waits until they have said what they have. */
async function settle([, ...others]: Node[]): Promise<void> {
  for (const [i, { host }] of others.slice(1).entries()) await host.dial(others[i]!.host.getMultiaddrs())
  await expect.poll(async () => (await others[2]!.providers.of('group')).length, { timeout: 10_000 }).toBe(2)
}

test('a device that is connected to one other learns from the record of the group where the rest are, also when they come later', async () => {
  const nodes = await startNodes(() => NOTHING)
  const [late, known, ...others] = nodes
  await late!.host.dial(known!.host.getMultiaddrs())
  // It has looked once by then, and there was nobody.
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  await settle(nodes)
  await until(() => others.every(({ device }) => late!.told.has(device)))
  expect(late!.told).toEqual(new Set(others.map(({ device }) => device)))
})

test('who lacks content looks for the holders of its partition, and where none says so for those that have the folder', async () => {
  const folder = folderIdOf(new Uint8Array(16))
  const nodes = await startNodes((number) => ({
    folders: number === 2 ? [folder] : [],
    partitions: number === 3 ? [7] : [],
  }))
  await settle(nodes)
  const [late, known, keeper, holder] = nodes
  await late!.host.dial(known!.host.getMultiaddrs())
  await until(() => late!.told.size === 2)
  const sought = async (partition: number): Promise<DeviceId[]> => {
    late!.told.clear()
    // It looks at most twice a minute.
    ahead += 30_000
    late!.providers.seek(folder, partition)
    await until(() => late!.told.size > 0)
    return [...late!.told]
  }
  await expect.poll(async () => (await late!.providers.of({ partition: 7 })).length, { timeout: 5_000 }).toBe(1)
  expect(await sought(7)).toEqual([holder!.device])
  expect(await sought(8)).toEqual([keeper!.device])
})

test('a device that joins by one address finds the others, who has a folder, and once there are more devices than copies who holds a partition; none that was removed', async () => {
  const [a, b, c] = [await startDevice('a'), await startDevice('b'), await startDevice('c')]
  const folder = await a.network.group.createFolder({ name: 'photos' })
  for (const { network } of [a, b]) network.providers.follow(() => ({ folders: [folder.id], partitions: [7] }))
  c.network.providers.follow(() => ({ folders: [], partitions: [8] }))
  await unite(a, b, c)
  await expect.poll(() => found(c, { folder: folder.id }), { timeout: 10_000 }).toEqual(idsOf(a, b))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await found(c, { partition: 7 })).toEqual([])

  const d = await startDevice('d')
  await unite(a, d)
  await expect.poll(() => found(d, 'group'), { timeout: 10_000 }).toEqual(idsOf(a, b, c))
  expect(await found(d, { folder: folder.id })).toEqual(idsOf(a, b))
  await expect.poll(() => found(d, { partition: 7 }), { timeout: 10_000 }).toEqual(idsOf(a, b))
  await expect.poll(() => found(d, { partition: 8 }), { timeout: 10_000 }).toEqual(idsOf(c))
  const [holder] = await d.network.providers.of({ partition: 8 })
  expect(holder?.device).toBe(c.identity.device)
  expect(holder?.addresses).toEqual(c.network.addresses().map((address) => address.replace(/\/p2p\/.*/, '')))
  await a.network.group.removeDevice(b.identity.device)
  await until(() => d.network.group.state.devices.length === 3)
  expect(await found(d, { folder: folder.id })).toEqual(idsOf(a))
})

function idsOf(...devices: readonly TestDevice[]): DeviceId[] {
  return devices.map(({ identity }) => identity.device).toSorted()
}

async function found({ network }: TestDevice, what: Parameters<Providers['of']>[0]): Promise<DeviceId[]> {
  const providers = await network.providers.of(what)
  return providers.map(({ device }) => device).toSorted()
}
