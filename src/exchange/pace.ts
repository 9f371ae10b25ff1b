const LEAST_BYTES = 256 * 1024
const MOST_BYTES = 8 * 1024 * 1024
const WINDOW_MS = 500
/** A device that has answered nothing for this long, as it was asked nothing, is taken for one of which nothing is known. */
const IDLE_MS = 5_000

/** How much is asked of a device at once, by how fast it answers. */
export class Pace {
  /** Bytes that it was asked for and has not given. */
  outstanding = 0
  /** When it last answered; of the monotonic clock. */
  heard = -Infinity
  /**
   * From how many bytes on that it was asked for and has not given it is asked for no more. As many as come in half a second: of what waits
   * there for its turn a device that is slow, or limited, has less, so that what is wanted next comes soon, and others give the rest. It grows
   * with each answer, as long as those come fast enough; what is let through at first does not tell how fast that is.
   */
  window = LEAST_BYTES

  /** It has answered, over a link of so many bytes a second: null while that is not known, undefined for one that does not tell. */
  answered(now: number, speed: number | null | undefined): void {
    this.heard = now
    const wanted = speed === undefined ? MOST_BYTES : ((speed ?? 0) * WINDOW_MS) / 1000
    this.window = Math.max(Math.min(wanted, 2 * this.window, MOST_BYTES), LEAST_BYTES)
  }

  /** It is to be asked now, with so many requests under way there. What it gave some time ago says nothing. */
  woken(now: number, underWay: number): void {
    if (underWay === 0 && now - this.heard > IDLE_MS) this.window = LEAST_BYTES
  }
}
