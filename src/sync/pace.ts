import { sleep, type Clock } from '#base'

/** A limit on what is taken in over time: `take` waits until it is within `perSecond`, beyond a `burst` that is free after a pause. */
export class Pace {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #burst: number
  /** When all that was taken is within the rate again; ms of the monotonic clock. */
  #settled = -Infinity

  constructor(clock: Clock, { perSecond, burst }: { perSecond: number; burst: number }) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#burst = burst
  }

  async take(amount: number): Promise<void> {
    const now = this.#clock.monotonic()
    this.#settled = Math.max(this.#settled, now) + (amount / this.#perSecond) * 1000
    const wait = this.#settled - now - (this.#burst / this.#perSecond) * 1000
    if (wait > 0) await sleep(this.#clock, wait)
  }
}
