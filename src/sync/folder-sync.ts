import { errnoOf, every, HoldfastError, messageOf, sleep, type Clock, type Logger, type Service, type Timer } from '#base'
import type { Activity, Authored, FolderIndex, IndexTotals, IngestRules, Problem } from '#db'
import type { Exchange } from '#exchange'
import type { FolderDisk, RootIdentity } from '#folder'
import { mayRead, takesChanges, type DeviceId, type FolderId, type Role } from '#model'
import type { Transfer } from './file-builder.ts'
import { FolderWork } from './folder-work.ts'
import { IndexExchange, type FolderPeer } from './index-exchange.ts'
import type { IndexMessage } from './messages.ts'
import { resolveConflict } from './resolve-conflict.ts'
import { standing, type Standing } from './standing.ts'

/** A full look at the disk, in case the watcher missed something. */
const RESCAN_MS = 4 * 3_600_000
/** How often paths that were put off are tried, and a blocked root is looked at. */
const RETRY_MS = 5_000
/** How long the archive keeps what sync replaced or deleted. */
const ARCHIVE_MS = 30 * 24 * 3_600_000
const DAY_MS = 24 * 3_600_000
/** Totals are read at most this often while much changes. */
const REFRESH_MS = 100

export interface FolderSyncParts {
  id: FolderId
  index: FolderIndex
  /** null = online-only: the index alone. */
  disk: FolderDisk | null
  identity: RootIdentity | null
  idKey: Uint8Array
  exchange: Exchange
  clock: Clock
  logger: Logger
  role(device?: DeviceId): Role
  writers(): IngestRules['writers']
  activity(items: Omit<Activity, 'folder'>[]): void
  misbehaved(device: DeviceId, message: string): void
  /** State, totals or peers changed. */
  changed(): void
  /** The folder has been compared with another device's index. */
  compared(): void
}

export interface FolderSettings {
  /** False for a joined folder that never saw another device's index: it authors nothing before. */
  compared: boolean
  paused: boolean
}

/** One folder on this device: scans, exchanges records, pulls, and says how it stands. */
export class FolderSync implements Service {
  readonly #parts: FolderSyncParts
  readonly #exchange: IndexExchange
  #work: FolderWork | null = null
  #timers: Timer[] = []
  #compared: boolean
  #paused: boolean
  #stopped = true
  #fault: HoldfastError | null = null
  #totals: IndexTotals | null = null
  #refreshing = false
  readonly #waiters = new Set<() => void>()
  readonly #takers = new Set<DeviceId>()

