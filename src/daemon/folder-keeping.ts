import { Queue, type Clock, type Logger, type Random } from '#base'
import { deriveFolderKeys } from '#content'
import type { DeviceStore, FolderIndex, KeepItem, StoredFolder } from '#db'
import type { ChunkSources, Exchange, LocalFolder, ReadCache } from '#exchange'
import { Holds, Past, type FolderRetention } from '#history'
import type { DeviceId, FolderId } from '#model'
import type { Group } from '#peers'
import { Keeper, type ChunkFinder } from '#replication'
import type { FolderChunks } from '#store'
import { fileChunks, type FolderSync, type Kept } from '#sync'
import { findToKeep } from './find-to-keep.ts'
import { FolderCount } from './folder-count.ts'
import { FolderGone } from './folder-gone.ts'
import { FolderHolders, type FolderHoldersParts } from './folder-holders.ts'
import type { LayoutSource } from './folder-layout.ts'
import { FolderLosses } from './folder-losses.ts'
import { FolderLies, type FolderLiesParts } from './folder-lies.ts'
import { FolderReplicas } from './folder-replicas.ts'
import { FolderSamples } from './folder-samples.ts'
import { Haste } from './haste.ts'
import { areInFiles } from './in-files.ts'
import { workOf } from './sync-work.ts'

export interface FolderKeepingParts {
  exchange: Exchange
  group: FolderHoldersParts['group'] & { readonly state: Pick<Group['state'], 'folders'> }
  /** See LayoutSource. */
  pledged(): LayoutSource['pledged']
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  /** What is to be kept of a folder's past. */
  retention(folder: FolderId): FolderRetention
  clock: Clock
  random: Random
  logger: Logger
  /** What is read of folders that have no place on this disk. */
  cache: Pick<ReadCache, 'of'>
  activity: FolderLiesParts['activity']
  changed(folder: FolderId): void
}

/** A folder's past on this device: what is kept of it here, what others say they keep, and how it is read. */
export class FolderKeeping {
  readonly past: Past
  readonly holds = new Holds()
  readonly haste = new Haste()
  readonly #keeper: Keeper
  readonly #gone: FolderGone
  readonly #parts: FolderKeepingParts
  readonly #folder: FolderId
  readonly #index: FolderIndex
  /** This device keeps content of it: not where the folder has no place on its disk. */
  readonly keeps: boolean
  /** false: it keeps no history. */
  readonly isKept: boolean
  readonly #queue = new Queue()
  readonly replicas: FolderReplicas
  readonly holders: FolderHolders
  readonly samples: FolderSamples
  readonly lies: FolderLies
  readonly #count: FolderCount
  readonly losses: FolderLosses
  #isStopped = false

