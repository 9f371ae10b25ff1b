import { KeyedQueue, Queue, SharedCalls, type Clock, type Logger } from '#base'
import type { Authored, FolderIndex, Restoration } from '#db'
import type { Exchange } from '#exchange'
import type { FolderDisk, StepResult } from '#folder'
import { mayWrite, takesChanges, type DeviceId, type FolderId, type Role, type VersionId } from '#model'
import type { FolderChunks } from '#store'
import type { AppliedChange } from './applied-change.ts'
import { takeAskedSteps, type AskedStep } from './asked-steps.ts'
import { findArchived } from './archive-search.ts'
import type { DeletionNotes } from './deletion-note.ts'
import type { CleanStage } from './puller-parts.ts'
import { Puller } from './puller.ts'
import { putEntry, type NewEntry, type Put, type PutParts } from './put-entry.ts'
import { removeEntries, type Removed, type RemoveOptions, type RemoveParts } from './remove-entries.ts'
import { ScanLoop } from './scan-loop.ts'
import { Scanner } from './scanner.ts'
import { StageUpkeep } from './stage-upkeep.ts'

const PATHS_A_CALL = 1024
/** Between two looks at what cannot be read: so long for each entry, ms, and at most. */
const UNREAD_MS = 20
const LONGEST_UNREAD_MS = 10 * 60_000

export interface FolderWorkParts {
  id: FolderId
  /** What it is called here. */
  name: string
  index: FolderIndex
  disk: FolderDisk
  idKey: Uint8Array
  exchange: Exchange
  /** Where chunks can be had that are nowhere else; null = nothing is stored. */
  store: FolderChunks | null
  clock: Clock
  logger: Logger
  role(): Role
  /** May local edits be authored yet? */
  ready(): boolean
  /** Rejects with `blocked` when the tree on the disk is not the one we know. */
  healthy(): Promise<void>
  /** Are all devices that may have the folder's content connected? */
  allThere(): boolean
  /** See PullerParts. */
  behind(): boolean
  /** Is another device looking at its disk? */
  isScanning(device: DeviceId): boolean
  authored(result: Authored): void
  /** See FolderSyncParts. */
  unblocked?(): boolean
  judged?(): void
  deletions?: DeletionNotes
  applied(change: AppliedChange): void
  /** So many deletions begin to wait for the user's word. */
  held(entries: number): void
  /** Looked at the disk. */
  scanned(): Promise<void>
  /** Nothing is being pulled any more; `clean` removes what is staged for nothing. */
  quiet(clean: CleanStage): void
  failed(error: unknown): void
  changed(): void
}

/** The work on a materialised folder while it is neither paused nor stopped: scanning and pulling, side by side. */
export class FolderWork {
  readonly scanner: Scanner
  readonly scans: ScanLoop
  readonly puller: Puller
  readonly #parts: FolderWorkParts
  readonly #stage: StageUpkeep
  readonly #abort = new AbortController()
  #ended: (() => void)[] = []
  #search: Promise<void> | null = null
  readonly #tree = new Queue()
  /** Names of what programs put into the stage. */
  readonly #staged = new Set<string>()
  readonly #placing = new KeyedQueue()
  readonly #puts = new SharedCalls<AskedStep, StepResult>((asked) => takeAskedSteps(this.#editParts, asked))
  /** Edits that programs asked for, while they are under way. */
  readonly #edits = new Set<Promise<unknown>>()
  /** When it was last looked at what could not be read; of the monotonic clock. */
  #lookedAgain = -Infinity

  constructor(parts: FolderWorkParts) {
    this.#parts = parts
    this.#stage = new StageUpkeep(parts)
    const { signal } = this.#abort
    const { clock, healthy, failed, changed, held } = parts
    const tree = this.#tree
    this.scanner = new Scanner({ ...parts, tree, local: () => !mayWrite(parts.role()) })
    this.scans = new ScanLoop({
      clock,
      signal,
      held: (entries) => this.#guarded(() => held(entries)),
      failed: (error) => this.#guarded(() => failed(error)),
      changed,
      ready: () => parts.ready() && !signal.aborted,
      scan: (scopes, options) => this.scanner.scan(scopes, signal, options),
      // What the scan found is to-do again by itself; what it did not find waits out its time, or the two would go in circles.
      scanned: async () => {
        await parts.scanned()
        this.pull()
        this.#search ??= findArchived(parts, signal).catch((error: unknown) =>
          this.#guarded(() => parts.logger.warn({ error }, 'the archive could not be searched')),
        )
      },
    })
    this.puller = new Puller(
      {
        ...parts,
        tree,
        staged: this.#staged,
        folder: parts.id,
        allowed: async () => {
          signal.throwIfAborted()
          await healthy()
        },
        rescan: (paths) => this.scans.hint(paths),
        unnoted: () => this.scanner.doubt(),
        complete: () => mayWrite(parts.role()) && this.scans.complete && !this.scans.busy && parts.allThere(),
        authored: (result) => {
          parts.authored(result)
          this.pull()
        },
        quiet: (clean) => {
          for (const resolve of this.#ended.splice(0)) resolve()
          this.#guarded(() => parts.quiet(clean))
        },
        failed: (error) => this.#guarded(() => failed(error)),
      },
      signal,
    )
  }

