import { isDeepStrictEqual } from 'node:util'
import { HoldfastError, Queue, type Clock, type Logger, type Timer } from '#base'
import { deriveFolderKeys } from '#content'
import type { DeviceStore, FolderIndex, Have, StoredFolder } from '#db'
import { findAnywhere, type ChunkSources, type Exchange, type LocalFolder, type ReadCache } from '#exchange'
import { Holds, Past } from '#history'
import { hlcTime, type DeviceId, type FolderId, type Version } from '#model'
import type { Group } from '#peers'
import { dutyOf, hasKept, Keeper, keptUpTo, protectedPercent, unprotected, upToOf, type KeptBy } from '#replication'
import type { FolderChunks } from '#store'
import { fileChunks, type FolderSync, type Kept } from '#sync'
import { holdersOf, layoutAmong, type FolderLayout } from './folder-layout.ts'
import { stillHas } from './still-has.ts'

/** An anchor that is connected is waited for so long from the time a version was written, ms. */
const ANCHOR_FIRST_MS = 10 * 60_000
/** The percentage that is shown is worked out at most this often, ms. */
const COUNT_MS = 1_000
/** And with so much rest between, in parts of the time it takes. */
const REST = 20

export interface FolderKeepingParts {
  exchange: Exchange
  group: Group
  store: DeviceStore
  clock: Clock
  logger: Logger
  /** What is read of folders that have no place on this disk. */
  cache: ReadCache
  changed(folder: FolderId): void
}

/** In place of the devices connected: none that could be asked. */
const NOBODY: ChunkSources['exchange'] = {
  sources: () => 0,
  fetch: () => Promise.reject(new HoldfastError('not-found', 'no device is asked')),
  strike: () => undefined,
}

/** A folder's past on this device: what is kept of it here, what others say they keep, and how it is read. */
export class FolderKeeping {
  readonly past: Past
  readonly holds = new Holds()
  readonly #keeper: Keeper
  readonly #parts: FolderKeepingParts
  readonly #folder: FolderId
  readonly #index: FolderIndex
  readonly #sync: () => FolderSync | null
  /** This device keeps content of it: not where the folder has no place on its disk. */
  readonly #keeps: boolean
  /** false: it keeps no history. */
  readonly isKept: boolean
  readonly #queue = new Queue()
  #layout: FolderLayout | undefined
  /** What the others have said of this layout since the start. */
  readonly #others = new Map<DeviceId, KeptBy>()
  /** Up to which records this device has all, when it was last looked at. */
  #own: readonly Have[] = []
  #percent: number | null = null
  #counting: Timer | null = null
  /** How long it took to look at what is kept, ms. */
  #took = 0

