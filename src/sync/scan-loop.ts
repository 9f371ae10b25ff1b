import { Queue, sleep, type Clock, type Timer } from '#base'
import type { Problem } from '#db'
import { parentPath } from '#model'
import { REST_MS } from './running-deletions.ts'
import type { ScanOutcome } from './scanner.ts'

/** More changed places than this are looked for by a full scan. */
const MAX_SCOPES = 4_000
/** Files that changed while they were read have this long to come to rest. */
const UNSETTLED_MS = 1_000
/** Between two looks at whether what vanished has been judged. */
const JUDGED_MS = 250

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
  /** A look that was asked for and has not begun. */
  #asked: Promise<void> | null = null
  #places = new Set<string>()
  #everything = false
  #waiting = false
  #busy = false
  #complete = false
  #held = 0
  #vanishing = 0
  /** Changes, since the start. */
  #found = 0
  /** Runs out when what is vanishing is to be looked at again. */
  #rest: Timer | null = null
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

  /** Missing entries that are not judged yet, because more are vanishing. */
  get vanishing(): number {
    return this.#vanishing
  }

  /** Entries that the last looks could not read or carry. */
  get problems(): Problem[] {
    return this.#problems
  }

  /** The disk may have changed at `paths` and below; null = anywhere. */
  hint(paths: readonly string[] | null): void {
    if (paths === null) this.#everything = true
    else if (!this.#everything) for (const path of paths) this.#places.add(path)
    this.#schedule()
  }

  /**
   * Looks at everything now, and waits until nothing that vanished waits to be judged (RunningDeletions bounds that) or `who` asked
   * wants no more of it. Resolves to the number of changes found meanwhile.
   */
  async scan(who = new AbortController().signal): Promise<number> {
    const { clock, signal } = this.#parts
    const before = this.#found
    await this.#queue.run(() => {
      this.#everything = true
      return this.#scanOnce({ asked: true })
    })
    const ended = AbortSignal.any([who, signal])
    while (this.#vanishing > 0 && !ended.aborted) await sleep(clock, JUDGED_MS, ended).catch(() => undefined)
    signal.throwIfAborted()
    return this.#found - before
  }

  /** Looks at `paths` and below now, also at what is still being written. Whoever asks before that has begun shares the look. */
  look(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.#places.add(path)
    this.#asked ??= this.#queue.run(() => {
      this.#asked = null
      return this.#scanOnce({ asked: true })
    })
    return this.#asked
  }

  /** Runs `work` while nothing is being looked at: what it does to the disk and notes itself no look sees half done. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(work)
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

  async #scanOnce(options: { asked: boolean }): Promise<void> {
    const scopes = this.#everything || this.#places.size > MAX_SCOPES ? null : [...this.#places]
    this.#places = new Set()
    this.#everything = false
    this.#busy = true
    this.#parts.changed()
    try {
      const outcome = await this.#parts.scan(scopes, options)
      // Where much is missing it may have been being moved about.
      if (scopes === null && outcome.held > 0 && this.#held === 0) this.#again(null, REST_MS)
      if (outcome.held > 0 && this.#held === 0) this.#parts.held(outcome.held)
      if (scopes === null || outcome.held > 0) this.#held = outcome.held
      this.#problems = scopes === null ? outcome.problems : merge(this.#problems, outcome.problems, scopes)
      this.#complete ||= scopes === null
      if (outcome.unsettled.length > 0) this.#again(outcome.unsettled, UNSETTLED_MS)
      if (!outcome.needsAll) this.#awaitRest(outcome.vanishing)
      if (outcome.needsAll || (outcome.ignoreChanged && scopes !== null)) this.hint(null)
      this.#found += outcome.changed
      await this.#parts.scanned(scopes)
    } catch (error) {
      // What was to be looked at, and what was vanishing, the next look finds.
      this.#everything = true
      this.#vanishing = 0
      throw error
    } finally {
      this.#busy = false
      this.#parts.changed()
    }
  }

  #again(paths: readonly string[] | null, ms: number): void {
    this.#parts.clock.after(ms, () => this.hint(paths), { idle: true })
  }

  /** Missing paths are looked at with whatever is looked at next, for that may be where they have moved to, and after a while. */
  #awaitRest(paths: readonly string[]): void {
    this.#vanishing = paths.length
    this.#rest?.cancel()
    if (paths.length === 0) return
    const missing = new Set(paths)
    for (const path of paths) if (!missing.has(parentPath(path))) this.#places.add(path)
    this.#rest = this.#parts.clock.after(REST_MS, () => this.#schedule(), { idle: true })
  }
}

function merge(old: Problem[], fresh: Problem[], scopes: readonly string[]): Problem[] {
  const looked = new Set(scopes)
  const isWithin = (path: string): boolean => {
    for (let at = path; at !== ''; at = parentPath(at)) if (looked.has(at)) return true
    return looked.has('')
  }
  return [...old.filter(({ path }) => !isWithin(path)), ...fresh]
}
