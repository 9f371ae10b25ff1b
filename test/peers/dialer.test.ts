import { expect, onTestFinished, test, vi } from 'vitest'
import { silentLogger, systemClock } from '#base'
import type { DeviceId } from '#model'
import { createIdentity, type Identity } from '#peers'
import { Dialer } from '../../src/peers/dialer.ts'
import { startHost, type Host } from '../../src/peers/host.ts'
import { MemoryStore } from './memory-store.ts'

/** A node that nobody hears of by mDNS, at a port of its own; it calls only whom it `allows`. */
async function start(identity: Identity, allows: (device: DeviceId) => boolean = () => true): Promise<Host> {
  const gate = { allows, hears: () => true, taken: () => Promise.resolve() }
  const parts = { identity, store: new MemoryStore(), logger: silentLogger, ...gate }
  const host = await startHost(parts, { listen: ['/ip4/127.0.0.1/tcp/0'], lan: false })
  onTestFinished(() => host.stop())
  return host
}

function addressesOf(host: Host): string[] {
  return host.getMultiaddrs().map((address) => address.decapsulate('/p2p').toString())
}

test('a device that both know a third one of is found through the DHT alone, and again where it has moved to', async () => {
  const identity = createIdentity()
  const [known, asking] = [await start(createIdentity()), await start(createIdentity())]
  const dialer = new Dialer(asking, systemClock)
  expect(await dialer.lookUp(identity.device)).toEqual([])
  await asking.dial(known.getMultiaddrs())
  for (let move = 0; move < 2; move++) {
    // It would find the one who asks by itself, and call.
    const other = await start(identity, (device) => device === known.peerId.toString())
    await other.dial(known.getMultiaddrs())
    const wanted = addressesOf(other)
    await expect.poll(() => dialer.lookUp(identity.device), { timeout: 10_000 }).toEqual(expect.arrayContaining(wanted))
    await dialer.dial(identity.device, await dialer.lookUp(identity.device))
    expect(asking.getConnections(other.peerId)).not.toEqual([])
    await other.stop()
    // The table of a new node is filled once, soon after it has started, and then rests for half an hour.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await expect.poll(() => asking.getConnections(other.peerId).length).toBe(0)
  }
})

test('a device that has been connected for long is still found through the one that it is connected to', async () => {
  const [known, asking] = [await start(createIdentity()), await start(createIdentity())]
  const other = await start(createIdentity(), (device) => device === known.peerId.toString())
  await other.dial(known.getMultiaddrs())
  await asking.dial(known.getMultiaddrs())
  const { now } = Date
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 24 * 60 * 60_000)
  onTestFinished(() => void vi.restoreAllMocks())
  const dialer = new Dialer(asking, systemClock)
  const wanted = addressesOf(other)
  const device = other.peerId.toString() as DeviceId
  await expect.poll(() => dialer.lookUp(device), { timeout: 5_000 }).toEqual(expect.arrayContaining(wanted))
})