  constructor(
    parts: FolderKeepingParts,
    { id: folder, name }: StoredFolder,
    secret: Uint8Array,
    here: LocalFolder & { index: FolderIndex; store: FolderChunks },
    sync: () => FolderSync | null,
  ) {
    const { exchange, group, clock, logger } = parts
    const { index, store } = here
    const sources = { folder, idKey: deriveFolderKeys(secret).idKey, here, exchange }
    this.#parts = parts
    this.#folder = folder
    this.#index = index
    this.#sync = sync
    this.#keeps = here.disk !== null
    this.isKept = group.state.folders.find(({ id }) => id === folder)?.history !== 'off'
    this.#keeper = new Keeper({
      index,
      store,
      finder: { find: (ids, lengths, signal) => this.#find(sources, ids, lengths, signal) },
      duty: ({ version }, chunk) =>
        dutyOf(chunk, {
          device: group.device,
          holders: this.#layout?.holders ?? [[]],
          isAuthor: version.author === group.device,
          isKeptBy: (anchor) => hasKept(this.#others.get(anchor), version),
          isExpectedOf: (anchor) => this.#isExpectedOf(anchor, version),
        }),
      live: (ids) => this.#live(ids),
      kept: () => this.#countSoon(),
      isBusy: () => this.#isBusy,
      clock,
      logger: logger.child({ folder }),
    })
    this.past = new Past({
      ...sources,
      ...(!this.#keeps && { cache: parts.cache.of(folder) }),
      name,
      index,
      keep: (chunks) => store.seal(chunks),
      fetchChunks: (version, signal) => fileChunks({ ...sources, index }, version, signal),
      isKept: async (past, chunks) => this.#keeps && (await this.#keeper.has({ ...past, record: 0, chunks })),
      look: async () => void (await this.#look()),
      isProtected: (place) => this.isKept && this.#devices().every((device) => hasKept(this.#keptOf(device), place)),
    })
  }

  /** Of all versions the part, in percent, that all holders have as they should; null where the folder keeps no history. */
  get percent(): number | null {
    return this.isKept ? this.#percent : null
  }

  /** Something about the folder, or who takes part, has changed. Cheap. */
  review(): void {
    if (!this.isKept) return
    this.#hear()
    this.#countSoon()
    if (this.#layout?.devices === this.#devices().join()) return this.#keep()
    this.#queue
      .run(() => this.#follow())
      .catch((error: unknown) => this.#parts.logger.warn({ error }, 'holders could not be noted'))
  }

  /** What this device says to others of what it keeps: as it was when it was last looked at, and so never too much. */
  get kept(): Kept | undefined {
    return this.#keeps ? this.#layout && { layout: this.#layout.name, upTo: this.#own } : undefined
  }

  /** Which holders lack how many versions, as far as they have said; none where all is protected. */
  async lacking(): Promise<{ device: DeviceId; records: number }[]> {
    return unprotected(await this.#count(), this.#devices(), (device) => this.#keptOf(device))
  }

  /** Brings `percent` up to date where something has changed since it was worked out, unless that takes long. */
  async refresh(): Promise<void> {
    if (this.#counting === null || this.#took > COUNT_MS / REST) return
    this.#counting.cancel()
    this.#counting = null
    await this.#count()
  }

  /** Is all that there is elsewhere, too, as far as the other devices have said, and no one of them has left since? */
  async isHeldElsewhere(): Promise<boolean> {
    const { state, device } = this.#parts.group
    const others = this.#devices().filter((each) => each !== device)
    const have = others.every((each) => stillHas(state, this.#folder, each)) && (await this.lacking()).length === 0
    return this.isKept && others.length > 0 && have
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
    if (this.#layout === undefined) return null
    const gone = await this.#keeper.recheck()
    if (gone.length > 0) await this.#count()
    return gone
  }

  /** Brings at once what is lacking and can be had; true: all that is to be kept here is here. */
  async bring(): Promise<boolean> {
    return !this.isKept || (await this.#keeper.keep()) === null
  }

  async stop(): Promise<void> {
    this.#counting?.cancel()
    await this.#keeper.stop()
    await this.#queue.run(() => Promise.resolve())
  }

  /** For each of packed ids: is it in a file that is on the disk, by the last look? */
  async #live(ids: Uint8Array): Promise<boolean[]> {
    return (await this.#index.locate(ids)).map((places) => places.some(({ stat }) => stat !== null))
  }

  /** Chunks, wherever they are; but of those in a file here that is being written to nothing is fetched: the next look tells what it is. */
  async #find(
    sources: ChunkSources,
    ids: Uint8Array,
    lengths: readonly number[],
    signal: AbortSignal,
  ): Promise<(Uint8Array | null)[]> {
    const live = await this.#live(ids)
    const found: (Uint8Array | null)[] = lengths.map(() => null)
    for (const isLive of [true, false]) {
      const which = lengths.flatMap((_, at) => (live[at] === isLive ? [at] : []))
      const packed = Buffer.concat(which.map((at) => ids.subarray(at * 32, at * 32 + 32)))
      const from = isLive ? { ...sources, exchange: NOBODY } : sources
      const part =
        which.length === 0
          ? []
          : await findAnywhere(
              from,
              packed,
              which.map((at) => lengths[at]!),
              signal,
            )
      which.forEach((at, n) => (found[at] = part[n] ?? null))
    }
    return found
  }

  /** Sync goes first, also what others still bring to their disks. */
  get #isBusy(): boolean {
    const sync = this.#sync()
    if (sync === null || sync.standing.state !== 'idle') return true
    return sync.exchange.peers.some(({ state }) => (state?.needEntries ?? 0) > 0)
  }

  #isExpectedOf(anchor: DeviceId, { hlc }: Version): boolean {
    if (this.#sync()?.exchange.peers.some(({ device, state }) => device === anchor && state?.kept !== undefined) !== true)
      return false
    return this.#parts.clock.now() - hlcTime(hlc) < ANCHOR_FIRST_MS
  }

  #keptOf(device: DeviceId): KeptBy | undefined {
    return device === this.#parts.group.device ? keptUpTo(this.#own) : this.#others.get(device)
  }

  /** Takes what the others say, if it is of the same layout. */
  #hear(): void {
    for (const { device, state } of this.#sync()?.exchange.peers ?? []) {
      if (state?.kept?.layout === this.#layout?.name && state?.kept !== undefined)
        this.#others.set(device, keptUpTo(state.kept.upTo))
    }
  }

  /** Goes by the layout as it is now: where it was another one, also while this device was not running, all is looked at anew. */
  async #follow(): Promise<void> {
    const { group, store } = this.#parts
    const devices = this.#devices()
    const joined = devices.join()
    if (this.#layout?.devices === joined) return
    const key = `holders.${this.#folder}`
    // What is looked at by the layout before must not count for this one.
    await this.#keeper.between(async () => {
      if ((await store.setting(key)) !== joined) {
        await this.#index.keepAnew()
        await store.putSetting(key, joined)
      }
      this.#others.clear()
      this.#own = []
      this.#layout = layoutAmong(devices, group.state.ringSize)
    })
    this.#hear()
    this.#keep()
    this.#countSoon()
  }

  #keep(): void {
    if (this.#keeps) this.#keeper.review()
  }

  #countSoon(): void {
    this.#counting ??= this.#parts.clock.after(Math.max(COUNT_MS, this.#took * REST), () => {
      this.#counting = null
      this.#count().catch((error: unknown) => this.#parts.logger.debug({ error }, 'what is protected could not be counted'))
    })
  }

  /** Works `percent` out, and gives what `#look` does. */
  async #count(): Promise<Have[]> {
    const have = await this.#look()
    const percent = this.#layout === undefined ? null : protectedPercent(have, this.#devices(), (device) => this.#keptOf(device))
    const isNew = percent !== this.#percent
    this.#percent = percent
    if (isNew) this.#parts.changed(this.#folder)
    return have
  }

  /** What records there are, and what this device has kept of them: the records first, as more may come meanwhile. */
  async #look(): Promise<Have[]> {
    const { clock } = this.#parts
    const layout = this.#layout
    const started = clock.monotonic()
    const have = await this.#index.have()
    const own = upToOf(have, await this.#index.unkept())
    this.#took = clock.monotonic() - started
    // It may be another one by now, for which all is looked at anew.
    if (layout !== this.#layout || isDeepStrictEqual(own, this.#own)) return have
    this.#own = own
    this.#sync()?.exchange.announce()
    return have
  }

  #devices(): DeviceId[] {
    return holdersOf(this.#parts.group.state, this.#folder)
  }
}
