import type { Connection, Stream } from '@libp2p/interface'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock, type Clock } from '#base'
import { createIdentity, type GroupState } from '#peers'
import { encodeControl } from '../../src/peers/control.ts'
import { frameHeader } from '../../src/peers/frames.ts'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { peerOf, startDevice, unite, until, type TestDevice, type TestOptions } from './devices.ts'

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

/** Connects to a device as another one, without saying anything. */
async function liar({ identity }: TestDevice, at: TestDevice): Promise<() => Promise<Connection>> {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', identity.seed),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // It would end a connection over which no ping is answered.
    connectionMonitor: { enabled: false },
  })
  onTestFinished(() => node.stop())
  return () => node.dial(multiaddr(at.network.addresses()[0]), { force: true })
}

/** Seconds pass as fast as 50 ms. */
const fast: Clock = { ...systemClock, after: (ms, run, options) => systemClock.after(ms / 20, run, options) }

/** Two devices of a group, of which the second, which has the smaller id and so is waited for to greet, has stopped. */
async function left(options: TestOptions = {}): Promise<{ a: TestDevice; b: TestDevice }> {
  const [one, other] = [createIdentity(), createIdentity()]
  const [smaller, greater] = one.device < other.device ? [one, other] : [other, one]
  const [a, b] = [await startDevice('a', { identity: greater }, options), await startDevice('b', { identity: smaller })]
  await unite(a, b)
  await peerOf(a, b)
  await b.network.stop()
  await until(() => a.network.peers().length === 0)
  return { a, b }
}

const isOpen = ({ status }: Connection): boolean => status === 'open'

test('whoever was removed gets past the gate for that word only: who it is, pings and the DHT are not for it', async () => {
  const { a, b } = await left()
  const dial = await liar(b, a)
  const speak = async (connection: Connection, protocol: string): Promise<number> => {
    const stream = await connection.newStream(protocol)
    let bytes = 0
    stream.addEventListener('message', ({ data }) => (bytes += data.byteLength))
    const ended = new Promise((resolve) => stream.addEventListener('close', resolve))
    // A ping is 32 bytes, and comes back as it was; a DHT message of that begin is none.
    if (stream.writeStatus === 'writable') stream.send(new Uint8Array(32))
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_000))])
    return bytes
  }
  const before = await dial()
  expect(await speak(before, '/ipfs/ping/1.0.0')).toBe(32)
  await before.close()
  await a.network.group.removeDevice(b.identity.device)
  const after = await dial()
  for (const protocol of ['/ipfs/ping/1.0.0', '/ipfs/id/1.0.0', '/holdfast/kad/1.0.0', '/holdfast/bulk/1.0.0'])
    expect([protocol, await speak(after, protocol)]).toEqual([protocol, 0])
})

test('it has one connection at a time, and could not take them from the devices of the group', async () => {
  const { a, b } = await left()
  await a.network.group.removeDevice(b.identity.device)
  const dial = await liar(b, a)
  const connections: Connection[] = []
  for (let tries = 0; tries < 5; tries++) {
    const connection = await dial().catch(() => null)
    if (connection !== null) connections.push(connection)
  }
  await until(() => connections.filter(isOpen).length === 1, 5_000)
})

test('no connection outlasts a removal by much, not even one that was opened before', async () => {
  const { a, b } = await left({ clock: fast })
  const dial = await liar(b, a)
  const connection = await dial()
  await connection.newStream('/ipfs/ping/1.0.0')
  await a.network.group.removeDevice(b.identity.device)
  await until(() => !isOpen(connection))
})

test('it is told over a connection once, and what it sends is nothing to tell the user of', async () => {
  const { a, b } = await left()
  await a.network.group.removeDevice(b.identity.device)
  const misbehaved: string[] = []
  a.network.on('misbehaved', ({ message }) => misbehaved.push(message))
  const connection = await (await liar(b, a))()
  const greet = async (): Promise<{ streams: Stream[]; bytes: number }> => {
    const streams: Stream[] = []
    for (const one of ['group', 'index']) streams.push(await connection.newStream(`/holdfast/${one}/1.0.0`))
    let bytes = 0
    streams[0]!.addEventListener('message', ({ data }) => (bytes += data.byteLength))
    const hello = { group: a.network.group.state.id, addresses: [], bulkPort: 0, certificate: new Uint8Array(32) }
    for (const message of [encodeControl({ kind: 'hello', ...hello }), encodeControl({ kind: 'heads', heads: [] })])
      for (const piece of [frameHeader(message.length), message]) streams[0]!.send(piece)
    // An index message of no bytes is none.
    streams[1]!.send(new Uint8Array(4))
    await new Promise((resolve) => setTimeout(resolve, 500))
    return { streams, bytes }
  }
  const { streams, bytes } = await greet()
  expect(bytes).toBeGreaterThan(500)
  for (const stream of streams) stream.abort(new Error('once more'))
  const second = await greet().catch(() => null)
  expect(second?.bytes ?? 0).toBeLessThan(200)
  await until(() => !isOpen(connection))
  expect(misbehaved).toEqual([])
})
