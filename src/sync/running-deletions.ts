import type { Clock } from '#base'
import { FREE } from './deletion-guard.ts'

/** Many deletions have come to rest when no look has found more for so long, ms: longer than the watcher gathers a burst. */
export const REST_MS = 3_000
/**
 * Decided on after this long, ms, even so: a file manager takes about a minute for ten thousand files, and where something is
 * deleted all the time the other devices are to hear of it one day.
 */
const LONGEST_MS = 90_000

/**
 * Knows deletions that are still going on: a tree takes its time to go. Taken piece by piece as the looks find them, half of it
 * would be deleted elsewhere before the rest is found to be too much; so the whole is judged once nothing more vanishes.
 */
export class RunningDeletions {
  readonly #clock: Clock
  #waiting: ReadonlySet<string> = new Set()
  /** When this run was first seen, and when something new of it was last. */
  #began = 0
  #grew = -Infinity
  /** Entries of this run that were too few to wait. */
  #passed = 0
  /** It began before a restart, and what waits is not found anew yet. */
  #isResumed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Is what a look found `gone` to be looked at again rather than judged? `count` of it is nowhere else: what has only moved
   * never waits. The look began at `looked` and covered all that waits.
   */
  waits(gone: readonly string[], count: number, looked: number): boolean {
    const before = this.#waiting
    this.#waiting = new Set()
    this.#isResumed = false
    if (count === 0) return false
    const isNew = gone.some((path) => !before.has(path))
    const isAtRest = looked - this.#grew >= REST_MS
    if (isAtRest && !isNew) return false
    if (isAtRest && before.size === 0) {
      this.#began = looked
      this.#passed = 0
    }
    if (isNew) this.#grew = this.#clock.monotonic()
    if (before.size === 0 && this.#passed + count <= FREE) {
      this.#passed += count
      return false
    }
    if (looked - this.#began >= LONGEST_MS) {
      this.end()
      return false
    }
    this.#waiting = new Set(gone)
    return true
  }

  /** When the run of what waits was first seen; null where nothing waits. */
  get since(): number | null {
    return this.#waiting.size === 0 && !this.#isResumed ? null : this.#began
  }

  /** What waited at a restart, since then, is to be found by the next look. */
  resume(since: number): void {
    this.#isResumed = true
    this.#began = since
    this.#grew = this.#clock.monotonic()
  }

  /** All was judged: what vanishes from now on is another run. */
  end(): void {
    this.#waiting = new Set()
    this.#isResumed = false
    this.#grew = -Infinity
  }
}
