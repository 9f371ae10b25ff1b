import type { Clock, Timer } from './clock.ts'

/** What may pass in a second, 0 for any amount; and what may pass at once after a pause. */
export interface Rate {
  perSecond: number
  burst: number
}

/** A limit on what passes over time, shared by all who take from it: a token bucket that may be owed, so that what is large passes as well. */
export class Pace {
  readonly #clock: Clock
  #rate: Rate
  /** All that was ever taken, and what of it is not within the rate yet. */
  #taken = 0
  #owed = 0
  /** When that was; ms of the monotonic clock. */
  #at: number
  /** In their order, each with what had been taken then. */
  readonly #waiting: { upTo: number; go: () => void }[] = []
  #timer: Timer | null = null

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock
    this.#rate = rate
    this.#at = clock.monotonic()
  }

  /** 0: there is no limit, and taking is of no use. */
  get perSecond(): number {
    return this.#rate.perSecond
  }

  /** Sets another limit, which counts at once, also for those that wait. */
  limit(rate: Rate): void {
    this.#pass()
    this.#rate = rate
    this.#timer?.cancel()
    this.#timer = null
    this.#go()
  }

  /** Takes `amount`, and waits until that is within the limit; those that wait go in the order in which they came. */
  async take(amount: number): Promise<void> {
    this.#pass()
    this.#taken += amount
    this.#owed += amount
    if (this.perSecond === 0 || this.#owed <= this.#rate.burst) return
    await new Promise<void>((go) => {
      this.#waiting.push({ upTo: this.#taken, go })
      if (this.#timer === null) this.#go()
    })
  }

  /** Lets those go whose time has come, and looks again when the next one's has. */
  #go(): void {
    this.#timer = null
    this.#pass()
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const beyond = this.#owed - (this.#taken - next.upTo) - this.#rate.burst
      const ms = this.perSecond === 0 ? 0 : (beyond / this.perSecond) * 1000
      // Less is a matter of rounding.
      if (ms > 0.001) {
        this.#timer = this.#clock.after(ms, () => this.#go())
        return
      }
      this.#waiting.shift()
      next.go()
    }
  }

  #pass(): void {
    const now = this.#clock.monotonic()
    const within = this.perSecond === 0 ? this.#owed : ((now - this.#at) * this.perSecond) / 1000
    this.#owed = Math.max(0, this.#owed - within)
    this.#at = now
  }
}
