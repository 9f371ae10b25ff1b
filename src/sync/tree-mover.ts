import { sleep, type Clock } from '#base'
import type { FolderIndex, MovedTree, TodoRow } from '#db'
import type { StepResult } from '#folder'
import { isLive, tablePaths, type DeviceId } from '#model'
import type { Applier } from './applier.ts'
import type { AppliedChange } from './applied-change.ts'
import { mayNameConflicts, sourcesOfDerived } from './derived-files.ts'

/** The records of a rename come one batch after another: they are waited for as long as their author scans, and so long after the last, */
const ARRIVAL_MS = 200
/** but no longer than this. They are looked for so often, and less often where a look takes long: what comes has to be noted in between. */
const LONGEST_MS = 10_000
const LOOK_MS = 40
const MAX_LOOK_MS = 120

export interface TreeMoverParts {
  index: Pick<FolderIndex, 'movedTree'>
  clock: Clock
  isScanning(device: DeviceId): boolean
  rescan(paths: string[]): void
  applied(change: AppliedChange): void
}

/** Renames a directory that another device has renamed, with all below it in one step. */
export class TreeMover {
  readonly #parts: TreeMoverParts
  readonly #applier: Applier
  readonly #signal: AbortSignal
  /** When records last came; ms of the monotonic clock. */
  #arrived = -Infinity

  constructor(parts: TreeMoverParts, applier: Applier, signal: AbortSignal) {
    this.#parts = parts
    this.#applier = applier
    this.#signal = signal
  }

  /** Records have come from another device. */
  arrived(): void {
    this.#arrived = this.#parts.clock.monotonic()
  }

  /**
   * True when the row's directory was `from`, and is noted with all below it. False leaves everything as it was. `since`, of the
   * monotonic clock, is when waiting began: nothing else is brought meanwhile, so rows that are met together are waited for together.
   */
  async move(row: TodoRow, from: string, since: number): Promise<boolean> {
    const tree = await this.#find(from, row, since)
    return tree !== null && (await this.#bring(row, from, tree))
  }

  async #find(from: string, { path: to, heads }: TodoRow, since: number): Promise<MovedTree | null> {
    const { index, clock, isScanning } = this.#parts
    for (;;) {
      const before = clock.monotonic()
      const tree = await index.movedTree(from, to)
      if (tree === null || tree.whole) return tree
      const now = clock.monotonic()
      const isComing = now - this.#arrived < ARRIVAL_MS || heads.some(({ author }) => isScanning(author))
      if (!isComing || now - since > LONGEST_MS) return null
      await sleep(clock, Math.min(Math.max(LOOK_MS, now - before), MAX_LOOK_MS))
      this.#signal.throwIfAborted()
    }
  }

  #bring(row: TodoRow, from: string, { entries, revision }: MovedTree): Promise<boolean> {
    const { path } = row
    let result: StepResult | null = null
    return new Promise((resolve, reject) => {
      this.#applier.apply({
        step: { do: 'tree', path, expected: null, from, entries, archiveAs: null },
        settle: (outcome, applied) => {
          result = outcome
          if (!outcome.ok) return
          applied.trees = [...(applied.trees ?? []), { from, to: path, revision }]
          // Conflicts that may show at a name of the tree.
          if (!mayNameConflicts(`${entries.paths}\0${path}`)) return
          for (const old of tablePaths(entries))
            applied.again.push(...sourcesOfDerived(old), ...sourcesOfDerived(path + old.slice(from.length)))
        },
        noted: () => {
          if (result?.ok === true) this.#noted(row, from, result)
          resolve(result?.ok === true)
        },
        failed: reject,
      })
    })
  }

  #noted({ path, heads }: TodoRow, from: string, { strangers }: Extract<StepResult, { ok: true }>): void {
    // A scan may have noted them at the old path meanwhile.
    if (strangers === true) this.#parts.rescan([from, path])
    this.#parts.applied({ event: 'renamed', path, from, device: heads.find(isLive)?.author ?? null })
  }
}
