import { HoldfastError, Limiter } from '#base'
import type { Problem, TodoRow } from '#db'
import { pathKey, sameBytes, tellApart, type Version } from '#model'
import { appliedChange } from './applied-change.ts'
import type { Applier } from './applier.ts'
import { DiskRoom } from './disk-room.ts'
import { SMALL_FILE, type FileBuilder } from './file-builder.ts'
import { LostContent } from './lost-content.ts'
import { findContent, type PagePlan } from './page-plan.ts'
import type { PullerParts } from './puller-parts.ts'
import { problemOf, putOffUntil } from './putting-off.ts'
import { differences, type Difference } from './reconcile.ts'
import { noteDone, RowWork } from './row-work.ts'
import { StagingTurns } from './staging-turns.ts'
import { stepFor, type StepInput } from './steps.ts'

/** Files being fetched and staged at once. */
const PARALLEL_FILES = 384

export interface RowBringerParts extends PullerParts {
  applier: Applier
  builder: FileBuilder
  /** A row stays to-do and may succeed in another pass. */
  again(): void
}

/** Brings to the disk what one row asks for: stages its files, has its steps taken, and puts it off when that fails. */
export class RowBringer {
  readonly #parts: RowBringerParts
  readonly #signal: AbortSignal
  readonly #lost: LostContent
  readonly #files = new Limiter(PARALLEL_FILES)
  readonly #turns: StagingTurns
  /** Paths that failed for the sake of another path, since the last time all was quiet. */
  readonly #retried = new Set<string>()

  constructor(parts: RowBringerParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.#lost = new LostContent(parts)
    this.#turns = new StagingTurns(new DiskRoom(parts.disk, parts.clock))
  }

  /** Nothing is being worked on any more. */
  quiet(): void {
    this.#retried.clear()
  }

  /** Resolves when the row is done or put off; rejects where the whole folder cannot go on. */
  async bring(row: TodoRow, plan: PagePlan): Promise<void> {
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
      await this.#take(work, plan)
    } catch (error) {
      await this.failed(row, error)
    } finally {
      // A step that failed may never be taken again.
      for (const { id } of row.heads) this.#parts.builder.release(id)
    }
  }

  /** Stages a row's files, then takes its steps: one may replace or remove what another file is made of. */
  async #take(work: RowWork, { chunksOf, moves, placesOf }: PagePlan): Promise<void> {
    const { row } = work
    const inputOf = (difference: Difference): StepInput => ({ row, difference, chunksOf, move: null })
    const inputs = work.arrivals.map((difference) => ({ ...inputOf(difference), move: moves.get(difference.path) ?? null }))
    const [only, ...others] = inputs
    if (only !== undefined && others.length === 0) {
      await this.#stage(only, placesOf)
      await this.#apply(work, only)
    } else await this.#takeSeveral(work, inputs, placesOf)
    await Promise.all(work.departures.map((difference) => this.#apply(work, inputOf(difference))))
  }

  async #takeSeveral(work: RowWork, inputs: StepInput[], placesOf: PagePlan['placesOf']): Promise<void> {
    const staged = await Promise.allSettled(inputs.map((input) => this.#stage(input, placesOf)))
    const missing = inputs.filter((_, at) => staged[at]?.status === 'rejected')
    const ready = inputs.filter((input) => !missing.some((other) => other === input || isMadeOf(other, input)))
    await Promise.all(ready.map((input) => this.#apply(work, input)))
    for (const result of staged) if (result.status === 'rejected') throw result.reason
  }

  async #stage({ row, difference, chunksOf, move }: StepInput, placesOf: PagePlan['placesOf']): Promise<void> {
    if (difference.do !== 'create' || move !== null) return
    if (row.twin !== null && difference.over === null) {
      const [own, other] = tellApart(difference.path, row.twin)
      throw new HoldfastError('exists', `this disk cannot tell ${own} from ${other}`)
    }
    const { version } = difference
    if (version?.kind !== 'file') return
    const { builder } = this.#parts
    const { id, size } = version
    const list = chunksOf(version)
    const build = (check?: () => Promise<void>): Promise<void> =>
      this.#files.run(() => builder.build(version, list, placesOf(version), this.#signal, check))
    if (size <= SMALL_FILE) return build()
    await this.#turns.run({
      size,
      staged: () => builder.staged(version, list),
      done: () => builder.done(id),
      build,
      drop: () => builder.drop(id),
    })
  }

  #apply(work: RowWork, input: StepInput): Promise<void> {
    const { difference } = input
    return new Promise<void>((resolve, reject) => {
      let problem: { code: Problem['code']; message: string } | null = null
      let rescan: string[] = []
      let retry = false
      this.#parts.applier.apply({
        step: stepFor(input),
        settle: (result, applied) => {
          const outcome = work.settle(input, result, applied)
          // What is staged serves the next try, unless it is what was missing.
          if (difference.do === 'create' && (result.ok || result.code === 'gone'))
            this.#parts.builder.forget(difference.version?.id ?? '')
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
              this.#parts.again()
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
      this.#parts.applier.apply({
        step: null,
        settle: (_, applied) => noteDone(row, applied),
        noted: resolve,
        failed: reject,
      })
    })
  }

  /** Puts a row off for what has failed; rejects where that is not the row's alone. */
  async failed(row: TodoRow, error: unknown): Promise<void> {
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
    await this.#parts.builder.build(version, list, places, this.#signal)
    this.#parts.builder.release(version.id)
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
