import type { Clock, Timer } from '#base'
import { type Layout } from '#replication'

/** Layouts that are looked at of one device within a minute; working one out again takes up to half a second in the largest groups. */
const MAX_LOOKS = 12
const WINDOW_MS = 60_000
/** A layout comes with the one before. */
const KEPT = 2

/** What one device sends, so that no more of it is looked at than can be afforded: what comes beyond waits, the newest two only. */
export class LayoutInbox {
  readonly #clock: Clock
  readonly #look: (bytes: Uint8Array) => void
  #waiting: Uint8Array[] = []
  #looks = 0
  #ends = -Infinity
  #timer: Timer | null = null
  /** The last one that could be read. */
  before: Layout | null = null
  /** The hashes of those that the device is known to have, the newest; in hex. */
  #has: string[] = []

  /** `look` is called for one after another, and does not throw. */
  constructor(clock: Clock, look: (bytes: Uint8Array) => void) {
    this.#clock = clock
    this.#look = look
  }

  put(bytes: Uint8Array): void {
    this.#waiting = [...this.#waiting, bytes].slice(-KEPT)
    this.#drain()
  }

  /** True the first time: the device has this one from now on. */
  noteHas({ hash }: Layout): boolean {
    const name = Buffer.from(hash).toString('hex')
    if (this.#has.includes(name)) return false
    this.#has = [...this.#has, name].slice(-2 * KEPT)
    return true
  }

  /** The connection is another one, or gone; how much was looked at stays counted. */
  clear(): void {
    this.#waiting = []
    this.#has = []
    this.before = null
    this.#timer?.cancel()
    this.#timer = null
  }

  #drain(): void {
    while (this.#waiting.length > 0) {
      const now = this.#clock.monotonic()
      if (now >= this.#ends) {
        this.#ends = now + WINDOW_MS
        this.#looks = 0
      }
      if (this.#looks >= MAX_LOOKS) {
        this.#timer ??= this.#clock.after(this.#ends - now, () => this.#again(), { idle: true })
        return
      }
      this.#looks++
      this.#look(this.#waiting.shift()!)
    }
  }

  #again(): void {
    this.#timer = null
    this.#drain()
  }
}
