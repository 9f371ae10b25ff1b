import type { Link } from '#peers'

/** A device that has answered nothing for this long is asked no more for what it was to give. */
export const STALL_MS = 30_000

/** Nor is one that answers everything else for this long. */
export const LONGEST_STALL_MS = 10 * STALL_MS

/** Bytes a second: a message that comes more slowly is given up. */
const SLOWEST = 4_000

/** What tells, before an answer is there, that it may be on its way: what the link of the request carries, in both directions. */
export class Signs {
  #link: Link | null = null
  #isSent = false
  #seen = 0
  /** When the request was sent, or last answered in part. */
  at: number

  constructor(now: number) {
    this.at = now
  }

  /** The request is to be sent over `link`. */
  over(link: Link): void {
    this.#link = link
    this.#moved()
  }

  sent(now: number): void {
    this.#isSent = true
    this.at = now
    this.#moved()
  }

  /**
   * Is the answer to be waited for longer? To be asked once in `patience` ms; `heard` is when the device last answered anything. Answers
   * come in turn: on a slow line what was asked last waits behind the rest, and a large chunk alone may take minutes.
   */
  areGood(now: number, heard: number, patience: number): boolean {
    const moved = this.#moved()
    if (moved && !this.#isSent) return true
    const longest = LONGEST_STALL_MS + ((this.#link?.progress?.partial ?? 0) / SLOWEST) * 1000
    return (moved || now - Math.max(this.at, heard) < patience) && now - this.at < longest
  }

  /** Did the link carry something since this was last asked? Once the request is sent, what comes counts alone. */
  #moved(): boolean {
    const { sent = 0, received = 0 } = this.#link?.progress ?? {}
    const carried = this.#isSent ? received : sent + received
    const moved = carried !== this.#seen
    this.#seen = carried
    return moved
  }
}
