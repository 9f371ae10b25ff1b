import type { Clock, Timer } from '#base'

/** A clock that is moved by hand. */
export class HandClock implements Clock {
  time = 0
  /** ms by which the wall clock is ahead. */
  skew = 0
  readonly #timers = new Set<{ at: number; run: () => void }>()
  now = (): number => this.time + this.skew
  monotonic = (): number => this.time

  after(ms: number, run: () => void): Timer {
    const timer = { at: this.time + Math.max(ms, 1), run }
    this.#timers.add(timer)
    return { cancel: () => void this.#timers.delete(timer) }
  }

  pass(ms: number): void {
    const end = this.time + ms
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.time = Math.max(this.time, timer.at)
      timer.run()
    }
    this.time = end
  }

  /** Time passes in which the thread is blocked: what was due comes late. */
  block(ms: number): void {
    this.time += ms - 1
    this.pass(1)
  }

  /** What is due first until `end`. */
  #next(end: number): { at: number; run: () => void } | undefined {
    let next: { at: number; run: () => void } | undefined
    for (const timer of this.#timers) if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer
    return next
  }
}
