import type { Clock } from '#base'
import type { FolderIndex, IndexTotals } from '#db'

/** Totals are read at most this often while much changes. */
const REFRESH_MS = 100

interface FolderTotalsParts {
  index: Pick<FolderIndex, 'totals' | 'needGone'>
  /** null: it has no place on this disk. */
  disk: unknown
  clock: Clock
}

/** A folder's totals as they were last read. */
export class FolderTotals {
  readonly #parts: FolderTotalsParts
  readonly #changed: (before: IndexTotals | null, now: IndexTotals) => Promise<void>
  readonly #failed: (error: unknown) => void
  #now: IndexTotals | null = null
  #planned = false

  constructor(
    parts: FolderTotalsParts,
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
    const { index, disk } = this.#parts
    const totals = await index.totals()
    // Where nothing is shown nobody takes deletions off the list, and all that there is counts as to come.
    this.#now = disk === null ? { ...totals, needEntries: Math.max(0, totals.needEntries - (await index.needGone())) } : totals
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
