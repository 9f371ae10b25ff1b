import { peerIdFromString } from '@libp2p/peer-id'
import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { createIdentity } from '#peers'
import { PROTOCOLS, startHost, type Host } from '../../src/peers/host.ts'
import { MemoryStore } from './memory-store.ts'

async function start(allows: () => boolean): Promise<Host> {
  const gate = { allows, hears: () => true, taken: () => Promise.resolve() }
  const parts = { identity: createIdentity(), store: new MemoryStore(), logger: silentLogger, ...gate }
  const host = await startHost(parts, { listen: ['/ip4/127.0.0.1/tcp/0'], lan: false })
  onTestFinished(() => host.stop())
  return host
}

test('the DHT asks nothing of a device that was removed and is connected: it would hear whom the group misses', async () => {
  let isMember = true
  const [host, other] = [await start(() => isMember), await start(() => true)]
  let asked = 0
  other.use(PROTOCOLS.dht, (stream, connection, next) => {
    if (stream.direction === 'inbound') asked++
    next(stream, connection)
  })
  await other.dial(host.getMultiaddrs())
  const missed = peerIdFromString(createIdentity().device)
  const ask = async (): Promise<number> => {
    asked = 0
    await host.peerRouting.findPeer(missed, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
    return asked
  }
  await expect.poll(ask, { timeout: 10_000 }).toBeGreaterThan(0)
  isMember = false
  expect([await ask(), host.getConnections().length]).toEqual([0, 1])
})
