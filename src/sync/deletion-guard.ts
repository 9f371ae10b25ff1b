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
  /** Once held, deletions stay held until the user decides or the entries are back: other changes do not make them fewer. */
  #holding = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Lets the next deletions pass, however many, and forgets those before. */
  approve(): void {
    this.#approved = true
    this.#holding = false
    this.#window = []
  }

  /** The held entries are back. */
  release(): void {
    this.#holding = false
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
    if (all > FREE && (this.#holding || all > (total + before) / 2)) {
      this.#holding = true
      return false
    }
    this.#window.push({ at: now, count })
    return true
  }
}
