import type { Clock } from '#base'
import type { LinkProgress } from './link.ts'

/** A message of fewer bytes comes in too few pieces to tell how fast it came. */
const LEAST_MEASURED = 128 * 1024

/** Counts what a link carries, and measures how fast messages come. */
export class ProgressMeter implements LinkProgress {
  readonly #clock: Clock
  sent = 0
  received = 0
  partial = 0
  speed: number | null = null
  /** What the speed is made of: how much came in what time, what is older counting half as much with each message. */
  #measured = { bytes: 0, ms: 0 }
  /** When the first bytes came of the message that is under way. */
  #began = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `bytes` have come, with which these messages are whole; of others there are `partial` bytes. What comes between the parts of one ends not its time. */
  came(bytes: number, whole: readonly Uint8Array[], { partial, isInParts }: { partial: number; isInParts: boolean }): void {
    const now = this.#clock.monotonic()
    this.received += bytes
    if (this.partial === 0) this.#began = now
    for (const { length } of whole) {
      if (length >= LEAST_MEASURED) this.#measure(length, now - this.#began)
      if (!isInParts || length >= LEAST_MEASURED) this.#began = now
    }
    this.partial = partial
  }

  #measure(length: number, took: number): void {
    const bytes = this.#measured.bytes / 2 + length
    const ms = this.#measured.ms / 2 + took
    this.#measured = { bytes, ms }
    this.speed = (bytes * 1000) / Math.max(ms, 0.001)
  }
}
