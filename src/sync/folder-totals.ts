import type { Clock } from '#base'
import type { FolderIndex, IndexTotals } from '#db'

/** Totals are read at most this often while much changes. */
const REFRESH_MS = 100

/** A folder's totals as they were last read. */
export class FolderTotals {
  readonly #parts: { index: Pick<FolderIndex, 'totals'>; clock: Clock }
  readonly #changed: (before: IndexTotals | null, now: IndexTotals) => Promise<void>
  readonly #failed: (error: unknown) => void
  #now: IndexTotals | null = null
  #planned = false

  constructor(
    parts: { index: Pick<FolderIndex, 'totals'>; clock: Clock },
    changed: (before: IndexTotals | null, now: IndexTotals) => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#parts = parts
    this.#changed = changed
    this.#failed = failed
  }

  /** null before the first reading. */
  get now(): IndexTotals | null {
    return this.#now
  }

  /** Something is still to be brought to the disk. */
  get needs(): boolean {
    return (this.#now?.needEntries ?? 0) > 0
  }

  async read(): Promise<void> {
    const before = this.#now
    this.#now = await this.#parts.index.totals()
    await this.#changed(before, this.#now)
  }

  /** Reads soon; many calls in a row are one reading. */
  refresh(): void {
    if (this.#planned) return
    this.#planned = true
    this.#parts.clock.after(
      REFRESH_MS,
      () => {
        this.#planned = false
        this.read().catch(this.#failed)
      },
      { idle: true },
    )
  }
}
