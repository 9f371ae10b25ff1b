import type { CID } from 'multiformats/cid'
import type { DeviceId } from '#model'
import { hostOf } from './addresses.ts'
import type { Host } from './host.ts'

/** The provider records of the DHT, by single walks through it. */
export class ProviderRecords {
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  /** Says that this device has something. How many others have taken the record: with an empty routing table none, and no error. */
  async provide(key: CID, signal: AbortSignal): Promise<number> {
    let taken = 0
    for await (const event of this.#host.services.dht.provide(key, { signal }))
      if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') taken++
    return taken
  }

  /** Says so no more. What others were told they forget by themselves, two days later. */
  async withdraw(key: CID): Promise<void> {
    await this.#host.services.dht.cancelReprovide(key)
  }

  /** Who says so, with the addresses that are known of each, which may be none; of a walk that breaks off what it found. */
  async find(key: CID, signal: AbortSignal): Promise<Map<DeviceId, Set<string>>> {
    const found = new Map<DeviceId, Set<string>>()
    try {
      for await (const event of this.#host.services.dht.findProviders(key, { signal })) {
        // The events called PROVIDER name a device once, with the addresses that the first to answer knew, which may be old or none.
        if (event.name !== 'PEER_RESPONSE') continue
        for (const { id, multiaddrs } of event.providers) {
          const device = id.toString() as DeviceId
          const addresses = found.get(device) ?? new Set()
          for (const address of multiaddrs) if (hostOf(address) !== null) addresses.add(address.toString())
          found.set(device, addresses)
        }
      }
    } catch {
      // Whoever asks goes on with less.
    }
    return found
  }
}
