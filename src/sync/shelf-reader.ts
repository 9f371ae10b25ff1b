import type { Clock, Logger } from '#base'
import { blockDigest } from '#content'
import type { FolderIndex, Have, Ingested, IngestRules } from '#db'
import type { Exchange } from '#exchange'
import {
  byChain,
  chainKey,
  decodeSummary,
  fromHex,
  sameBytes,
  splitBatches,
  SUMMARY_EPOCH,
  verifySegment,
  type DeviceId,
  type FolderId,
  type Segment,
} from '#model'
import type { FolderChunks } from '#store'
import { covers } from './have.ts'

/** How often a connected device is asked whether it has come by more, ms: it wakes it; while the folder is not known; and one that did not give all. */
const AGAIN_MS = 300_000
const NEW_AGAIN_MS = 60_000
const MISSED_AGAIN_MS = 15_000
/** What could not be taken in is tried again after so long, ms: others may write then, or the clock be right. */
const VAIN_AGAIN_MS = 600_000

export interface ShelfReaderParts {
  folder: FolderId
  exchange: Pick<Exchange, 'holders' | 'connection' | 'blocks' | 'segments' | 'strike' | 'own'>
  store: Pick<FolderChunks, 'open'> | null
  index: Pick<FolderIndex, 'have'>
  clock: Pick<Clock, 'monotonic'>
  logger: Logger
  /** Whose records count. */
  writers(): IngestRules['writers']
  /** Is this device to find out yet what others know of the folder? */
  isNew(): boolean
  /** Does a connected device give records by itself? Then those that it holds in segments are not asked for. */
  isMember(device: DeviceId): boolean
  /** Does a connected device have these records, and gives them by itself? */
  isOffered(place: Have): boolean
  /** Does a device count that was put out of the group, as far as there are segments? */
  isUnsaid(device: DeviceId): boolean
  /** Takes records of a segment in. */
  take(batches: readonly Uint8Array[], segment: Segment): Promise<Ingested>
  /** Some were asked; `isNews`: they had more than there was here. */
  looked(isNews: boolean): Promise<void>
  misbehaved(device: DeviceId, message: string): void
}

/** What a device that holds a folder's index segments is known to have. */
export interface ShelfWord {
  /** All that it names is here. */
  isRead: boolean
  /** What devices that know the folder had when they had brought all of it there. */
  summaries: readonly (readonly Have[])[]
}

interface Shelf extends ShelfWord {
  connection: number
  asked: number
  /** How far each chain went there when it was asked last. */
  named: Have[]
  /** Segments that could not be taken in, and when that was tried last. */
  vain: Map<string, number>
  /** It was told of that it does not give what it names. */
  isBlamed: boolean
}

/** Reads a folder's records out of the segments that devices hold which may not read them: those of devices that are away. */
export class ShelfReader {
  readonly #parts: ShelfReaderParts
  readonly #shelves = new Map<DeviceId, Shelf>()
  readonly #stop = new AbortController()
  #running: Promise<void> | null = null
  #isReading = false

  constructor(parts: ShelfReaderParts) {
    this.#parts = parts
  }

  /** Records are coming. */
  get isReading(): boolean {
    return this.#isReading
  }

  /** How many devices are connected that may hold what there is of the folder. */
  get connected(): number {
    return this.#parts.exchange.holders(this.#parts.folder).length
  }

  /** What a device is known to have; null for one that is not connected, and one that was not asked yet has nothing read. */
  word(device: DeviceId): ShelfWord | null {
    const { isMember } = this.#parts
    const connection = this.#connection(device)
    if (connection === null) return null
    if (isMember(device)) return { isRead: true, summaries: [] }
    const shelf = this.#shelves.get(device)
    return shelf?.connection === connection ? shelf : { isRead: false, summaries: [] }
  }

