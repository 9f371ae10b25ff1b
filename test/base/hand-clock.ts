import type { Clock } from '#base'

/** A clock that is moved by hand. */
export class HandClock implements Clock {
  time = 0
  readonly #timers = new Set<{ at: number; run: () => void }>()
  now = (): number => this.time
  monotonic = (): number => this.time
  after(ms: number, run: () => void): { cancel(): void } {
    const timer = { at: this.time + ms, run }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }
  pass(ms: number): void {
    for (const end = this.time + ms; this.time < end;) {
      this.time++
      for (const timer of [...this.#timers]) if (timer.at <= this.time && this.#timers.delete(timer)) timer.run()
    }
  }

  /** Time passes in which the thread is blocked: what was due comes late. */
  block(ms: number): void {
    this.time += ms - 1
    this.pass(1)
  }
}
