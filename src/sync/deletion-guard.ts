import type { Clock } from '#base'

/** Deletions are counted over this long. */
const WINDOW_MS = 10 * 60_000
/** As many deletions never need the user's word. */
const FREE = 25

/** Holds deletions back when more than half of a folder vanishes within a while: a mistake or a broken disk more often than a wish. */
export class DeletionGuard {
  readonly #clock: Clock
  #window: { at: number; count: number }[] = []
  #approved = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Lets the next deletions pass, however many, and forgets those before. */
  approve(): void {
    this.#approved = true
    this.#window = []
  }

  /** May `count` entries be deleted, of a folder that had `total` before? Counts them if so. */
  allows(count: number, total: number): boolean {
    const now = this.#clock.monotonic()
    this.#window = this.#window.filter(({ at }) => now - at < WINDOW_MS)
    const before = this.#window.reduce((sum, item) => sum + item.count, 0)
    const all = before + count
    if (this.#approved) {
      this.#approved = false
      return true
    }
    if (all > FREE && all > (total + before) / 2) return false
    this.#window.push({ at: now, count })
    return true
  }
}
