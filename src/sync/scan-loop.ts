import { Queue, type Clock } from '#base'
import type { Problem } from '#db'
import type { ScanOutcome } from './scanner.ts'

/** More changed places than this are looked for by a full scan. */
const MAX_SCOPES = 4_000
/** Files that changed while they were read have this long to come to rest, */
const UNSETTLED_MS = 1_000
/** and a folder in which much is missing: it may have been being moved about. */
const MISSING_MS = 3_000

export interface ScanLoopParts {
  clock: Clock
  /** `asked` as in Scanner. */
  scan(scopes: readonly string[] | null, options: { asked: boolean }): Promise<ScanOutcome>
  /** May the disk be looked at now? */
  ready(): boolean
  /** A scan has ended well; `scopes` as in `scan`. */
  scanned(scopes: readonly string[] | null): Promise<void>
  /** So many deletions begin to wait for the user's word. */
  held(entries: number): void
  failed(error: unknown): void
  changed(): void
  signal: AbortSignal
}

/** Gathers hints about where the disk may have changed and scans there, one scan at a time. */
export class ScanLoop {
  readonly #parts: ScanLoopParts
  readonly #queue = new Queue()
  #places = new Set<string>()
  #everything = false
  #waiting = false
  #busy = false
  #complete = false
  #held = 0
  #problems: Problem[] = []

  constructor(parts: ScanLoopParts) {
    this.#parts = parts
  }

  /** A scan is under way. */
  get busy(): boolean {
    return this.#busy
  }

  /** The whole tree has been looked at once. */
  get complete(): boolean {
    return this.#complete
  }

  /** Deletions that wait for the user's word. */
  get held(): number {
    return this.#held
  }

  /** Entries that the last looks could not read or carry. */
  get problems(): Problem[] {
    return this.#problems
  }

  /** The disk may have changed at `paths` and below; null = anywhere. */
  hint(paths: readonly string[] | null): void {
    if (paths === null) this.#everything = true
    else for (const path of paths) this.#places.add(path)
    this.#schedule()
  }

  /** Looks at everything now; resolves to the number of changes. */
  scan(): Promise<number> {
    return this.#queue.run(async () => {
      this.#everything = true
      return this.#scanOnce({ asked: true })
    })
  }

  /** Resolves when no scan is under way. */
  async idle(): Promise<void> {
    await this.#queue.run(() => Promise.resolve())
  }

  #schedule(): void {
    if (this.#waiting || !this.#parts.ready() || (!this.#everything && this.#places.size === 0)) return
    this.#waiting = true
    void this.#queue.run(async () => {
      this.#waiting = false
      if ((!this.#everything && this.#places.size === 0) || this.#parts.signal.aborted) return
      await this.#scanOnce({ asked: false }).catch((error: unknown) => this.#parts.failed(error))
    })
  }

  async #scanOnce(options: { asked: boolean }): Promise<number> {
    const scopes = this.#everything || this.#places.size > MAX_SCOPES ? null : [...this.#places]
    this.#places = new Set()
    this.#everything = false
    this.#busy = true
    this.#parts.changed()
    try {
      const outcome = await this.#parts.scan(scopes, options)
      if (scopes === null && outcome.held > 0 && this.#held === 0) this.#againAll()
      if (outcome.held > 0 && this.#held === 0) this.#parts.held(outcome.held)
      if (scopes === null || outcome.held > 0) this.#held = outcome.held
      this.#problems = scopes === null ? outcome.problems : merge(this.#problems, outcome.problems, scopes)
      this.#complete ||= scopes === null
      this.#again(outcome.unsettled)
      if (outcome.needsAll || (outcome.ignoreChanged && scopes !== null)) this.hint(null)
      await this.#parts.scanned(scopes)
      return outcome.changed
    } finally {
      this.#busy = false
      this.#parts.changed()
    }
  }

  #againAll(): void {
    this.#parts.clock.after(MISSING_MS, () => this.hint(null), { idle: true })
  }

  #again(paths: string[]): void {
    if (paths.length > 0) this.#parts.clock.after(UNSETTLED_MS, () => this.hint(paths), { idle: true })
  }
}

function merge(old: Problem[], fresh: Problem[], scopes: readonly string[]): Problem[] {
  const kept = old.filter(({ path }) => !scopes.some((scope) => path === scope || path.startsWith(`${scope}/`)))
  return [...kept, ...fresh]
}
