import type { Clock } from '#base'
import type { DeviceId } from '#model'
import { distinct, isLoopback } from './addresses.ts'
import type { PairingSession } from './nearby-pairing.ts'

/** A device not seen for this long is no longer nearby: three rounds of mDNS. */
const FRESH_MS = 30_000

/** Devices that are remembered. */
const MAX_SEEN = 64

/** A device on the local network whose pairing is open. */
export interface NearbyDevice {
  device: DeviceId
  name: string
  /** Multiaddr. */
  address: string
  /** The six digits while a pairing with it is under way, else null. */
  digits: string | null
}

export interface NearbyDevicesParts {
  clock: Clock
  /** Is it of the own group, or this one itself? Those are not nearby. */
  isOurs(device: DeviceId): boolean
  /** Asks a device for its name; rejects when it cannot be reached. */
  askName(device: DeviceId, addresses: readonly string[]): Promise<string>
}

interface Seen {
  addresses: string[]
  time: number
  name: string | null
  /** Its name is being asked for; or that has failed since the device was last seen, and is not tried again before. */
  asking: Promise<void> | null
  failed: boolean
}

/** Who was seen on the local network lately, and what they are called. */
export class NearbyDevices {
  readonly #parts: NearbyDevicesParts
  /** The one seen last is the last. */
  readonly #seen = new Map<DeviceId, Seen>()

  constructor(parts: NearbyDevicesParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#seen.size
  }

  addresses(device: DeviceId): readonly string[] | null {
    return this.#seen.get(device)?.addresses ?? null
  }

  saw(device: DeviceId, addresses: readonly string[]): void {
    if (this.#parts.isOurs(device) || addresses.length === 0) return
    const seen = this.#seen.get(device) ?? { addresses: [], time: 0, name: null, asking: null, failed: false }
    // Anybody on the network can announce any number of devices: the ones seen last are kept, in their order.
    this.#seen.delete(device)
    const [stalest] = this.#seen.keys()
    if (this.#seen.size >= MAX_SEEN && stalest !== undefined) this.#seen.delete(stalest)
    // The door's port changes each time it opens: only the newest addresses are right.
    // mDNS brings its loopback addresses, too: they lead there only from the same computer.
    seen.addresses = distinct(addresses.toSorted((a, b) => Number(isLoopback(a)) - Number(isLoopback(b))))
    seen.time = this.#parts.clock.monotonic()
    seen.failed = false
    this.#seen.set(device, seen)
  }

  /** Forgets those that have gone, and asks the others for the names not known yet; `named` is called after each answer. */
  async look(named: () => void = () => undefined): Promise<void> {
    const now = this.#parts.clock.monotonic()
    for (const [device, { time }] of this.#seen) if (now - time > FRESH_MS) this.#seen.delete(device)
    await Promise.all(
      [...this.#seen].map(async ([device, seen]) => {
        if (seen.name !== null || seen.failed) return
        await (seen.asking ??= this.#askName(device, seen))
        named()
      }),
    )
  }

  /** Those that have a name, and those that a pairing is under way with. */
  list(sessions: readonly PairingSession[]): NearbyDevice[] {
    const found: NearbyDevice[] = sessions.map(({ device, name, digits }) => ({
      device,
      name,
      address: this.#address(device),
      digits,
    }))
    for (const [device, { name }] of this.#seen) {
      if (name === null || this.#parts.isOurs(device) || found.some((item) => item.device === device)) continue
      found.push({ device, name, address: this.#address(device), digits: null })
    }
    return found
  }

  #address(device: DeviceId): string {
    return this.#seen.get(device)?.addresses[0] ?? ''
  }

  async #askName(device: DeviceId, seen: Seen): Promise<void> {
    try {
      seen.name = await this.#parts.askName(device, seen.addresses)
    } catch {
      // Its door has closed meanwhile, or it cannot be reached: not nearby, until it is seen again.
      seen.failed = true
    } finally {
      seen.asking = null
    }
  }
}
