import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { messageOf, type Clock, type Logger } from '#base'
import type { DeviceId } from '#model'

/** Addresses of a device that are kept at most. */
export const MAX_KEPT = 16

const LISTEN_HOSTS: ReadonlySet<string> = new Set(['ip4', 'ip6', 'dns', 'dns4', 'dns6'])

/** Where devices were last reached; db's DeviceStore fits. */
export interface AddressBook {
  /** Multiaddrs, newest first, at most MAX_KEPT of each device; `lastSeen` in ms. */
  addresses(): Promise<{ device: DeviceId; addresses: string[]; lastSeen: number }[]>
  /** In the place of those that were known of the device; what is beyond MAX_KEPT is dropped. */
  putAddresses(device: DeviceId, addresses: readonly string[], lastSeen: number): Promise<void>
}

/** The IP address in a multiaddr that leads there directly, or null. */
export function hostOf(address: Multiaddr): string | null {
  const parts = address.getComponents()
  if (parts.some(({ name }) => name === 'p2p-circuit')) return null
  return parts.find(({ name }) => name === 'ip4' || name === 'ip6')?.value ?? null
}

/** The multiaddr without a device at its end, or null where it is none or leads to another device. */
export function addressOf(text: string, device: DeviceId): string | null {
  try {
    const address = multiaddr(text)
    const peer = address.getComponents().find(({ name }) => name === 'p2p')
    if (peer === undefined) return address.toString()
    return peer.value === device ? address.decapsulate(`/p2p/${device}`).toString() : null
  } catch {
    return null
  }
}

/** Can a device be told to listen there: is it a multiaddr of a host and a TCP port, and no more? */
export function isListenAddress(text: string): boolean {
  try {
    const [host, transport, ...others] = multiaddr(text).getComponents()
    return LISTEN_HOSTS.has(host?.name ?? '') && transport?.name === 'tcp' && others.length === 0
  } catch {
    return false
  }
}

/** Is it an address of the machine itself? */
export function isLoopback(text: string): boolean {
  return text.startsWith('/ip4/127.') || text.startsWith('/ip6/::1/')
}

/** Each once, in order, at most MAX_KEPT. */
export function distinct(addresses: readonly string[]): string[] {
  return [...new Set(addresses)].slice(0, MAX_KEPT)
}

export interface KnownAddressesParts {
  store: AddressBook
  clock: Clock
  logger: Logger
}

/** The address book, with what is in it at hand. */
export class KnownAddresses {
  readonly #parts: KnownAddressesParts
  readonly #known = new Map<DeviceId, { addresses: string[]; lastSeen: number }>()

  constructor(parts: KnownAddressesParts) {
    this.#parts = parts
  }

  async load(): Promise<void> {
    for (const { device, addresses, lastSeen } of await this.#parts.store.addresses())
      this.#known.set(device, { addresses, lastSeen })
  }

  /** Best first; `lastSeen` in ms. Undefined for a device never heard of. */
  of(device: DeviceId): { readonly addresses: readonly string[]; readonly lastSeen: number } | undefined {
    return this.#known.get(device)
  }

  /** The device was just seen; at these addresses, best first. Another machine's loopback leads to this one. */
  async seen(
    device: DeviceId,
    addresses: readonly string[],
    sameMachine = addresses[0] !== undefined && isLoopback(addresses[0]),
  ): Promise<void> {
    const { store, clock, logger } = this.#parts
    const fresh = addresses.map((text) => addressOf(text, device)).filter((text) => text !== null)
    const reachable = fresh.filter((text) => sameMachine || !isLoopback(text))
    const entry = {
      addresses: distinct([...reachable, ...(this.#known.get(device)?.addresses ?? [])]),
      lastSeen: Math.floor(clock.now()),
    }
    this.#known.set(device, entry)
    try {
      await store.putAddresses(device, entry.addresses, entry.lastSeen)
    } catch (error) {
      logger.warn({ device, reason: messageOf(error) }, 'the addresses of a device could not be kept')
    }
  }
}
