import { HoldfastError, Limiter } from '#base'
import type { Problem, TodoRow } from '#db'
import { isLive, parentPath, pathKey, sameBytes, type Version } from '#model'
import { appliedChange } from './applied-change.ts'
import { Applier } from './applier.ts'
import { FileBuilder, type Transfer } from './file-builder.ts'
import { LostContent } from './lost-content.ts'
import { findContent, preparePage, type PagePlan } from './page-plan.ts'
import { differences, type Difference } from './reconcile.ts'
import type { PullerParts } from './puller-parts.ts'
import { problemOf, putOffUntil } from './putting-off.ts'
import { noteDone, RowWork } from './row-work.ts'
import { stepFor, type StepInput } from './steps.ts'

/** To-do rows planned at once. */
const PAGE = 256
/** Files being fetched and staged at once. */
const PARALLEL_FILES = 384
/** Rows worked on at once; more would only hold memory. */
const MAX_ACTIVE = 3 * PAGE

/**
 * Brings the disk to what the heads say: to-do rows → plan → fetch → stage → transition → index. Rows are worked on side by side,
 * so that a small file does not wait for a large one. What cannot be done now is put off in the index with its reason.
 */
export class Puller {
  readonly #parts: PullerParts
  readonly #signal: AbortSignal
  readonly #applier: Applier
  readonly #builder: FileBuilder
  readonly #lost: LostContent
  readonly #files = new Limiter(PARALLEL_FILES)
  /** Rows being worked on, by path: their revision, and whether the row was met again under another one meanwhile. */
  readonly #active = new Map<string, { revision: number; again: boolean }>()
  /** Paths that failed for the sake of another path, since the last time all was quiet. */
  readonly #retried = new Set<string>()
  /** Paths of files that are being renamed, and of the rows for which they are. */
  readonly #moving = new Map<string, string>()
  /** Directories seen on the disk, so that they are asked for once. */
  readonly #directories = new Set<string>()
  #running = false
  #woken = false
  #room: (() => void) | null = null

  /** Works until `signal` aborts. */
  constructor(parts: PullerParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.#applier = new Applier(parts, { allowed: parts.allowed, underWay: () => this.#active.size })
    this.#builder = new FileBuilder(parts)
    this.#lost = new LostContent(parts)
  }

  /** Files on their way now. */
  get transfers(): Transfer[] {
    return this.#builder.transfers
  }

  /** True when nothing is being worked on. */
  get quiet(): boolean {
    return !this.#running && this.#active.size === 0
  }

