import type { Clock } from '#base'
import type { Missing } from './local-moves.ts'

/** Deletions are counted over this long. */
const WINDOW_MS = 10 * 60_000
/** As many deletions never need the user's word. */
export const FREE = 25

/** What vanishes after a longer pause than this, ms, belongs to another run of deletions. */
const PAUSE_MS = 30_000

/** Deletions that were let pass at one time; times are of the monotonic clock. */
export interface Counted {
  /** When they were first seen to vanish. */
  since: number
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
  /**
   * Once held, deletions stay held until the user decides or the entries are back: other changes do not make them fewer. When they
   * were first seen to vanish, null while none are held.
   */
  #heldSince: number | null = null
  /** As many need no word. */
  #free: number
  #changes = 0

  /** `strict`: however few entries the folder has, more than half of them are held, until `relax`. */
  constructor(clock: Clock, { strict = false } = {}) {
    this.#clock = clock
    this.#free = strict ? 0 : FREE
  }

  /** What is to be known after a restart, and a number that is another one when that has changed by more than its age. */
  get known(): { heldSince: number | null; passed: readonly Counted[] } {
    return { heldSince: this.#heldSince, passed: this.#counted() }
  }

  get changes(): number {
    return this.#changes
  }

  /** What was `known` before a restart. */
  resume(heldSince: number | null, passed: readonly Counted[]): void {
    this.#heldSince = heldSince
    this.#window = [...passed]
  }

  get strict(): boolean {
    return this.#free === 0
  }

  relax(): void {
    this.#free = FREE
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
    return this.#heldSince !== null
  }

  /** The held entries are back. */
  release(): void {
    this.#hold(null)
  }

  /**
   * The paths of entries that were let pass of the run of deletions that is held: it goes back to where nothing vanished for PAUSE_MS.
   * None where nothing is held.
   */
  get begun(): string[] {
    return this.#begun().flatMap(({ marks }) => [...marks.values()].flat())
  }

  /** As `begun`; they are to be brought back, and count no more. */
  takeBack(): string[] {
    const { begun } = this
    const taken = new Set(this.#begun())
    this.#window = this.#window.filter((item) => !taken.has(item))
    if (taken.size > 0) this.#changes++
    return begun
  }

  /** Entries that counted as deleted and have come back, at whatever path, count no more. */
  returned(marks: () => Iterable<string>): void {
    if (this.#counted().length === 0) return
    for (const mark of marks()) {
      const item = this.#window.find(({ marks: known }) => known.delete(mark))
      if (item === undefined) continue
      item.count--
      this.#changes++
    }
  }

  /** Would `allows` say so without the user's word? Nothing is counted. */
  isFew(count: number, total: number): boolean {
    const before = this.#counted().reduce((sum, item) => sum + item.count, 0)
    const all = before + count
    return all <= this.#free || (!this.holding && all <= (total + before) / 2)
  }

  /**
   * May `count` entries be deleted, of a folder that had `total` before? Counts them if so, until those with such `marks` are back.
   * `since`: when they were first seen to vanish, where that was before now.
   */
  allows(count: number, total: number, marks: Missing['marks'] = new Map(), since = this.#clock.monotonic()): boolean {
    if (this.isFew(count, total)) {
      this.#hold(null)
      this.#window.push({ since, at: this.#clock.monotonic(), count, marks: new Map(marks) })
      if (count > 0) this.#changes++
      return true
    }
    if (this.#approval === null) {
      this.#hold(this.#heldSince ?? since)
      return false
    }
    this.#hold(null)
    this.#approval = null
    this.#window = []
    this.#changes++
    return true
  }

  #hold(since: number | null): void {
    if (this.#heldSince !== since) this.#changes++
    this.#heldSince = since
  }

  #begun(): Counted[] {
    if (this.#heldSince === null) return []
    let from = this.#heldSince
    return this.#window.toReversed().filter(({ since, at, marks }) => {
      if (marks.size === 0 || from - at > PAUSE_MS) return false
      from = Math.min(from, since)
      return true
    })
  }

  /** While deletions are held, their run does not age: the user may take long to decide. */
  #counted(): Counted[] {
    const now = this.#heldSince ?? this.#clock.monotonic()
    this.#window = this.#window.filter(({ at }) => now - at < WINDOW_MS)
    return this.#window
  }
}
