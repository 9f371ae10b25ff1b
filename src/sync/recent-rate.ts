/** A rate is that of this long at most, and of half of it at least where there is so much, ms. */
const WINDOW_MS = 4_000

interface Mark {
  /** Monotonic ms. */
  at: number
  total: number
}

/** How fast something that only grows has grown lately: what it did long ago says nothing of when it ends. */
export class RecentRate {
  #older: Mark
  #newer: Mark

  constructor(at: number) {
    this.#older = this.#newer = { at, total: 0 }
  }

  /** Bytes a second. */
  read(total: number, at: number): number {
    if (at - this.#newer.at >= WINDOW_MS / 2) {
      this.#older = this.#newer
      this.#newer = { at, total }
    }
    const passed = at - this.#older.at
    return passed > 0 ? Math.round(((total - this.#older.total) * 1000) / passed) : 0
  }
}