  constructor(
    parts: FolderKeepingParts,
    { id: folder, name }: Pick<StoredFolder, 'id' | 'name'>,
    secret: Uint8Array,
    here: LocalFolder & { index: FolderIndex; store: FolderChunks },
    sync: () => FolderSync | null,
  ) {
    const { exchange, group, clock, logger } = parts
    const { index, store } = here
    const sources = { folder, idKey: deriveFolderKeys(secret).idKey, here, exchange }
    const find: ChunkFinder['find'] = (ids, lengths, signal, nowhere, unanswered) => {
      const absent: ChunkSources['absent'] = (id, absence) => {
        if (this.holders.isNowhere(absence)) nowhere?.(id)
        else if (!absence.isSure) unanswered?.(id)
      }
      return findToKeep({ ...sources, absent }, (packed) => areInFiles(index, packed), ids, lengths, signal)
    }
    const pace = { ...workOf(sync, here.disk !== null), isAwaited: this.haste.isAwaited, tally: this.haste.tally }
    const changed = (): void => {
      this.#keeper.review()
      this.#count.soon()
      this.lies.look()
    }
    this.#parts = parts
    this.#folder = folder
    this.#index = index
    this.keeps = here.disk !== null
    this.isKept = group.state.folders.find(({ id }) => id === folder)?.history !== 'off'
    const held = {
      ...parts,
      ...pace,
      folder,
      index,
      store,
      find,
      sync,
      changed,
      idKey: sources.idKey,
      notes: parts.store,
      holders: () => this.holders,
      logger: logger.child({ folder }),
    }
    this.#gone = new FolderGone({ ...held, logger, retention: () => parts.retention(folder) })
    const isCompared = (): boolean => sync()?.comparison.done === true
    this.replicas = new FolderReplicas({ ...held, isBringing: this.keeps, gone: this.#gone, isCompared })
    this.holders = new FolderHolders({
      ...held,
      replicas: this.replicas,
      isKept: () => this.isKept,
      own: () => this.#count.own,
      logger,
    })
    this.lies = new FolderLies({ ...held, obstacles: () => this.holders.obstacles })
    this.samples = new FolderSamples(held)
    this.#count = new FolderCount({
      index,
      isKeeping: this.keeps,
      holders: () => this.holders,
      sync,
      obstacles: () => this.holders.obstacles,
      isUnsure: () => this.losses.isUnsure,
      changed: () => parts.changed(folder),
      clock,
      logger,
    })
    this.#keeper = new Keeper({
      index,
      store,
      finder: { find },
      duty: (item, chunk) => this.holders.dutyOf(item, chunk),
      gone: this.#gone,
      live: (ids) => areInFiles(index, ids),
      kept: () => this.#count.soon(),
      ...pace,
      clock,
      logger: logger.child({ folder }),
    })
    this.losses = new FolderLosses({
      ...held,
      gone: this.#gone,
      keeper: this.#keeper,
      replicas: this.replicas,
      haste: this.haste,
      isKeeping: this.keeps,
      recheck: async () => {
        await this.#queue.run(() => this.#follow())
        await this.recheck()
      },
      count: async () => void (await this.#count.now()),
      review: () => this.review(),
    })
    this.past = new Past({
      ...sources,
      ...(!this.keeps && { cache: parts.cache.of(folder) }),
      name,
      index,
      keep: (chunks) => store.seal(chunks),
      fetchChunks: (version, signal) => fileChunks({ ...sources, index }, version, signal),
      isKept: async (past, chunks) => this.keeps && (await this.#keeper.has({ ...past, record: 0, chunks })),
      look: async () => void (await this.#count.look()),
      isProtected: (place) => this.isKept && this.holders.isProtected(place),
      isWithinReach: (...of) => this.holders.isWithinReach(...of),
    })
  }

  /** See FolderCount; null where the folder keeps no history, too. */
  get percent(): number | null {
    return this.isKept ? this.#count.percent : null
  }

  get lost(): number {
    return this.#count.lost
  }

  /** Something about the folder, or who takes part, has changed. Cheap. */
  review(): void {
    if (!this.isKept || this.#isStopped) return
    this.holders.hear()
    this.samples.review()
    this.#count.soon()
    if (this.keeps) this.losses.review()
    if (this.holders.isCurrent) return this.#keep()
    this.#queue
      .run(() => this.#follow())
      .catch((error: unknown) => this.#parts.logger.warn({ error }, 'holders could not be noted'))
  }

  /** What this device says to others of what it keeps: as it was when it was last looked at, and so never too much. */
  get kept(): Kept | undefined {
    const { layout } = this.holders
    return this.keeps && layout !== undefined ? { layout: layout.name, upTo: this.#count.own } : undefined
  }

  /**
   * Which holders lack how many versions: this device just so many, each other one at most, as far as it has said; none where all is protected. One that
   * has come back and is still being asked is among them, with none: it may have been put back to an older copy of its home.
   */
  async lacking(): Promise<{ device: DeviceId; records: number }[]> {
    if (!this.holders.isCurrent) await this.#queue.run(() => this.#follow())
    const known = this.holders.lacking(await this.#count.now())
    const own = await this.#index.keeping()
    const counted = known.map((each) => (each.device === this.#parts.group.device && own > 0 ? { ...each, records: own } : each))
    const asked = this.replicas.asking.filter((device) => !known.some((each) => each.device === device))
    return [...counted, ...asked.map((device) => ({ device, records: 0 }))]
  }

  /** See FolderCount. */
  refresh(): Promise<void> {
    return this.#count.refresh()
  }

  /** Is all that there is elsewhere, too, as far as the other devices have said, and no one of them has left since? */
  async isHeldElsewhere(): Promise<boolean> {
    return this.isKept && (await this.lacking()).length === 0 && this.holders.isShared
  }

  /** Is a version protected, and has this device, by a look just now, what it is to have of it? */
  async isStored(item: KeepItem): Promise<boolean> {
    return this.isKept && this.holders.isProtected(item.version) && (await this.#keeper.has(item))
  }

  /** See Keeper. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return this.#keeper.between(work)
  }

  /**
   * Looks whether all that was kept is there still; from then on what is not counts as not kept, also to the others. The chunks, packed
   * ids, that are gone; null where it is not known yet what is to be kept.
   */
  async recheck(): Promise<Uint8Array | null> {
    if (!this.isKept) return new Uint8Array(0)
    if (this.holders.layout === undefined) return null
    const gone = await this.#keeper.recheck()
    await this.#keeper.between(() => this.#gone.rescue())
    if (gone.length > 0) await this.#count.now()
    return gone
  }

  /** Brings at once what is lacking and can be had; true: all that is to be kept here is here. */
  async bring(): Promise<boolean> {
    return !this.isKept || (await this.#keeper.keep()) === null
  }

  /** Brings at once all that is lacking here or on holders that cannot read it, and can be had. `isAnew`: those are asked for everything again. */
  async bringAll(isAnew: boolean): Promise<void> {
    if (!this.isKept || !this.keeps) return
    await this.#queue.run(() => this.#follow())
    this.holders.hear()
    await this.#keeper.keepAll()
    await Promise.all([this.replicas.bringAll(isAnew), this.samples.lookAll()])
    await this.#count.now()
  }

  async stop(): Promise<void> {
    this.#count.stop()
    this.losses.stop()
    this.#isStopped = true
    await Promise.all([this.#keeper.stop(), this.samples.stop()])
    // What follows another layout meanwhile has begun to bring things.
    await this.#queue.run(async () => Promise.all([this.replicas.stop(), this.holders.stop()]))
  }

  /** Goes by the layout as it is now: where it was another one, also while this device was not running, all is looked at anew. */
  async #follow(): Promise<void> {
    const { store } = this.#parts
    if (this.#isStopped || this.holders.isCurrent) return
    const [next, key] = [this.holders.next(), `holders.${this.#folder}`]
    // What is looked at by the layout before must not count for this one.
    await this.#keeper.between(async () => {
      if ((await store.setting(key)) !== next.name) {
        await this.#index.keepAnew()
        await store.putSetting(key, next.name)
      }
      await this.#count.begin()
      await Promise.all([this.holders.follow(next), this.#gone.rescue()])
    })
    this.holders.hear()
    this.samples.review()
    this.#keep()
    this.#count.soon()
  }

  #keep(): void {
    if (this.keeps) this.#keeper.review()
    this.replicas.review()
  }
}
