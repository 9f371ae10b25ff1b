import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { deadline, type Clock } from '#base'
import type { DeviceId } from '#model'
import { hostOf } from './addresses.ts'
import type { Host } from './host.ts'

const DIAL_MS = 15_000
const LOOK_UP_MS = 10_000

/** Reaches devices through a libp2p node. */
export class Dialer {
  readonly #host: Host
  readonly #clock: Clock

  constructor(host: Host, clock: Clock) {
    this.#host = host
    this.#clock = clock
  }

  /** Connects to a device at one of these addresses, of which none names it; resolves at once when it is connected. */
  async dial(device: DeviceId, addresses: readonly string[]): Promise<void> {
    const targets = addresses.map((address) => multiaddr(`${address}/p2p/${device}`))
    await this.#host.dial(targets, { signal: deadline(this.#clock, DIAL_MS) })
  }

  /** The addresses that the DHT knows of a device; empty when none, or when nobody is there to ask. */
  async lookUp(device: DeviceId): Promise<string[]> {
    if (this.#host.getConnections().length === 0) return []
    try {
      const { multiaddrs } = await this.#host.peerRouting.findPeer(peerIdFromString(device), {
        signal: deadline(this.#clock, LOOK_UP_MS),
        // What this device remembers is known already, and may be where it was before.
        useCache: false,
      })
      return multiaddrs.filter((address) => hostOf(address) !== null).map(String)
    } catch {
      return []
    }
  }
}
