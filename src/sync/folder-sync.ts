import { HoldfastError, type Service, type Timer } from '#base'
import type { IndexTotals } from '#db'
import { mayWrite, type DeviceId } from '#model'
import { Announcement } from './announcement.ts'
import type { Comparison } from './comparison.ts'
import type { Transfer } from './file-builder.ts'
import { FolderActions } from './folder-actions.ts'
import { hindered, lacking } from './folder-peer.ts'
import { FolderNotes } from './folder-notes.ts'
import { FolderProblems } from './folder-problems.ts'
import { folderRecords } from './folder-records.ts'
import type { FolderSettings, FolderSyncParts } from './folder-parts.ts'
import { FolderTotals } from './folder-totals.ts'
import { keepUp } from './folder-upkeep.ts'
import { FolderWork } from './folder-work.ts'
import { hindranceOf, type Hindered, type Hindrance } from './hindrance.ts'
import type { IndexExchange } from './index-exchange.ts'
import { areThere } from './lost-content.ts'
import type { IndexMessage } from './messages.ts'
import { isHealthy, pausedFault, needHealthy, needOf } from './need.ts'
import { Rerun } from './rerun.ts'
import type { CleanStage } from './puller-parts.ts'
import type { ShelfReader } from './shelf-reader.ts'
import { faultOf, standing, type Standing } from './standing.ts'

/** One folder on this device: scans, exchanges records, pulls, and says how it stands. */
export class FolderSync implements Service {
  /** What the user decides about. */
  readonly actions: FolderActions
  /** The folder's records, among the devices connected. */
  readonly exchange: IndexExchange
  /** What does not sync. */
  readonly problems: FolderProblems
  /** Is it compared with what others know of the folder? */
  readonly comparison: Comparison
  /** Reads its records out of the segments that devices hold for others. */
  readonly shelves: ShelfReader
  readonly #parts: FolderSyncParts
  #work: FolderWork | null = null
  #upkeep: Timer | null = null
  #paused: boolean
  #stopped = true
  #fault: HoldfastError | null = null
  /** As the others were last told. */
  #hindrance: Hindrance | undefined
  readonly #totals: FolderTotals
  readonly #changes: Announcement
  readonly #notes: FolderNotes
  readonly #retryAll: Rerun

