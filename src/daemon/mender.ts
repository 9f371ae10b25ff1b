import { HoldfastError, orAborted, Queue, type Clock, type Logger, type Timer } from '#base'
import type { DeviceStore } from '#db'
import { idCount, packIds, unpackIds, type ChunkId, type FolderId } from '#model'
import {
  adoptOrphans,
  type DamagedChunks,
  type FolderSealing,
  type SegmentPlace,
  type StoreTotals,
  type ThreadedStore,
} from '#store'
import type { OpenFolder } from './folder-opener.ts'
import { areInFiles } from './in-files.ts'
import { LostSegments } from './lost-segments.ts'

/** Begins so long after damage was found, */
const SOON_MS = 1_000
/** and so long after a device has connected, which by then has said what it has. */
const CONNECTED_MS = 3_000
/** What could not be looked at, or got again, is tried again after so long. */
const WAITING_MS = 60_000
const UNHEALED_MS = 10 * 60_000
/** The setting with the database that all that is kept was last compared with. */
const DATABASE = 'store.database'

export interface MenderParts {
  blocks: Pick<ThreadedStore, 'totals' | 'damaged' | 'absolve' | 'dropDamaged' | 'lacking' | 'orphans' | 'adopt' | 'segments'>
  registry: { readonly folders: readonly Pick<OpenFolder, 'stored' | 'keeping' | 'index'>[]; lacks(folder: FolderId): boolean }
  sealings(): readonly FolderSealing[]
  /** Is what is here of a folder that this device takes no part in for others? They alone can bring it again. */
  isForOthers(folder: FolderId): boolean
  /** All folders of the group. */
  folders(): readonly FolderId[]
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  clock: Clock
  logger: Logger
  changed(folder: FolderId): void
  /** Something that is here for others is damaged or gone: they are to bring it again. */
  lost(folder: FolderId): void
}

/**
 * Chunks that were damaged or gone: `healed`: here again; `unneeded`: they need no block here, and what was left of it went; `inFiles`: those of
 * them that are in files here; `waiting`: neither yet.
 */
export interface Healing {
  damaged: number
  healed: number
  unneeded: number
  inFiles: number
  waiting: number
}

/**
 * Sees to it that what the store has lost is not counted as kept, and comes again: from a file on the disk, or another device. What is
 * nowhere to be had is tried again at each start, whenever a device connects, and from time to time.
 */
export class Mender {
  readonly #parts: MenderParts
  readonly #queue = new Queue()
  /** Folders of which all that is kept is to be looked at. */
  readonly #waiting = new Set<FolderId>()
  #isWaitingForAll = false
  /** Chunks that were found damaged or gone: since `collect`, else in this run. */
  readonly #found = new Map<FolderId, Set<ChunkId>>()
  /** How many want that. */
  #collecting = 0
  /** Damaged blocks, as far as they were counted, by folder. */
  #unhealed: ReadonlyMap<FolderId, number> = new Map()
  readonly #segments: LostSegments
  /** As they were counted last. */
  #lostSegments: Awaited<ReturnType<LostSegments['look']>> = new Map()
  #totals: StoreTotals | null = null
  /** The database that all that is kept was last compared with; null until it is known. */
  #compared: string | null = null
  /** The one that this was begun with last. */
  #seen: string | null = null
  #isStarted = false
  /** More was found to be damaged than others were told of. */
  #isUntold = true
  #timer: Timer | null = null
  readonly #stop = new AbortController()

  constructor(parts: MenderParts) {
    this.#parts = parts
    this.#segments = new LostSegments(parts.blocks)
  }

  /** To be called when the folders have been opened. */
  start(): void {
    this.#isStarted = true
    this.#soon(SOON_MS)
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#stop.abort(new HoldfastError('offline', 'Holdfast is being stopped', { reason: 'stopping' }))
    await this.#queue.run(() => Promise.resolve())
  }

