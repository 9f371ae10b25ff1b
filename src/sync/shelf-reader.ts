import type { Clock, Logger } from '#base'
import { blockDigest } from '#content'
import type { FolderIndex, Have, Ingested, IngestRules } from '#db'
import type { Exchange } from '#exchange'
import {
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
import { byChain, chainKey, covers } from './have.ts'

/** How often a connected device is asked whether it has come by more, ms; and one that did not give all that it named. */
const AGAIN_MS = 60_000
const MISSED_AGAIN_MS = 15_000

export interface ShelfReaderParts {
  folder: FolderId
  exchange: Pick<Exchange, 'holders' | 'connection' | 'blocks' | 'segments' | 'strike'>
  store: Pick<FolderChunks, 'open'> | null
  index: Pick<FolderIndex, 'have'>
  clock: Pick<Clock, 'monotonic'>
  logger: Logger
  /** Whose records count. */
  writers(): IngestRules['writers']
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
    const { exchange } = this.#parts
    const connection = exchange.connection(device)
    if (connection === null) return null
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
    const { exchange, folder, clock, logger, looked } = this.#parts
    let hasAsked = false
    for (const device of exchange.holders(folder)) {
      const connection = exchange.connection(device)
      if (this.#stop.signal.aborted || connection === null) continue
      const now = clock.monotonic()
      const known = this.#shelves.get(device)
      const isNew = known?.connection !== connection
      if (!isNew && now - known.asked < (known.isRead ? AGAIN_MS : MISSED_AGAIN_MS)) continue
      const shelf: Shelf = { connection, asked: now, isRead: false, summaries: [], named: [], ...(!isNew && known) }
      shelf.asked = now
      shelf.named = known?.named ?? []
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
    const { exchange, folder, index } = this.#parts
    const last = await exchange.segments.named(device, folder, 'last', this.#stop.signal)
    const have = await index.have()
    const isCounted = (segment: Segment): boolean => this.#counts(segment, have)
    // Behind one that does not count there may be one that does.
    const counted = last.every(isCounted)
      ? last
      : (await exchange.segments.named(device, folder, 'all', this.#stop.signal)).filter(isCounted)
    const named = farthest(counted.filter(({ epoch }) => epoch !== SUMMARY_EPOCH).map(placeOf))
    if (!covers(named, shelf.named)) this.#parts.misbehaved(device, 'names fewer index segments of a folder than it did before')
    shelf.named = named
    const lacking = named.filter((place) => !covers(have, [place]) && !this.#parts.isOffered(place))
    const refused = lacking.length === 0 ? [] : await this.#fetch(device, lacking)
    const now = await index.have()
    shelf.isRead = covers(
      now,
      named.filter((place) => !refused.includes(chainKey(place))),
    )
    const summaries = counted.filter(({ epoch }) => epoch === SUMMARY_EPOCH)
    shelf.summaries = (await Promise.all(summaries.map((segment) => this.#summary(device, segment)))).filter(
      (summary) => summary !== null,
    )
  }

  /** Of what is not here only that counts which somebody who may write has signed. */
  #counts(segment: Segment, have: readonly Have[]): boolean {
    if (segment.epoch !== SUMMARY_EPOCH && covers(have, [placeOf(segment)])) return true
    const { signer } = segment
    const mayCount = this.#parts.writers().some(({ device }) => device === signer) || this.#parts.isUnsaid(signer)
    return mayCount && verifySegment(segment)
  }

  /** Gets what is lacking; the chains of which what is there cannot be taken in. */
  async #fetch(device: DeviceId, named: readonly Have[]): Promise<string[]> {
    const { exchange, folder } = this.#parts
    this.#isReading = true
    const all = await exchange.segments.named(device, folder, 'all', this.#stop.signal)
    const chains = Map.groupBy(all, chainKey)
    const refused: string[] = []
    for (const place of named)
      if (await this.#fetchChain(device, place, chains.get(chainKey(place)) ?? [])) refused.push(chainKey(place))
    return refused
  }

  /** True: what is there of a chain beyond what is here now cannot be taken in. */
  async #fetchChain(device: DeviceId, place: Have, segments: readonly Segment[]): Promise<boolean> {
    const reached = async (): Promise<number> => byChain(await this.#parts.index.have()).get(chainKey(place)) ?? 0
    let [isRefused, isMissing] = [false, false]
    let have = await reached()
    for (let left = segments; have < place.seq;) {
      // The one that brings farthest; those that begin too late have to wait for one before them.
      const next = left.filter(({ first, last }) => first <= have + 1 && last > have).toSorted((a, b) => b.last - a.last)[0]
      if (next === undefined) break
      const taken = await this.#take(device, next)
      have = await reached()
      isMissing ||= taken === 'missing'
      isRefused ||= taken !== 'missing' && have < next.last
      left = left.filter((segment) => segment !== next)
    }
    return isRefused && !isMissing
  }

  async #take(device: DeviceId, segment: Segment): Promise<'tried' | 'missing'> {
    const { logger, take } = this.#parts
    if (!this.#counts(segment, [])) return 'missing'
    const content = await this.#open(device, segment)
    if (content === null) return 'missing'
    try {
      await take(splitBatches(content), segment)
    } catch (error) {
      this.#stop.signal.throwIfAborted()
      logger.warn({ device, signer: segment.signer, error }, 'an index segment cannot be read')
    }
    return 'tried'
  }

  async #summary(device: DeviceId, segment: Segment): Promise<Have[] | null> {
    try {
      const content = await this.#open(device, segment)
      return content === null ? null : decodeSummary(content)
    } catch (error) {
      this.#parts.logger.warn({ device, signer: segment.signer, error }, 'a summary of an index cannot be read')
      return null
    }
  }

  /** null: it is not there, or cannot be opened. */
  async #open(device: DeviceId, { chunk, digest, signer }: Segment): Promise<Uint8Array | null> {
    const { exchange, folder, store, logger } = this.#parts
    const [block] = await exchange.blocks(device, folder, fromHex(chunk), this.#stop.signal)
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