  /** There may be something to do. */
  wake(): void {
    this.#woken = true
    if (!this.#running && !this.#signal.aborted) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      while (this.#woken && !this.#signal.aborted) {
        this.#woken = false
        this.#directories.clear()
        await this.#pass('change')
        // Removals come after the renames planned above, and not while files are copied from what may be removed.
        while (this.#usesOld && !this.#woken) await this.#change()
        if (!this.#usesOld) await this.#pass('delete')
      }
    } catch (error) {
      if (!this.#signal.aborted) this.#parts.failed(error)
    } finally {
      this.#running = false
      this.#settled()
    }
  }

  /** Files where they are no longer wanted are being renamed or copied from. */
  get #usesOld(): boolean {
    return this.#builder.copying || this.#moving.size > 0
  }

  /** One walk over the to-do list; each row not yet being worked on is started. */
  async #pass(phase: 'change' | 'delete'): Promise<void> {
    const { index, clock } = this.#parts
    let after: string | null = null
    for (;;) {
      this.#signal.throwIfAborted()
      const busy = [...this.#active.values()].map(({ revision }) => revision)
      const rows: TodoRow[] = await index.todo(phase, PAGE, clock.now(), after, busy)
      const last = rows.at(-1)
      if (last === undefined) return
      // What came meanwhile may be where a file to be removed has gone.
      if (phase === 'delete' && this.#woken) return
      after = last.path
      const fresh = rows.filter((row) => this.#start(row))
      await this.#startPage(fresh)
      while (this.#active.size > MAX_ACTIVE) await this.#change()
    }
  }

  async #startPage(rows: TodoRow[]): Promise<void> {
    const page = await this.#withParents(rows)
    const plan = await preparePage(this.#parts, page, this.#moving, this.#signal)
    for (const { row, error } of plan.failed) void this.#finish(row, this.#failed(row, error))
    for (const row of plan.ready) void this.#finish(row, this.#row(row, plan))
  }

  /**
   * The rows, and before them those of directories that they need: records come in the order of their authors' chains, so that a
   * file may be met before the directory it is in.
   */
  async #withParents(rows: TodoRow[]): Promise<TodoRow[]> {
    const missing = new Set<string>()
    for (const { path, heads } of rows) {
      if (!heads.some(isLive)) continue
      for (let parent = parentPath(path); parent !== '' && !this.#directories.has(parent); parent = parentPath(parent)) {
        if (!this.#active.has(parent)) missing.add(parent)
      }
    }
    if (missing.size === 0) return rows
    const parents = await this.#parts.index.rows([...missing].sort((a, b) => a.split('/').length - b.split('/').length))
    const isShown = ({ path, shown }: TodoRow): boolean =>
      shown.some((entry) => entry.kind === 'directory' && pathKey(entry.path) === pathKey(path))
    const absent = parents.filter((row) => !isShown(row))
    for (const row of parents) if (!absent.includes(row)) this.#directories.add(row.path)
    return [...absent.filter((row) => this.#start(row)), ...rows]
  }

  /** False for a row that is being worked on, which is then looked at again afterwards. */
  #start({ path, revision }: TodoRow): boolean {
    const active = this.#active.get(path)
    if (active === undefined) this.#active.set(path, { revision, again: false })
    else if (active.revision !== revision) active.again = true
    return active === undefined
  }

  /** Follows a row's work to its end; a failure beyond the row is the folder's. */
  async #finish(row: TodoRow, work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (!this.#signal.aborted) this.#parts.failed(error)
    }
    if (this.#active.get(row.path)?.again === true) this.#woken = true
    this.#active.delete(row.path)
    if (row.movable !== null && this.#moving.get(row.movable.path) === row.path) this.#moving.delete(row.movable.path)
    this.#room?.()
    if (this.#woken) this.wake()
    this.#settled()
  }

  /** Resolves when some row has ended. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#room = () => {
        this.#room = null
        resolve()
      }
    })
  }

  #settled(): void {
    if (!this.quiet || (this.#woken && !this.#signal.aborted)) return
    this.#retried.clear()
    this.#parts.quiet()
  }

  async #row(row: TodoRow, plan: PagePlan): Promise<void> {
    if (row.shown.some((entry) => entry.version === null)) {
      return this.#putOff(
        row,
        'local-edit',
        'it was edited here, where edits are not shared; revert the folder to take the others’ version',
      )
    }
    try {
      const work = new RowWork(
        row,
        differences(row, plan.chunksOf, plan.names.nameOf).filter((difference) => !isTaken(difference, plan)),
      )
      if (work.open.length === 0) return await this.#settleAtOnce(row)
      await this.#bring(work, plan)
    } catch (error) {
      await this.#failed(row, error)
    }
  }

  /** Stages a row's files, then takes its steps: one may replace or remove what another file is made of. */
  async #bring(work: RowWork, { chunksOf, moves, placesOf }: PagePlan): Promise<void> {
    const { row } = work
    const inputOf = (difference: Difference): StepInput => ({ row, difference, chunksOf, move: null })
    const inputs = work.arrivals.map((difference) => ({ ...inputOf(difference), move: moves.get(difference.path) ?? null }))
    const staged = await Promise.allSettled(inputs.map((input) => this.#stage(input, placesOf)))
    const missing = inputs.filter((_, at) => staged[at]?.status === 'rejected')
    const ready = inputs.filter((input) => !missing.some((other) => other === input || isMadeOf(other, input)))
    await Promise.all(ready.map((input) => this.#apply(work, input)))
    for (const result of staged) if (result.status === 'rejected') throw result.reason
    await Promise.all(work.departures.map((difference) => this.#apply(work, inputOf(difference))))
  }

  async #stage({ row, difference, chunksOf, move }: StepInput, placesOf: PagePlan['placesOf']): Promise<void> {
    if (difference.do !== 'create' || move !== null) return
    if (row.twin !== null && difference.over === null) {
      throw new HoldfastError(
        'exists',
        `this disk cannot tell it from ${row.twin}; rename one of the two on a device that has both`,
      )
    }
    const { version } = difference
    if (version?.kind !== 'file') return
    await this.#files.run(() => this.#builder.build(version, chunksOf(version), placesOf(version), this.#signal))
  }

  #apply(work: RowWork, input: StepInput): Promise<void> {
    const { difference } = input
    return new Promise<void>((resolve, reject) => {
      let problem: { code: Problem['code']; message: string } | null = null
      let rescan: string[] = []
      let retry = false
      this.#applier.apply({
        step: stepFor(input),
        settle: (result, applied) => {
          const outcome = work.settle(input, result, applied)
          // What is staged serves the next try, unless it is what was missing.
          if (difference.do === 'create' && (result.ok || result.code === 'gone'))
            this.#builder.forget(difference.version?.id ?? '')
          problem = outcome.problem
          rescan = outcome.rescan
          retry = outcome.retry
        },
        noted: () => {
          if (rescan.length > 0) this.#parts.rescan(rescan)
          if (problem === null) {
            const change = retry ? null : appliedChange(input)
            if (change !== null) this.#parts.applied(change)
            if (!retry) resolve()
            else if (this.#mayRetry(difference.path)) {
              this.#woken = true
              resolve()
            } else resolve(this.#putOff(work.row, 'changing', 'the directory it is in is not there'))
          } else resolve(this.#putOff(work.row, problem.code, problem.message))
        },
        failed: reject,
      })
    })
  }

  /** True the first time: each such path is worth one more pass. */
  #mayRetry(path: string): boolean {
    const first = !this.#retried.has(path)
    this.#retried.add(path)
    return first
  }

  /** Notes a row whose disk is right already. */
  #settleAtOnce(row: TodoRow): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#applier.apply({
        step: null,
        settle: (_, applied) => noteDone(row, applied),
        noted: resolve,
        failed: reject,
      })
    })
  }

  async #failed(row: TodoRow, error: unknown): Promise<void> {
    if (this.#signal.aborted) return
    const problem = problemOf(error)
    if (problem === null) throw error
    if (problem.code === 'io') this.#parts.logger.warn({ path: row.path, error }, 'a path could not be brought to the disk')
    if (problem.code === 'missing-chunks') await this.#lost.missed(row.path, (version) => this.#build(version))
    return this.#putOff(row, problem.code, problem.message)
  }

  /** Stages a version that no page was planned for. */
  async #build(version: Version): Promise<void> {
    const { list, places } = await findContent(this.#parts, version, this.#signal)
    await this.#builder.build(version, list, places, this.#signal)
  }

  async #putOff(row: TodoRow, code: Problem['code'], message: string): Promise<void> {
    const until = putOffUntil(code, this.#parts.clock.now())
    await this.#parts.index.defer([{ path: row.path, revision: row.revision, until, problem: { path: row.path, code, message } }])
  }
}

/** Does a step replace the file whose content another one needs? */
function isMadeOf({ difference, chunksOf }: StepInput, other: StepInput): boolean {
  if (difference.do !== 'create' || difference.version === null || other.difference.do !== 'create') return false
  const { over } = other.difference
  return over !== null && over.kind === 'file' && sameBytes(over.chunks, chunksOf(difference.version))
}

/** A conflict file that cannot show, and need not: a path of its own with the same content has its name. */
function isTaken(difference: Difference, { names }: PagePlan): boolean {
  if (difference.do !== 'create' || difference.version === null || difference.over !== null) return false
  return pathKey(difference.path) !== pathKey(difference.version.path) && names.taken(difference.version)
}
