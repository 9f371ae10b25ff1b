import { sleep, type Clock, type Queue } from '#base'
import type { Applied, FolderIndex } from '#db'
import type { FolderDisk, Step, StepResult } from '#folder'
import { sourcesOfCut } from './derived-files.ts'

/** Steps in one transition at most. */
const CALL_STEPS = 256
/** Calls for which the tree is held at a stretch; a scan that has found something comes between. */
const MAX_CALLS = 4

/** While more is under way than waits, a call that is not full waits this long for company: each costs a flush or two. */
const GATHER_MS = 10
const WORTH_A_CALL = 96

/** What a step's outcome means to the index. */
export interface StepOutcome {
  /** null: nothing to do on the disk, only to be noted. */
  step: Step | null
  /** Adds to `applied` what the disk shows now. */
  settle(result: StepResult, applied: Applied): void
  /** Called when the outcome is durable in the index. */
  noted(): void
  failed(error: unknown): void
}

export interface ApplierParts {
  disk: Pick<FolderDisk, 'transition'>
  index: Pick<FolderIndex, 'commit' | 'conflictsBeginning'>
  clock: Clock
  /** Held while the disk and the index are changed together, so that a scan's findings are not noted in between. */
  tree: Queue
}

export interface ApplierHooks {
  /** Rejects when the folder is no healthy one any more; asked before each transition. */
  allowed(): Promise<void>
  /** How many more steps are under way to here. */
  underWay(): number
  /** Something may have been done to the disk that is not noted in the index. */
  unnoted(): void
}

/**
 * Brings steps to the disk and their outcome into the index, in the order given, all that wait in one call: one transition (its
 * directories flushed once), one transaction, which runs beside the next transition. A crash between the two is mended by the
 * next scan, which finds content equal to a head and adopts it.
 */
export class Applier {
  readonly #parts: ApplierParts
  readonly #hooks: ApplierHooks
  readonly #pending: StepOutcome[] = []
  #running = false

  constructor(parts: ApplierParts, hooks: ApplierHooks) {
    this.#parts = parts
    this.#hooks = hooks
  }

  apply(outcome: StepOutcome): void {
    this.#pending.push(outcome)
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    // Let the steps that are being made in this turn join the first call.
    await Promise.resolve()
    while (this.#pending.length > 0) await this.#parts.tree.run(() => this.#bring())
    this.#running = false
  }

  /** Some calls, each noted while the next one is at the disk. */
  async #bring(): Promise<void> {
    let noting = Promise.resolve()
    for (let calls = 0; calls < MAX_CALLS && this.#pending.length > 0; calls++) {
      if (this.#pending.length < WORTH_A_CALL && this.#hooks.underWay() > this.#pending.length)
        await sleep(this.#parts.clock, GATHER_MS)
      const call = this.#pending.splice(0, CALL_STEPS)
      try {
        const results = await this.#transition(call)
        await noting
        noting = this.#note(call, results)
      } catch (error) {
        this.#failed(call, error)
      }
    }
    await noting
  }

  async #transition(call: readonly StepOutcome[]): Promise<StepResult[]> {
    const steps = call.flatMap(({ step }) => step ?? [])
    if (steps.length === 0) return []
    await this.#hooks.allowed()
    return await this.#parts.disk.transition(steps)
  }

  /** Does not reject. */
  async #note(call: readonly StepOutcome[], results: StepResult[]): Promise<void> {
    // Of a step that failed when it was to be flushed something may be there all the same.
    if (results.some((result) => !result.ok && (result.code === 'io' || result.code === 'full'))) this.#hooks.unnoted()
    try {
      const applied = emptyApplied()
      for (const { step, settle } of call) settle(step === null ? NOTED : (results.shift() ?? NO_ANSWER), applied)
      // A conflict may show at the name of what is settled or was moved away.
      const left = [...applied.done.map(({ path }) => path), ...applied.gone]
      applied.again.push(...(await sourcesOfCut(this.#parts.index, left)))
      await this.#parts.index.commit(applied)
      for (const { noted } of call) noted()
    } catch (error) {
      this.#failed(call, error)
    }
  }

  #failed(call: readonly StepOutcome[], error: unknown): void {
    this.#hooks.unnoted()
    for (const { failed } of call) failed(error)
  }
}

const NOTED: StepResult = { ok: true, stat: null }
const NO_ANSWER: StepResult = { ok: false, code: 'io', message: 'the disk gave no answer' }

export function emptyApplied(): Applied {
  return { shown: [], gone: [], done: [], again: [], archived: [] }
}
