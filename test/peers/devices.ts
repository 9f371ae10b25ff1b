import { onTestFinished } from 'vitest'
import { silentLogger, systemClock, systemRandom, type Clock, type Logger } from '#base'
import { createIdentity, PeerNetwork, type Identity, type Peer } from '#peers'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { MemoryStore } from './memory-store.ts'

export interface TestDevice {
  identity: Identity
  store: MemoryStore
  network: PeerNetwork
}

export interface TestOptions {
  /** False: no direct sockets for the bulk channel. */
  bulk?: boolean
  logger?: Logger
  clock?: Clock
}

/** A device on loopback, started; stopped when the test ends. */
export async function startDevice(name: string, from: Partial<TestDevice> = {}, options: TestOptions = {}): Promise<TestDevice> {
  const identity = from.identity ?? createIdentity()
  const store = from.store ?? new MemoryStore()
  const { clock = systemClock, logger = silentLogger } = options
  const parts = { identity, store, clock, random: systemRandom, logger }
  const network = new PeerNetwork(parts, { name, listen: [], lan: false, directBulk: options.bulk ?? true })
  await network.start()
  onTestFinished(() => network.stop())
  return { identity, store, network }
}

/** Puts devices into the group of the first without pairing, and tells each where the first one is. */
export async function unite(first: TestDevice, ...others: TestDevice[]): Promise<void> {
  for (const { identity, network } of others) {
    const x25519 = x25519PublicKey(identity.x25519)
    await first.network.group.addDevice({ device: identity.device, name: network.group.name, role: 'member', x25519 })
  }
  for (const { network } of others) {
    await network.group.join(first.network.group.log.operations().map(({ bytes }) => bytes))
    await network.learn(first.identity.device, first.network.addresses())
  }
}

/** The peer that `other` is to `device`, once connected. */
export function peerOf(device: TestDevice, other: TestDevice): Promise<Peer> {
  const known = device.network.peer(other.identity.device)
  if (known !== undefined) return Promise.resolve(known)
  return new Promise((resolve) => {
    const off = device.network.on('connected', (peer) => {
      if (peer.device !== other.identity.device) return
      off()
      resolve(peer)
    })
  })
}

/** Resolves when `holds` is true; looks every 20 ms, and fails after `ms`. */
export async function until(holds: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not true after ${ms} ms: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A logger that prints; for finding out why a test fails. */
export const loudLogger: Logger = {
  debug: (fields, message) => console.log('debug', message, fields),
  info: (fields, message) => console.log('info', message, fields),
  warn: (fields, message) => console.log('warn', message, fields),
  error: (fields, message) => console.log('error', message, fields),
  child: () => loudLogger,
}
