import type { Clock } from '#base'

const WINDOW_MS = 60_000
const CLOSED_MS = 60_000

/** Failures within a minute after which one remote, and everyone, is closed out for a minute. */
export interface TryLimits {
  each: number
  all: number
}

/** Counts what goes wrong at a door, by remote address, and says when the door stays closed. */
export class TryLimit {
  readonly #clock: Clock
  readonly #limits: TryLimits
  readonly #failures: { remote: string; time: number }[] = []
  readonly #closed = new Map<string | null, number>()

  constructor(clock: Clock, limits: TryLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Is the door closed to this remote now? */
  blocks(remote: string): boolean {
    return this.#isClosed(remote) || this.#isClosed(null)
  }

  failed(remote: string): void {
    const now = this.#clock.monotonic()
    while ((this.#failures[0]?.time ?? Infinity) < now - WINDOW_MS) this.#failures.shift()
    for (const [one, until] of this.#closed) if (until <= now) this.#closed.delete(one)
    this.#failures.push({ remote, time: now })
    if (this.#failures.filter((failure) => failure.remote === remote).length >= this.#limits.each)
      this.#closed.set(remote, now + CLOSED_MS)
    if (this.#failures.length >= this.#limits.all) this.#closed.set(null, now + CLOSED_MS)
  }

  #isClosed(remote: string | null): boolean {
    const until = this.#closed.get(remote)
    if (until === undefined) return false
    if (until > this.#clock.monotonic()) return true
    this.#closed.delete(remote)
    return false
  }
}
