import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { expect, onTestFinished, test } from 'vitest'
import type { GroupState } from '#peers'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { peerOf, startDevice, unite, until, type TestDevice } from './devices.ts'

/** The device again, with what its group said when it heard that it was removed. */
async function comeBack(name: string, before: TestDevice): Promise<{ device: TestDevice; heard: GroupState[] }> {
  const device = await startDevice(name, before)
  const heard: GroupState[] = []
  device.network.group.on('removed', (state) => heard.push(state))
  return { device, heard }
}

test('a device that was removed while it was away hears of it when it comes back, and of nothing that was done after', async () => {
  const [a, b] = [await startDevice('a'), await startDevice('b')]
  await unite(a, b)
  await Promise.all([peerOf(a, b), peerOf(b, a)])
  await b.network.stop()
  await until(() => a.network.peers().length === 0)
  await a.network.group.createFolder({ name: 'before' })
  await a.network.group.removeDevice(b.identity.device)
  await a.network.group.createFolder({ name: 'after' })
  const { device, heard } = await comeBack('b', b)
  await until(() => heard.length > 0 && device.network.group.alone)
  expect(heard[0]?.departures).toMatchObject([{ device: b.identity.device, by: a.identity.device }])
  expect(heard[0]?.folders.map(({ name }) => name)).toEqual(['before'])
  await until(() => device.network.peers().length === 0)
  expect(a.network.peers()).toEqual([])
})

test('it believes a remover that it never met, since the log says who let that one in', async () => {
  const [a, b, c] = [await startDevice('a'), await startDevice('b'), await startDevice('c')]
  await unite(a, b)
  await Promise.all([peerOf(a, b), peerOf(b, a)])
  await b.network.stop()
  const x25519 = x25519PublicKey(c.identity.x25519)
  await a.network.group.addDevice({ device: c.identity.device, name: 'c', role: 'member', x25519 })
  await c.network.group.join(a.network.group.log.operations().map(({ bytes }) => bytes))
  await c.network.learn(a.identity.device, a.network.addresses())
  await Promise.all([peerOf(a, c), peerOf(c, a)])
  await c.network.group.removeDevice(b.identity.device)
  await until(() => a.network.group.state.devices.length === 2)
  const { heard } = await comeBack('b', b)
  await until(() => heard.length > 0)
  expect(heard[0]?.departures).toMatchObject([{ device: b.identity.device, by: c.identity.device }])
})

test('whoever was removed gets past the gate for that word only: who it is, pings and the DHT are not for it', async () => {
  const [a, b] = [await startDevice('a'), await startDevice('b')]
  await unite(a, b)
  await peerOf(a, b)
  const speak = async (protocol: string): Promise<number> => {
    const node = await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', b.identity.seed),
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
    })
    onTestFinished(() => node.stop())
    for (const one of ['group', 'index']) await node.handle(`/holdfast/${one}/1.0.0`, () => undefined)
    const connection = await node.dial(multiaddr(a.network.addresses()[0]))
    const stream = await connection.newStream(protocol)
    let bytes = 0
    stream.addEventListener('message', ({ data }) => (bytes += data.byteLength))
    const ended = new Promise((resolve) => stream.addEventListener('close', resolve))
    // A ping is 32 bytes, and comes back as it was; a DHT message of that begin is none.
    if (stream.writeStatus === 'writable') stream.send(new Uint8Array(32))
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_000))])
    await node.stop()
    return bytes
  }
  await b.network.stop()
  await until(() => a.network.peers().length === 0)
  expect(await speak('/ipfs/ping/1.0.0')).toBe(32)
  await a.network.group.removeDevice(b.identity.device)
  for (const protocol of ['/ipfs/ping/1.0.0', '/ipfs/id/1.0.0', '/holdfast/kad/1.0.0', '/holdfast/bulk/1.0.0'])
    expect([protocol, await speak(protocol)]).toEqual([protocol, 0])
})
