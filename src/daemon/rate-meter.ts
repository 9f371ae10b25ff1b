import type { Clock } from '#base'

/** A reading older than this starts a new interval. */
const INTERVAL_MS = 1_000

/** Turns two growing byte counters into rates over the last second or so. */
export class RateMeter {
  readonly #clock: Clock
  readonly #count: () => { sent: number; received: number }
  #at: number
  #last: { sent: number; received: number }
  #rates = { receiveBytesPerSecond: 0, sendBytesPerSecond: 0 }

  constructor(clock: Clock, count: () => { sent: number; received: number }) {
    this.#clock = clock
    this.#count = count
    this.#at = clock.monotonic()
    this.#last = count()
  }

  read(): { receiveBytesPerSecond: number; sendBytesPerSecond: number } {
    const now = this.#clock.monotonic()
    const passed = now - this.#at
    if (passed < INTERVAL_MS / 2) return this.#rates
    const count = this.#count()
    const rate = (from: number, to: number): number => Math.max(0, Math.round(((to - from) * 1000) / passed))
    this.#rates = {
      receiveBytesPerSecond: rate(this.#last.received, count.received),
      sendBytesPerSecond: rate(this.#last.sent, count.sent),
    }
    this.#at = now
    this.#last = count
    return this.#rates
  }
}