  /** Asks those connected whose time has come; cheap where there are none. */
  ask(): void {
    this.#running ??= this.#look()
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#parts.logger.warn({ error }, 'records could not be read out of index segments')
      })
      .finally(() => {
        this.#running = null
        this.#isReading = false
      })
  }

  /** Resolves when nobody is being asked. */
  async ended(): Promise<void> {
    await this.#running
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the folder is being stopped'))
    await this.ended()
  }

  async #look(): Promise<void> {
    const { exchange, folder, clock, logger, looked, isMember, isNew: isFolderNew } = this.#parts
    const again = isFolderNew() ? NEW_AGAIN_MS : AGAIN_MS
    let hasAsked = false
    // What this device holds itself is of no use any more once it knows the folder.
    const own = isFolderNew() && exchange.own !== null ? [exchange.own.device] : []
    for (const device of [...own, ...exchange.holders(folder)]) {
      const connection = this.#connection(device)
      if (this.#stop.signal.aborted || connection === null || isMember(device)) continue
      const now = clock.monotonic()
      const known = this.#shelves.get(device)
      const isNew = known?.connection !== connection
      if (!isNew && now - known.asked < (known.isRead ? again : MISSED_AGAIN_MS)) continue
      const fresh: Shelf = { connection, asked: now, isRead: false, summaries: [], named: [], vain: new Map(), isBlamed: false }
      const shelf = isNew ? { ...fresh, named: known?.named ?? [] } : known
      shelf.asked = now
      this.#shelves.set(device, shelf)
      hasAsked = true
      try {
        await this.#read(device, shelf)
      } catch (error) {
        // It has none, as its version knows of none; or else it is asked again the next time.
        if (!exchange.segments.isAsked(device)) shelf.isRead = true
        else shelf.asked = -Infinity
        logger.debug({ device, error }, 'a device could not be asked for index segments')
      }
    }
    const isNews = this.#isReading
    this.#isReading = false
    if (hasAsked && !this.#stop.signal.aborted) await looked(isNews)
  }

  async #read(device: DeviceId, shelf: Shelf): Promise<void> {
    const { index } = this.#parts
    const last = await this.#named(device, 'last')
    const have = await index.have()
    const isCounted = (segment: Segment): boolean => this.#counts(segment, have)
    // Behind one that does not count there may be one that does.
    const counted = last.every(isCounted) ? last : (await this.#named(device, 'all')).filter(isCounted)
    const named = farthest(counted.filter(({ epoch }) => epoch !== SUMMARY_EPOCH).map(placeOf))
    if (!covers(named, shelf.named)) this.#parts.misbehaved(device, 'names fewer index segments of a folder than it did before')
    shelf.named = named
    const lacking = named.filter((place) => !covers(have, [place]) && !this.#parts.isOffered(place))
    const refused = lacking.length === 0 ? [] : await this.#fetch(device, shelf, lacking)
    const canBeHad = (place: Have): boolean => !refused.includes(chainKey(place))
    shelf.isRead = covers(await index.have(), named.filter(canBeHad))
    if (!this.#parts.isNew()) return
    const summaries = counted.filter(({ epoch }) => epoch === SUMMARY_EPOCH)
    const read = await Promise.all(summaries.map((segment) => this.#summary(device, shelf, segment)))
    shelf.summaries = read.filter((summary) => summary !== null).map((summary) => summary.filter(canBeHad))
  }

  /** This device itself is always there. */
  #connection(device: DeviceId): number | null {
    const { exchange } = this.#parts
    return device === exchange.own?.device ? 0 : exchange.connection(device)
  }

  #named(device: DeviceId, which: 'all' | 'last'): Promise<Segment[]> {
    const { exchange, folder } = this.#parts
    const { own, segments } = exchange
    return device === own?.device ? own.named(folder, which) : segments.named(device, folder, which, this.#stop.signal)
  }

  /** Of what is not here only that counts which somebody who may write has signed. */
  #counts(segment: Segment, have: readonly Have[]): boolean {
    if (segment.epoch !== SUMMARY_EPOCH && covers(have, [placeOf(segment)])) return true
    const { signer } = segment
    const mayCount = this.#parts.writers().some(({ device }) => device === signer) || this.#parts.isUnsaid(signer)
    return mayCount && verifySegment(segment)
  }

  /** Gets what is lacking; the chains of which what is there cannot be taken in. */
  async #fetch(device: DeviceId, shelf: Shelf, named: readonly Have[]): Promise<string[]> {
    this.#isReading = true
    const all = await this.#named(device, 'all')
    const chains = Map.groupBy(all, chainKey)
    const refused: string[] = []
    for (const place of named)
      if (await this.#fetchChain(device, shelf, place, chains.get(chainKey(place)) ?? [])) refused.push(chainKey(place))
    return refused
  }

  /** True: what is there of a chain beyond what is here now cannot be taken in. */
  async #fetchChain(device: DeviceId, shelf: Shelf, place: Have, segments: readonly Segment[]): Promise<boolean> {
    const reached = async (): Promise<number> => byChain(await this.#parts.index.have()).get(chainKey(place)) ?? 0
    let [isRefused, isMissing] = [false, false]
    let have = await reached()
    for (let left = segments; have < place.seq;) {
      // The one that brings farthest; those that begin too late have to wait for one before them.
      const next = left.filter(({ first, last }) => first <= have + 1 && last > have).toSorted((a, b) => b.last - a.last)[0]
      if (next === undefined) break
      const now = this.#parts.clock.monotonic()
      const isVain = now - (shelf.vain.get(next.chunk) ?? -Infinity) < VAIN_AGAIN_MS
      if (!isVain && !(await this.#take(device, shelf, next))) isMissing = true
      else if (isVain || (have = await reached()) < next.last) {
        isRefused = true
        if (!isVain) shelf.vain.set(next.chunk, now)
      }
      left = left.filter((segment) => segment !== next)
    }
    return isRefused && !isMissing
  }

  /** Takes in what is in a segment, whoever signed it: its authors' signatures count. False: it was not to be had. */
  async #take(device: DeviceId, shelf: Shelf, segment: Segment): Promise<boolean> {
    const { logger, take } = this.#parts
    const content = await this.#open(device, shelf, segment)
    if (content === null) return false
    try {
      await take(splitBatches(content), segment)
    } catch (error) {
      this.#stop.signal.throwIfAborted()
      logger.warn({ device, signer: segment.signer, error }, 'an index segment cannot be read')
    }
    return true
  }

  async #summary(device: DeviceId, shelf: Shelf, segment: Segment): Promise<Have[] | null> {
    try {
      const content = await this.#open(device, shelf, segment)
      return content === null ? null : decodeSummary(content)
    } catch (error) {
      this.#parts.logger.warn({ device, signer: segment.signer, error }, 'a summary of an index cannot be read')
      return null
    }
  }

  /** null: it is not there, or cannot be opened. */
  async #open(device: DeviceId, shelf: Shelf, { chunk, digest, signer }: Segment): Promise<Uint8Array | null> {
    const { exchange, folder, store, logger } = this.#parts
    const { own } = exchange
    const asked =
      device === own?.device
        ? own.blocks(folder, fromHex(chunk))
        : exchange.blocks(device, folder, fromHex(chunk), this.#stop.signal)
    const [block] = await asked
    if (block == null && !shelf.isBlamed) {
      shelf.isBlamed = true
      this.#parts.misbehaved(device, 'names index segments of a folder that it does not give')
    }
    if (block == null || store === null) return null
    if (!sameBytes(blockDigest(block), digest)) {
      exchange.strike(device)
      return null
    }
    const [opened] = await store.open([{ id: chunk, bytes: block }])
    if (opened instanceof Uint8Array) return opened
    logger.warn({ device, signer, why: opened }, 'an index segment cannot be opened')
    return null
  }
}

/** Of each chain the last. */
function farthest(places: readonly Have[]): Have[] {
  const byName = Map.groupBy(places, chainKey)
  return [...byName.values()].map((all) => all.reduce((last, place) => (place.seq > last.seq ? place : last)))
}

function placeOf({ author, epoch, last }: Segment): Have {
  return { author, epoch, seq: last }
}