  constructor(parts: FolderSyncParts, settings: FolderSettings) {
    this.#parts = parts
    this.#paused = settings.paused
    const failed = (error: unknown): void => this.#onFault(error)
    const pull = (): void => this.#work?.pull()
    this.actions = new FolderActions(parts, {
      scan: () => this.scan(),
      work: () => this.#work,
      ready: () => this.comparison.done,
      pull: () => this.#totals.read().then(pull),
    })
    const found = () => this.#work?.scans.problems ?? []
    this.problems = new FolderProblems({ index: parts.index, totals: () => this.#totals.now, found })
    this.#changes = new Announcement(parts.clock)
    this.#notes = new FolderNotes(parts)
    this.#retryAll = new Rerun(() => parts.index.retry(null).then(pull).catch(failed))
    this.#totals = new FolderTotals(parts, (before, now) => this.#onTotals(before, now), failed)
    const records = folderRecords(parts, settings.compared, {
      compared: () => {
        parts.compared()
        this.exchange.announce()
        this.hint(null)
      },
      ingested: (kept) => {
        this.#notes.kept(kept)
        this.#totals.refresh()
        this.#work?.arrived()
      },
      heard: () => {
        void this.comparison.look(this.exchange.peers).catch(failed)
        if (this.#totals.needs) pull()
        this.#changed()
      },
      ready: () => this.#retryAll.ask(),
      read: pull,
      now: () => ({ scans: this.#work?.scans, state: this.standing.state }),
    })
    this.exchange = records.exchange
    this.comparison = records.comparison
    this.shelves = records.shelves
  }

  async start(): Promise<void> {
    this.#stopped = false
    await this.exchange.start()
    await this.#totals.read()
    if (!this.#paused) this.#begin()
    this.#upkeep = keepUp(this.#parts, { retry: () => this.#retry(), rescan: () => this.hint(null) })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#upkeep?.cancel()
    this.exchange.stop()
    await this.shelves.stop()
    await this.#end('the folder is being stopped')
  }

  /** The disk may have changed at `paths` and below; null = anywhere. */
  hint(paths: readonly string[] | null): void {
    this.#work?.scans.hint(paths)
  }

  addPeer(device: DeviceId, send: (message: Uint8Array) => Promise<void>): void {
    this.exchange.addPeer(device, send)
    this.#retryAll.ask()
  }

  dropPeer(device: DeviceId): void {
    this.exchange.dropPeer(device)
    this.#changed()
  }

  async onMessage(device: DeviceId, message: IndexMessage): Promise<void> {
    if (!this.#stopped) await this.exchange.onMessage(device, message)
  }

  async pause(): Promise<void> {
    this.#paused = true
    // What is under way may take a while to end.
    this.#changed()
    await this.#end('the folder is paused')
    this.#changed()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#begin()
    this.#changed()
  }

  /** As ScanLoop.scan. Resolves to the number of changes found; rejects when the folder cannot be scanned. */
  async scan(signal?: AbortSignal): Promise<number> {
    if (this.#paused) throw pausedFault(this.#parts.name)
    if (this.#work === null || !this.comparison.done) return 0
    const scanning = this.#work.scans.scan(signal)
    scanning.catch((error: unknown) => this.#onFault(error))
    return scanning
  }

  /** Looks at paths and below now, where there is a disk to look at. */
  async look(paths: readonly string[]): Promise<void> {
    if (this.comparison.done) await this.#work?.scans.look(paths)
  }

  /** This device's role, or another's, may have changed. */
  async rolesChanged(): Promise<void> {
    if (this.#stopped) return
    if (mayWrite(this.#parts.role()) && (this.#totals.now?.localEdits ?? 0) > 0) {
      await this.#parts.index.publishLocal()
      this.hint(null)
    }
    this.#retryAll.ask()
    this.#changed()
  }

  get standing(): Standing {
    const scans = this.#work?.scans
    return standing({
      paused: this.#paused,
      online: this.#parts.disk === null,
      fault: this.#fault,
      held: scans?.held ?? 0,
      begun: this.#work?.scanner.guard.begun.length ?? 0,
      vanishing: scans?.vanishing ?? 0,
      scanning: scans !== undefined && scans.busy && !scans.complete,
      compared: this.comparison.done,
      backlog: this.exchange.backlog,
      role: this.#parts.role(),
      totals: this.#totals.now,
      connected: this.exchange.peers.length || this.shelves.connected,
      working: this.#work !== null && !this.#work.puller.quiet,
      problems: scans?.problems.length ?? 0,
      hindered: this.hindered,
      lacking: lacking(this.exchange.peers, this.#parts.nameOf),
    })
  }

  /** Those of the devices connected that take no part now, the most pressing first. */
  get hindered(): Hindered[] {
    return hindered(this.exchange.peers, this.#parts.nameOf)
  }

  get totals(): IndexTotals | null {
    return this.#totals.now
  }

  get transfers(): Transfer[] {
    return this.#work?.puller.transfers ?? []
  }

  /** True when no scan and no pull is under way and this disk needs nothing. */
  async settled(): Promise<boolean> {
    if (this.#work?.rests === false || !this.comparison.done || this.exchange.backlog > 0) return false
    return (await needOf(this.#parts)).needEntries === 0
  }

  /** Resolves when something changed, or after `ms`. */
  whenChanged(ms: number, signal: AbortSignal): Promise<void> {
    return this.#changes.wait(ms, signal)
  }

  #begin(): void {
    const { disk } = this.#parts
    if (disk === null || this.#stopped) return
    this.#work = new FolderWork({
      ...this.#parts,
      disk,
      role: () => this.#parts.role(),
      ready: () => this.comparison.done,
      healthy: () => needHealthy(this.#parts),
      allThere: () => areThere(this.#parts.members(), this.exchange.peers),
      authored: (result) => {
        this.#notes.authored(result)
        this.exchange.setHave(result.have)
        this.#totals.refresh()
      },
      applied: (change) => {
        this.#notes.applied(change)
        this.#totals.refresh()
      },
      held: (entries) => this.#notes.held(entries),
      scanned: async () => {
        this.#fault = null
        await this.#totals.read()
      },
      quiet: (clean) => void this.#onQuiet(clean).catch((error: unknown) => this.#onFault(error)),
      failed: (error) => this.#onFault(error),
      behind: () => this.exchange.backlog > 0 || this.shelves.isReading,
      isScanning: (device) => this.exchange.isScanning(device),
      changed: () => {
        this.exchange.announce()
        this.#changed()
      },
    })
    this.hint(null)
    this.#work.pull()
  }

  async #end(reason: string): Promise<void> {
    const work = this.#work
    this.#work = null
    await work?.stop(new HoldfastError('offline', reason, { reason: 'folder-stopping' }))
  }

  #onFault(error: unknown): void {
    const fault = faultOf(error)
    if (fault.code === 'offline' || this.#stopped) return
    if (this.#fault?.message !== fault.message) this.#notes.blocked(fault)
    this.#fault = fault
    this.#changed()
  }

  async #retry(): Promise<void> {
    this.exchange.retry()
    this.shelves.ask()
    await this.comparison.look(this.exchange.peers)
    if (this.#work === null) return
    if (this.#fault !== null) {
      if (!(await isHealthy(this.#parts))) return
      this.#fault = null
      this.hint(null)
    }
    if (this.#totals.needs) await this.#work.retry()
    this.#work?.lookAgain()
  }

  async #onQuiet(clean: CleanStage): Promise<void> {
    await this.#totals.read()
    this.exchange.announce()
    await this.#work?.tidy(this.#totals.now?.needEntries ?? 0, clean)
  }

  async #onTotals(before: IndexTotals | null, now: IndexTotals): Promise<void> {
    if (this.#stopped) return
    await this.comparison.look(this.exchange.peers)
    if (this.problems.mixed) await this.problems.look()
    if (before?.needEntries !== now.needEntries) this.exchange.announce()
    this.#changed()
  }

  #changed(): void {
    const hindrance = hindranceOf(this.standing.state)
    if (hindrance !== this.#hindrance) this.exchange.announce()
    this.#hindrance = hindrance
    this.#changes.tell()
    this.#parts.changed()
  }
}
