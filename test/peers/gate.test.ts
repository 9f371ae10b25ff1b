import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { createIdentity } from '#peers'
import { startHost, type Host } from '../../src/peers/host.ts'
import { MemoryStore } from './memory-store.ts'

/** A node that lets in and calls whom `allows` says, and the connections that it had. */
async function start(allows: () => boolean): Promise<{ host: Host; opened: string[] }> {
  const gate = { allows, hears: allows, taken: () => Promise.resolve() }
  const parts = { identity: createIdentity(), store: new MemoryStore(), logger: silentLogger, ...gate }
  const host = await startHost(parts, { listen: ['/ip4/127.0.0.1/tcp/0'], lan: false })
  onTestFinished(() => host.stop())
  const opened: string[] = []
  host.addEventListener('connection:open', ({ detail }) => void opened.push(detail.remotePeer.toString()))
  return { host, opened }
}

test.each([
  ['a stranger has no connection: the gate is closed once the handshake has shown who it is', false],
  ['a device of the group has one', true],
])('%s', async (_, isMember) => {
  const [{ host, opened }, other] = [await start(() => isMember), await start(() => true)]
  // Whoever dials has a connection before the other side has judged it.
  const connection = await other.host.dial(host.getMultiaddrs())
  await connection.newStream(['/ipfs/id/1.0.0']).catch(() => undefined)
  expect(opened).toEqual(isMember ? [other.host.peerId.toString()] : [])
  if (!isMember) await expect(host.dial(other.host.getMultiaddrs())).rejects.toMatchObject({ name: 'DialDeniedError' })
})