  constructor(parts: FolderSyncParts, settings: FolderSettings) {
    this.#parts = parts
    this.#compared = settings.compared
    this.#paused = settings.paused
    this.#exchange = new IndexExchange({
      folder: parts.id,
      index: parts.index,
      clock: parts.clock,
      logger: parts.logger,
      rules: () => ({ writers: parts.writers() }),
      mayRead: (device) => mayRead(parts.role(device)),
      need: () => this.#need(),
      ingested: () => {
        this.#refresh()
        this.#work?.pull()
      },
      heard: (peer) => this.#onHeard(peer),
      misbehaved: parts.misbehaved
    })
  }

  async start(): Promise<void> {
    this.#stopped = false
    await this.#exchange.start()
    await this.#refreshNow()
    if (!this.#paused) this.#begin()
    const { clock, logger } = this.#parts
    const failed = (error: unknown): void => logger.warn({ error }, 'upkeep of a folder failed')
    this.#timers.push(every(clock, RETRY_MS, () => this.#retry(), failed))
    this.#timers.push(every(clock, RESCAN_MS, () => this.hint(null), failed))
    this.#timers.push(every(clock, DAY_MS, () => this.#expire(), failed))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers.splice(0)) timer.cancel()
    this.#exchange.stop()
    await this.#end('the folder is being stopped')
  }

  // --- what may have changed ---

  /** The disk may have changed at `paths` and below; null = anywhere. */
  hint(paths: readonly string[] | null): void {
    this.#work?.scans.hint(paths)
  }

  addPeer(device: DeviceId, send: (message: Uint8Array) => Promise<void>): void {
    this.#exchange.addPeer(device, send)
    this.#retryAll()
  }

  dropPeer(device: DeviceId): void {
    this.#exchange.dropPeer(device)
    this.#changed()
  }

  async onMessage(device: DeviceId, message: IndexMessage): Promise<void> {
    if (this.#stopped) return
    switch (message.type) {
      case 'state':
        return this.#exchange.onState(device, message)
      case 'want':
        return this.#exchange.onWant(device, message)
      case 'batches':
        return this.#exchange.onBatches(device, message)
    }
  }

  // --- what the user does ---

  async pause(): Promise<void> {
    this.#paused = true
    await this.#end('the folder is paused')
    this.#changed()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#begin()
    this.#changed()
  }

  /** Looks now. Resolves to the number of changes found; rejects when the folder cannot be scanned. */
  async scan(): Promise<number> {
    if (this.#paused) throw new HoldfastError('blocked', 'the folder is paused', { hint: 'resume it first' })
    if (this.#work === null || !this.#compared) return 0
    try {
      return await this.#work.scans.scan()
    } catch (error) {
      this.#onFault(error)
      throw error
    }
  }

  /** Lets the deletions that wait go ahead. */
  async approve(): Promise<void> {
    this.#work?.scanner.approve()
    await this.scan()
  }

  /** Brings back what the held deletions removed here. */
  async reject(): Promise<void> {
    const { disk, index } = this.#parts
    if (disk === null) return
    const { vanished } = await disk.scan({ snapshot: await index.snapshot(null), scopes: null })
    const rows = await index.rows(vanished)
    await index.commit({ shown: [], gone: vanished, done: [], again: rows.map(({ path }) => path), archived: [] })
    await this.scan()
  }

  /** Gives local edits up for the others' versions (they go to the archive); resolves to how many. */
  async revert(): Promise<number> {
    const count = await this.#parts.index.revertLocal()
    await this.#refreshNow()
    this.#work?.pull()
    return count
  }

  /** See resolveConflict. */
  async resolve(path: string, keep: 'mine' | 'theirs' | 'both'): Promise<void> {
    const { disk, index } = this.#parts
    if (disk === null) throw new HoldfastError('unsupported', 'a folder without a place on this disk has no files to choose from')
    await this.#healthy()
    await resolveConflict({ index, disk }, path, keep)
    await this.scan()
  }

  // --- how it stands ---

  get id(): FolderId {
    return this.#parts.id
  }

  get standing(): Standing {
    const scans = this.#work?.scans
    return standing({
      paused: this.#paused,
      fault: this.#fault,
      held: scans?.held ?? 0,
      scanning: scans !== undefined && scans.busy && !scans.complete,
      compared: this.#compared,
      role: this.#parts.role(),
      totals: this.#totals,
      connected: this.#exchange.peers.length,
      working: this.#work !== null && !this.#work.puller.quiet,
      problems: scans?.problems.length ?? 0
    })
  }

  get totals(): IndexTotals | null {
    return this.#totals
  }

  get transfers(): Transfer[] {
    return this.#work?.puller.transfers ?? []
  }

  get peers(): FolderPeer[] {
    return this.#exchange.peers
  }

  /** Devices that have the folder on a disk, as far as they said so since the start. */
  get takers(): DeviceId[] {
    return [...this.#takers]
  }

  /** How many entries have a problem, those put off included. */
  get problemCount(): number {
    return (this.#work?.scans.problems.length ?? 0) + (this.#totals?.problems ?? 0)
  }

  async problems(): Promise<Problem[]> {
    return [...(this.#work?.scans.problems ?? []), ...(await this.#parts.index.problems())]
  }

  /** True when no scan and no pull is under way and this disk needs nothing. */
  async settled(): Promise<boolean> {
    if (this.#work !== null && (this.#work.scans.busy || !this.#work.puller.quiet)) return false
    return this.#compared && (await this.#need()).needEntries === 0
  }

  /** True when `device` and we have the same records and neither disk needs anything. */
  async inSyncWith(device: DeviceId): Promise<boolean> {
    const peer = this.#exchange.peers.find((item) => item.device === device)
    if (peer === undefined || peer.state === null || !(await this.settled())) return false
    const mine = await this.#parts.index.have()
    const key = ({ author, epoch, seq }: { author: string; epoch: number; seq: number }): string => `${author}/${epoch}/${seq}`
    const theirs = new Set(peer.state.have.map(key))
    return mine.length === theirs.size && mine.every((have) => theirs.has(key(have))) && peer.state.needEntries === 0
  }

  /** Resolves when something changed, or after `ms`. */
  async whenChanged(ms: number, signal: AbortSignal): Promise<void> {
    let notify = (): void => undefined
    const changed = new Promise<void>((resolve) => {
      notify = resolve
      this.#waiters.add(resolve)
    })
    const waited = new AbortController()
    const timeout = sleep(this.#parts.clock, ms, AbortSignal.any([signal, waited.signal])).catch(() => undefined)
    await Promise.race([changed, timeout])
    waited.abort()
    this.#waiters.delete(notify)
    signal.throwIfAborted()
  }

  // --- inside ---

  #begin(): void {
    const { disk } = this.#parts
    if (disk === null || this.#stopped) return
    this.#work = new FolderWork({
      ...this.#parts,
      disk,
      role: () => this.#parts.role(),
      ready: () => this.#compared,
      healthy: () => this.#healthy(),
      authored: (result) => this.#onAuthored(result),
      applied: ({ event, path, device }) => {
        this.#parts.activity([{ time: this.#parts.clock.now(), event, path, device, detail: '' }])
        this.#refresh()
      },
      scanned: async () => {
        this.#fault = null
        await this.#refreshNow()
      },
      quiet: () => void this.#onQuiet().catch((error: unknown) => this.#onFault(error)),
      failed: (error) => this.#onFault(error),
      changed: () => this.#changed()
    })
    this.hint(null)
    this.#work.pull()
  }

  async #end(reason: string): Promise<void> {
    const work = this.#work
    this.#work = null
    await work?.stop(new HoldfastError('offline', reason))
  }

  async #healthy(): Promise<void> {
    const { disk, identity } = this.#parts
    if (disk === null || identity === null) return
    const health = await disk.check(identity)
    if (!health.ok) throw new HoldfastError('blocked', health.reason, { hint: 'bring the folder back, or unblock it', cause: health.reasonCode })
  }

  #onAuthored(result: Authored): void {
    const time = this.#parts.clock.now()
    this.#parts.activity(result.paths.map(({ path, kind }) => ({ time, event: kind, path, device: null, detail: '' })))
    this.#exchange.setHave(result.have)
    this.#refresh()
  }

  #onFault(error: unknown): void {
    const fault =
      error instanceof HoldfastError ? error : new HoldfastError(errnoOf(error) === 'ENOSPC' ? 'full' : 'internal', messageOf(error), { cause: error })
    if (fault.code === 'offline' || this.#stopped) return
    if (this.#fault?.message !== fault.message) {
      this.#parts.logger.warn({ code: fault.code, error: fault }, 'a folder cannot go on')
      this.#parts.activity([{ time: this.#parts.clock.now(), event: 'blocked', path: null, device: null, detail: fault.message }])
    }
    this.#fault = fault
    this.#changed()
  }

  async #retry(): Promise<void> {
    if (this.#work === null) return
    if (this.#fault !== null) {
      const health = await this.#healthy().then(() => true, () => false)
      if (!health) return
      this.#fault = null
      this.hint(null)
    }
    if (this.#totals !== null && this.#totals.needEntries > 0) this.#work?.pull()
    const unread = this.#work?.scans.problems.filter(({ code }) => code === 'unreadable' || code === 'changing') ?? []
    if (unread.length > 0) this.hint(unread.map(({ path }) => path))
  }

  #retryAll(): void {
    void this.#parts.index
      .retry(null)
      .then(() => this.#work?.pull())
      .catch((error: unknown) => this.#onFault(error))
  }

  async #expire(): Promise<void> {
    await this.#parts.disk?.expireArchive(this.#parts.clock.now() - ARCHIVE_MS)
  }

  #onHeard(peer: FolderPeer): void {
    if (peer.state?.materialised === true) this.#takers.add(peer.device)
    if (!this.#compared) void this.#compare(peer).catch((error: unknown) => this.#onFault(error))
    if (this.#totals !== null && this.#totals.needEntries > 0) this.#work?.pull()
    this.#changed()
  }

  /** A joined folder may look at its own disk once it has all the records of one other device. */
  async #compare(peer: FolderPeer): Promise<void> {
    if (peer.state === null) return
    const mine = await this.#parts.index.have()
    const complete = peer.state.have.every(({ author, epoch, seq }) =>
      mine.some((have) => have.author === author && have.epoch === epoch && have.seq >= seq)
    )
    if (!complete || this.#compared) return
    this.#compared = true
    this.#parts.compared()
    this.hint(null)
  }

  async #onQuiet(): Promise<void> {
    await this.#refreshNow()
    this.#exchange.announce()
    if (this.#totals?.needEntries === 0) await this.#parts.disk?.cleanStage([])
  }

  async #need(): Promise<{ needEntries: number; needBytes: number; materialised: boolean }> {
    const materialised = this.#parts.disk !== null
    if (!materialised || !takesChanges(this.#parts.role())) return { needEntries: 0, needBytes: 0, materialised }
    const { needEntries, needBytes } = await this.#parts.index.totals()
    return { needEntries, needBytes, materialised }
  }

  /** Reads the totals again soon; many calls in a row are one reading. */
  #refresh(): void {
    if (this.#refreshing) return
    this.#refreshing = true
    this.#parts.clock.after(
      REFRESH_MS,
      () => {
        this.#refreshing = false
        this.#refreshNow().catch((error: unknown) => this.#onFault(error))
      },
      { idle: true }
    )
  }

  async #refreshNow(): Promise<void> {
    if (this.#stopped) return
    const before = this.#totals
    this.#totals = await this.#parts.index.totals()
    if (!this.#compared) for (const peer of this.#exchange.peers) await this.#compare(peer)
    if (before === null || before.needEntries !== this.#totals.needEntries) this.#exchange.announce()
    this.#changed()
  }

  #changed(): void {
    for (const notify of this.#waiters) notify()
    this.#parts.changed()
  }
}