  /** Is nothing being looked at, brought, or waited for on this disk? */
  get rests(): boolean {
    return !this.scans.busy && this.scans.vanishing === 0 && this.puller.quiet
  }

  /** Records have come from another device. */
  arrived(): void {
    this.puller.arrived()
    this.pull()
  }

  /** There may be something to bring to the disk. */
  pull(): void {
    if (takesChanges(this.#parts.role())) this.puller.wake()
  }

  /**
   * Writes anew what was deleted of that which is held: what this device told the others before it was much, and what another one
   * has deleted meanwhile. Who may write no more leaves it: the others would refuse the records. Resolves to how much it was.
   */
  async bringBack(): Promise<number> {
    const { index, clock, role, authored } = this.#parts
    if (!mayWrite(role())) return 0
    const paths = [...this.scanner.guard.takeBack(), ...this.scanner.held]
    let count = 0
    for (let at = 0; at < paths.length; at += PATHS_A_CALL) {
      const result = await index.bringBack(paths.slice(at, at + PATHS_A_CALL), clock.now())
      authored(result)
      count += result.records
    }
    return count
  }

  /** Writes that paths are again what they were, and brings it to the disk. Resolves to their heads, as the index says them. */
  async restore(changes: readonly Restoration[]): Promise<(VersionId | null)[]> {
    const { index, clock, authored } = this.#parts
    const heads: (VersionId | null)[] = []
    for (let at = 0; at < changes.length; at += PATHS_A_CALL) {
      const result = await index.restore(changes.slice(at, at + PATHS_A_CALL), clock.now())
      if (result.records > 0) authored(result)
      heads.push(...result.heads)
    }
    this.pull()
    return heads
  }

  /** See putEntry. Ends when the work does. */
  put(path: string, entry: NewEntry, signal: AbortSignal): Promise<Put> {
    return this.#edit((ended) => putEntry(this.#editParts, path, entry, ended), signal)
  }

  /** See removeEntries. */
  remove(path: string, options: RemoveOptions, signal: AbortSignal): Promise<Removed> {
    return this.#edit((ended) => removeEntries(this.#editParts, path, options, ended), signal)
  }

  async #edit<T>(run: (ended: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const edit = run(AbortSignal.any([signal, this.#abort.signal]))
    this.#edits.add(edit)
    try {
      return await edit
    } finally {
      this.#edits.delete(edit)
    }
  }

  get #editParts(): PutParts & RemoveParts {
    return {
      ...this.#parts,
      tree: this.#tree,
      staged: this.#staged,
      placing: this.#placing,
      take: (steps) => this.#puts.run(steps),
      look: (paths) => this.scans.look(paths),
      between: (work) => this.scans.between(work),
      deleted: (paths) => this.scanner.deleted(paths),
      withdraw: (entries) => this.restore(entries.map((entry) => ({ ...entry, id: null }))),
    }
  }

  /** Nothing is being pulled; `need` as in StageUpkeep. */
  async tidy(need: number, clean: CleanStage): Promise<void> {
    // A root that is another one, or away, has a stage that is none of ours.
    await this.#parts.healthy()
    if (await this.#stage.tidy(need, clean)) this.pull()
  }

  /** Tries again what was put off and has its time, or has room now. Room that the stage itself takes and gives is none. */
  async retry(): Promise<void> {
    if (this.puller.quiet) await this.#stage.lookForRoom()
    this.pull()
  }

  /** Looks again at what could not be read: the more it is, the less often. */
  lookAgain(): void {
    const unread = this.scans.problems.filter(({ code }) => code === 'unreadable' || code === 'changing')
    const now = this.#parts.clock.monotonic()
    if (unread.length === 0 || now - this.#lookedAgain < Math.min(unread.length * UNREAD_MS, LONGEST_UNREAD_MS)) return
    this.#lookedAgain = now
    this.scans.hint(unread.map(({ path }) => path))
  }

  /** Ends all work; resolves when nothing touches the disk or the index any more. */
  async stop(reason: Error): Promise<void> {
    this.#abort.abort(reason)
    await Promise.allSettled(this.#edits)
    await this.scans.idle()
    await this.#search
    if (!this.puller.quiet) await new Promise<void>((resolve) => this.#ended.push(resolve))
  }

  #guarded(act: () => void): void {
    if (!this.#abort.signal.aborted) act()
  }
}
