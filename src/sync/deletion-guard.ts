import type { Clock } from '#base'
import type { Missing } from './local-moves.ts'

/** Deletions are counted over this long. */
const WINDOW_MS = 10 * 60_000
/** As many deletions never need the user's word. */
export const FREE = 25

/** Deletions that were let pass at one time. */
interface Counted {
  at: number
  count: number
  /** As in Missing. */
  marks: Map<string, string[]>
}

/** Holds deletions back when more than half of a folder vanishes within a while: a mistake or a broken disk more often than a wish. */
export class DeletionGuard {
  readonly #clock: Clock
  #window: Counted[] = []
  /** The user's word, until it is used or the look that it was given for has ended. */
  #approval: object | null = null
  /** Once held, deletions stay held until the user decides or the entries are back: other changes do not make them fewer. */
  #holding = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Lets the deletions pass that are held, or that the next look at everything finds, however many. */
  approve(): void {
    this.#approval = {}
  }

  /** What `forget` takes. */
  get approval(): object | null {
    return this.#approval
  }

  /** A look at everything that began with this approval has ended: it does not count for what vanishes later. */
  forget(approval: object | null): void {
    if (this.#approval === approval) this.#approval = null
  }

  /** Deletions wait for the user's word. */
  get holding(): boolean {
    return this.#holding
  }

  /** The held entries are back. */
  release(): void {
    this.#holding = false
  }

  /** The paths of entries that count as deleted; they are to be brought back, and count no more. */
  takeBack(): string[] {
    const paths = this.#counted().flatMap(({ marks }) => [...marks.values()].flat())
    this.#window = []
    return paths
  }

  /** Entries that counted as deleted and have come back, at whatever path, count no more. */
  returned(marks: () => Iterable<string>): void {
    if (this.#counted().length === 0) return
    for (const mark of marks()) {
      const item = this.#window.find(({ marks: known }) => known.delete(mark))
      if (item !== undefined) item.count--
    }
  }

  /** Would `allows` say so without the user's word? Nothing is counted. */
  isFew(count: number, total: number): boolean {
    const before = this.#counted().reduce((sum, item) => sum + item.count, 0)
    const all = before + count
    return all <= FREE || (!this.#holding && all <= (total + before) / 2)
  }

  /** May `count` entries be deleted, of a folder that had `total` before? Counts them if so, until those with such `marks` are back. */
  allows(count: number, total: number, marks: Missing['marks'] = new Map()): boolean {
    if (this.isFew(count, total)) {
      this.#holding = false
      this.#window.push({ at: this.#clock.monotonic(), count, marks: new Map(marks) })
      return true
    }
    this.#holding = this.#approval === null
    if (this.#holding) return false
    this.#approval = null
    this.#window = []
    return true
  }

  #counted(): Counted[] {
    const now = this.#clock.monotonic()
    this.#window = this.#window.filter(({ at }) => now - at < WINDOW_MS)
    return this.#window
  }
}
