import { messageOf, type Clock, type Logger, type Random, type Timer } from '#base'
import type { DeviceId } from '#model'
import { distinct, MAX_KEPT } from './addresses.ts'

const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 60_000
/** A device that is seen on the network is tried at once, but not more often than this. */
const SEEN_GAP_MS = 2_000
/** Every so many failures the DHT is asked, too. */
const ASK_DHT_EVERY = 4

export interface ReconnectorParts {
  clock: Clock
  random: Random
  logger: Logger
  /** Devices that should be connected. */
  wanted(): readonly DeviceId[]
  isConnected(device: DeviceId): boolean
  /** Known addresses, best first. */
  known(device: DeviceId): readonly string[]
  /** Resolves when a connection was made; the peer may still fail to come of it. */
  dial(device: DeviceId, addresses: readonly string[]): Promise<void>
  /** Addresses that others know; empty when none. */
  lookUp(device: DeviceId): Promise<readonly string[]>
}

interface Attempt {
  failures: number
  dialing: boolean
  lastTry: number
  timer: Timer | null
}

/** Keeps trying to reach each device that is wanted and not connected: with growing pauses, and at once when it is seen. */
export class Reconnector {
  readonly #parts: ReconnectorParts
  readonly #attempts = new Map<DeviceId, Attempt>()
  readonly #seen = new Map<DeviceId, string[]>()
  /** Where others have said last that a device is. */
  readonly #told = new Map<DeviceId, readonly string[]>()
  #stopped = false

  constructor(parts: ReconnectorParts) {
    this.#parts = parts
  }

  /** Begins for devices newly wanted, ends for those no longer. */
  refresh(): void {
    const wanted = new Set(this.#parts.wanted())
    for (const device of this.#attempts.keys()) if (!wanted.has(device)) this.#end(device)
    for (const device of wanted) {
      if (!this.#attempts.has(device) && !this.#parts.isConnected(device)) this.#schedule(device, this.#jitter(100))
    }
  }

  /** A device was seen at these addresses: by mDNS, or by hand. */
  seen(device: DeviceId, addresses: readonly string[]): void {
    if (addresses.length === 0) return
    this.#seen.set(device, distinct([...addresses, ...(this.#seen.get(device) ?? [])]))
    this.#hurry(device)
  }

  /** Others say that a device is at these addresses: whoever lies so must not keep it from being tried where it is known to be. */
  told(device: DeviceId, addresses: readonly string[]): void {
    if (addresses.length === 0) return
    this.#told.set(device, addresses)
    this.#hurry(device)
  }

  connected(device: DeviceId): void {
    this.#told.delete(device)
    this.#end(device)
  }

  disconnected(device: DeviceId): void {
    if (this.#parts.wanted().includes(device)) this.#schedule(device, this.#jitter(FIRST_DELAY_MS))
  }

  stop(): void {
    this.#stopped = true
    for (const device of [...this.#attempts.keys()]) this.#end(device)
  }

  #hurry(device: DeviceId): void {
    const attempt = this.#attempts.get(device)
    if (attempt === undefined || attempt.dialing || this.#parts.isConnected(device)) return
    const rest = attempt.lastTry + SEEN_GAP_MS - this.#parts.clock.monotonic()
    this.#schedule(device, Math.max(rest, this.#jitter(50)))
  }

  #end(device: DeviceId): void {
    this.#attempts.get(device)?.timer?.cancel()
    this.#attempts.delete(device)
  }

  #schedule(device: DeviceId, delayMs: number): void {
    if (this.#stopped) return
    const attempt = this.#attempts.get(device) ?? { failures: 0, dialing: false, lastTry: -Infinity, timer: null }
    this.#attempts.set(device, attempt)
    attempt.timer?.cancel()
    attempt.timer = this.#parts.clock.after(delayMs, () => void this.#try(device, attempt), { idle: true })
  }

  async #try(device: DeviceId, attempt: Attempt): Promise<void> {
    const { clock, known, dial, lookUp, logger } = this.#parts
    if (attempt.dialing || this.#parts.isConnected(device)) return
    attempt.dialing = true
    attempt.lastTry = clock.monotonic()
    let addresses = distinct([...(this.#seen.get(device) ?? []), ...known(device)])
    const told = this.#told.get(device) ?? []
    if (addresses.length + told.length === 0 || attempt.failures % ASK_DHT_EVERY === ASK_DHT_EVERY - 1)
      addresses = distinct([...(await lookUp(device)), ...addresses])
    for (const some of [addresses, told]) {
      if (some.length === 0 || this.#parts.isConnected(device)) continue
      try {
        await dial(device, some.slice(0, MAX_KEPT))
        break
      } catch (error) {
        logger.debug({ device, failures: attempt.failures, reason: messageOf(error) }, 'a device could not be reached')
      }
    }
    attempt.dialing = false
    attempt.failures++
    // A peer that came of it has ended this attempt meanwhile.
    if (this.#attempts.get(device) !== attempt) return
    this.#schedule(device, this.#jitter(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt.failures)))
  }

  /** Between 0.5 and 1.5 times: two devices that look for each other should not keep colliding. */
  #jitter(ms: number): number {
    return ms * (0.5 + this.#parts.random.fraction())
  }
}