  /** The store was counted. */
  counted(totals: StoreTotals): void {
    const before = this.#totals
    this.#totals = totals
    if (before === null) return
    if (!this.#isStarted) return
    if (totals.damaged > before.damaged) this.#isUntold = true
    if (before.database !== totals.database || totals.damaged > before.damaged) this.#soon(SOON_MS)
    else if (totals.damaged < before.damaged || (this.#lostSegments.size > 0 && totals.segmentBytes !== before.segmentBytes))
      this.#do(() => this.#count())
  }

  /** A device that may have what is damaged here. */
  connected(): void {
    if (this.#unhealed.size > 0) this.#soon(CONNECTED_MS)
  }

  /** Damaged blocks that were not had anew yet, by folder. */
  get unhealed(): ReadonlyMap<FolderId, number> {
    return this.#unhealed
  }

  /** Those of one folder. */
  damagedIn(folder: FolderId): number {
    return this.#unhealed.get(folder) ?? 0
  }

  /** Index segments were found damaged, and are not here any more. */
  lostSegments(places: readonly SegmentPlace[]): void {
    this.#segments.add(places)
    if (places.length > 0) this.#isUntold = true
  }

  /** From now on, until `collected`, `heal` counts whatever is found. */
  collect(): void {
    if (this.#collecting++ === 0) this.#found.clear()
  }

  collected(): void {
    if (--this.#collecting === 0) this.#found.clear()
  }

  /**
   * Looks at all that is kept (`all`), or only where something is known to be damaged, and gets again what is: once. When `signal` aborts
   * it is no longer waited for, and goes on.
   */
  heal(found: readonly DamagedChunks[], all: boolean, signal: AbortSignal): Promise<Healing> {
    const healing = this.#queue.run(async () => {
      this.#note(found)
      if (found.length > 0) this.#isUntold = true
      if (all) this.#isWaitingForAll = true
      return this.#run()
    })
    return orAborted(healing, AbortSignal.any([signal, this.#stop.signal]))
  }

  #soon(ms: number): void {
    if (this.#stop.signal.aborted) return
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.after(
      ms,
      () => {
        this.#timer = null
        this.#do(async () => void (await this.#run()))
      },
      { idle: true },
    )
  }

  #do(work: () => Promise<void>): void {
    this.#queue.run(work).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return
      this.#parts.logger.warn({ error }, 'what is damaged in the store could not be looked after')
      this.#soon(WAITING_MS)
    })
  }

  async #run(): Promise<Healing> {
    const { blocks, registry, store, logger } = this.#parts
    const { signal } = this.#stop
    signal.throwIfAborted()
    const { database } = (this.#totals ??= await blocks.totals())
    const compared = (this.#compared ??= (await store.setting(DATABASE)) ?? database)
    const isOther = compared !== database && this.#seen !== database
    const isForAll = this.#isWaitingForAll || isOther
    this.#isWaitingForAll = false
    if (isForAll) for (const { stored } of registry.folders) this.#waiting.add(stored.id)
    if ((await blocks.damaged()).length > 0) await blocks.absolve(this.#parts.sealings())
    const damaged = await blocks.damaged()
    this.#note(damaged)
    const ids = [...new Set([...this.#waiting, ...this.#found.keys()])]
    // First none of it may be said to be kept; only then it is brought, which may take long.
    for (const id of ids) await this.#withdraw(id)
    if (isForAll) await adoptOrphans(blocks, this.#parts.sealings, async () => signal.throwIfAborted())
    this.#seen = database
    const done = new Set<FolderId>()
    for (const id of ids) {
      if (!(await this.#bring(id))) continue
      done.add(id)
      const those = damaged.find(({ folder }) => folder === id)
      if (those !== undefined) await blocks.dropDamaged(id, those.ids)
    }
    const healing = { damaged: 0, healed: 0, unneeded: 0, inFiles: 0, waiting: 0 }
    for (const [id, chunks] of this.#found) {
      const lacking = await blocks.lacking(id, packIds(chunks))
      const left = idCount(lacking)
      healing.damaged += chunks.size
      healing.healed += chunks.size - left
      healing[done.has(id) ? 'unneeded' : 'waiting'] += left
      if (done.has(id)) healing.inFiles += await this.#inFiles(id, lacking)
    }
    await this.#count()
    for (const [id, { lost, here }] of this.#lostSegments) {
      healing.damaged += lost
      healing.healed += here
      healing[this.#isHeld(id) ? 'waiting' : 'unneeded'] += lost - here
    }
    if (this.#collecting === 0) this.#found.clear()
    if (this.#waiting.size === 0) {
      await store.putSetting(DATABASE, database)
      this.#compared = database
    }
    if (isOther) logger.warn({ database }, "the store's database is another one than before: what is not in it is got again")
    this.#tell(isOther)
    if (this.#waiting.size > 0) this.#soon(WAITING_MS)
    else if (this.#unhealed.size > 0) this.#soon(UNHEALED_MS)
    return healing
  }

  /** Looks at what a folder has, and says to the others what is not there any more. */
  async #withdraw(id: FolderId): Promise<void> {
    const { registry, logger } = this.#parts
    const folder = registry.folders.find(({ stored }) => stored.id === id)
    const gone = (await this.#untilStopped(folder?.keeping?.recheck())) ?? null
    if (gone === null && !registry.lacks(id)) return void this.#waiting.add(id)
    this.#waiting.delete(id)
    if (gone === null || gone.length === 0) return
    this.#note([{ folder: id, ids: gone }])
    logger.warn({ folder: id, chunks: idCount(gone) }, 'content that was kept is damaged or gone, and is got again')
  }

  /** Is all here that is to be? Of a folder that this device takes no part in that is nothing, but what it holds for others. */
  async #bring(id: FolderId): Promise<boolean> {
    const { registry } = this.#parts
    if (this.#waiting.has(id)) return false
    const folder = registry.folders.find(({ stored }) => stored.id === id)
    return (await this.#untilStopped(folder?.keeping?.bring())) ?? (registry.lacks(id) && !this.#isHeld(id))
  }

  async #inFiles(id: FolderId, ids: Uint8Array): Promise<number> {
    const index = this.#parts.registry.folders.find(({ stored }) => stored.id === id)?.index ?? null
    if (index === null || ids.length === 0) return 0
    return (await areInFiles(index, ids)).filter((isThere) => isThere).length
  }

  /** Others hear once of what they alone can bring: where the database is another one (`isOther`), that may be of any folder. */
  #tell(isOther: boolean): void {
    if (!this.#isUntold && !isOther) return
    this.#isUntold = false
    for (const folder of isOther ? this.#parts.folders() : this.#unhealed.keys())
      if (this.#isHeld(folder)) this.#parts.lost(folder)
  }

  /** Does this device take no part in a folder, and hold what it has of it for others? One that the group does not know may be a damaged name. */
  #isHeld(folder: FolderId): boolean {
    const { registry, folders, isForOthers } = this.#parts
    return registry.lacks(folder) && folders().includes(folder) && isForOthers(folder)
  }

  /** A folder that is stopped ends its own work; that is later than this is. */
  async #untilStopped<T>(work: Promise<T> | undefined): Promise<T | undefined> {
    return work && (await orAborted(work, this.#stop.signal))
  }

  #note(found: readonly DamagedChunks[]): void {
    for (const { folder, ids } of found) {
      const known = this.#found.get(folder) ?? new Set()
      this.#found.set(folder, known)
      for (const id of unpackIds(ids)) known.add(id)
    }
  }

  async #count(): Promise<void> {
    const before = this.#unhealed
    const damaged = await this.#parts.blocks.damaged()
    this.#lostSegments = await this.#segments.look(this.#collecting === 0)
    const unhealed = new Map(damaged.map(({ folder, ids }) => [folder, idCount(ids)]))
    for (const [id, { lost, here }] of this.#lostSegments)
      if (lost > here && this.#isHeld(id)) unhealed.set(id, (unhealed.get(id) ?? 0) + lost - here)
    this.#unhealed = unhealed
    for (const id of new Set([...before.keys(), ...this.#unhealed.keys()]))
      if (before.get(id) !== this.#unhealed.get(id)) this.#parts.changed(id)
  }
}
