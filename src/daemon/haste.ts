import { newTally } from '#replication'

/** Whether somebody waits for a folder's content to be where it is to be: then nothing waits for a quiet moment. And what was done for that. */
export class Haste {
  readonly tally = newTally()
  #waiting = 0
  #moved = { state: '', at: 0 }

  readonly isAwaited = (): boolean => this.#waiting > 0

  /** Somebody waits, until the returned function is called. */
  begin(): () => void {
    this.#waiting++
    return () => void this.#waiting--
  }

  /**
   * For how long, ms, no copy was made and as much was lacking, as far as this was asked; `now` by a monotonic clock, ms. Looks for what is not to be had
   * are no work.
   */
  stoodStill(lacking: number, now: number): number {
    const state = `${lacking} ${this.tally.copies} ${this.tally.bytes}`
    if (state !== this.#moved.state) this.#moved = { state, at: now }
    return now - this.#moved.at
  }
}
