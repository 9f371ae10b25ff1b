import { sleep, type Clock } from '#base'

/** Tells whoever waits that something has changed; what, they see for themselves. */
export class Announcement {
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  tell(): void {
    for (const go of this.#waiting) go()
  }

  /** Resolves at the next change, or after `ms`; rejects when `signal` aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController()
    const changed = new Promise<void>((resolve) => {
      this.#waiting.add(resolve)
      done.signal.addEventListener('abort', () => this.#waiting.delete(resolve), { once: true })
    })
    const timeout = sleep(this.#clock, ms, AbortSignal.any([signal, done.signal])).catch(() => undefined)
    await Promise.race([changed, timeout])
    done.abort()
    signal.throwIfAborted()
  }
}
