import { Queue, type Clock, type Logger } from '#base'
import type { FolderHistory, Have, KeepItem } from '#db'
import { CHUNK_ITEM_BYTES, hlcTime, toHex, type ChunkId, type DeviceId } from '#model'
import { chainOf, hasKept, keptUpTo, upToOf, type KeptBy } from './protection.ts'
import { AGAIN_MS, QuietWork } from './quiet-work.ts'
import type { Tally } from './tally.ts'
import { batches, namesIn, packIds, type Wanted } from './wanted.ts'

/** Versions looked at in one call. */
const PAGE = 256
/** Chunks that the other device is asked about at once. */
const SLICE = 256
/** Its author brings a version there; others only what is older than this, ms, while that one is connected. */
const AUTHOR_FIRST_MS = 60_000
/** One that its author has its chance with is looked at again after so long, ms. */
const LATER_MS = 10_000

/** A sealed chunk on its way. */
export interface SealedChunk {
  id: Uint8Array
  /** Bytes of the chunk itself. */
  length: number
  block: Uint8Array
}

/** What a device that takes sealed blocks answers: they are durable there; it has no room; or it does not want them. */
export type Held = 'stored' | 'full' | 'refused'

/** A device that holds sealed blocks of a folder that it may not read. Calls reject with `offline` while it is not connected. */
export interface BlockHolder {
  readonly device: DeviceId
  /** Of packed ids those of which it has no durable block. */
  lacking(ids: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  hold(chunks: readonly SealedChunk[], signal: AbortSignal): Promise<Held[]>
  /** Gets a chunk back from it, and opens that: does it have what it says? */
  isThere(id: Uint8Array, length: number, signal: AbortSignal): Promise<boolean>
}

export interface ReplicatorParts {
  index: Pick<FolderHistory, 'recordsAfter'> & { have(): Promise<Have[]> }
  holder: BlockHolder
  /** Is it a holder of that chunk (32 bytes)? */
  isHolderOf(chunk: Uint8Array): boolean
  /** Is the author of a version to bring it there, and may be soon? Not this device. */
  isExpectedOf(author: DeviceId): boolean
  /** Chunks, by packed ids, sealed; null for each that is nowhere to be had now. */
  seal(ids: Uint8Array, lengths: readonly number[], signal: AbortSignal): Promise<(Uint8Array | null)[]>
  /** What it was known to have when that was noted last. */
  noted: readonly Have[]
  /** More is known of what it has, or less: null where it does not have what it said. */
  note(upTo: readonly Have[] | null): void
  isBusy(): boolean
  /** Does somebody wait for it? Then it leaves nothing to another author. */
  isAwaited?(): boolean
  tally: Tally
  clock: Clock
  logger: Logger
}

/** How a walk through the versions ended: where it could not go on. */
type Obstacle = 'full' | 'refused' | 'lies' | null

/**
 * Brings sealed blocks of a folder's versions to a device that holds them without reading the folder, and knows how far that has
 * them. It asks for all of them anew after each start, and each time that the device comes back: what it had it may have lost.
 */
export class Replicator {
  readonly #parts: ReplicatorParts
  readonly #work: QuietWork
  readonly #walks = new Queue()
  /** All up to this record was looked at, but for those in `#open`. */
  #cursor = 0
  #isAnew = false
  readonly #open = new Map<number, { version: KeepItem['version']; again: number }>()
  #kept: KeptBy
  #obstacle: Obstacle = null

  constructor(parts: ReplicatorParts) {
    this.#parts = parts
    this.#kept = keptUpTo(parts.noted)
    const { isBusy, isAwaited, clock, logger, holder } = parts
    this.#work = new QuietWork({
      isBusy,
      ...(isAwaited && { isAwaited }),
      work: () => this.bring(),
      failed: (error) =>
        logger.debug({ device: holder.device, error }, 'blocks could not be brought to a device that holds them'),
      clock,
    })
  }

  /** What the device has, as far as this one knows. */
  get kept(): KeptBy {
    return this.#kept
  }

  /** Why it does not have all; null where nothing is known to keep it from that. */
  get obstacle(): Obstacle {
    return this.#obstacle
  }

  /** There may be something new to bring. Cheap. */
  review(): void {
    this.#work.review()
  }

  /** It has come back: all is asked for once more. */
  startAnew(): void {
    this.#isAnew = true
    this.review()
  }

  stop(): Promise<void> {
    return this.#work.stop()
  }

  /**
   * Brings all that there is now, `isAll`: also what was not to be had before, and whose time has not come again. How long until there
   * is more to do, ms, or null. Rejects while it is not connected.
   */
  bring(isAll = false): Promise<number | null> {
    return this.#walks.run(() => this.#bring(isAll))
  }

  async #bring(isAll: boolean): Promise<number | null> {
    const { index, clock, tally } = this.#parts
    // What comes later is not in it.
    const have = await index.have()
    this.#obstacle = null
    if (this.#isAnew) {
      this.#isAnew = false
      this.#cursor = 0
      this.#open.clear()
    }
    for (const [record, left] of [...this.#open]) {
      if (!isAll && left.again > clock.now()) continue
      if (!(await this.#look(await index.recordsAfter(record - 1, 1)))) return AGAIN_MS
      // Unless it was left once more. Before it was looked at to the end, it counts as open.
      if (this.#open.get(record) === left) this.#open.delete(record)
    }
    for (;;) {
      const items = await index.recordsAfter(this.#cursor, PAGE)
      const last = items.at(-1)
      if (last === undefined) break
      if (!(await this.#look(items, tally))) return AGAIN_MS
      this.#cursor = last.record
      tally.versions += items.length
    }
    this.#note(upToOf(have, this.#behind()))
    const next = [...this.#open.values()].reduce((soonest, { again }) => Math.min(soonest, again), Infinity)
    return next === Infinity ? null : Math.max(0, next - clock.now())
  }

  /** Brings what some versions need, and counts what it looked for; false where it cannot go on for now. */
  async #look(items: readonly KeepItem[], tally: { checked: number } = { checked: 0 }): Promise<boolean> {
    const { holder, clock } = this.#parts
    const { signal } = this.#work
    for (const slice of this.#slices(items)) {
      tally.checked += slice.length
      const missing = new Set(namesIn(await this.#work.batch(() => holder.lacking(packIds(slice), signal))))
      const isMissing = ({ id }: Wanted): boolean => missing.has(toHex(id) as ChunkId)
      const lacking = slice.filter(isMissing)
      // It had said that it has it.
      if (lacking.some(({ item }) => this.#isKept(items[item]!))) this.#note(null)
      const sample = slice.find((wanted) => !isMissing(wanted))
      if (sample !== undefined && !(await holder.isThere(sample.id, sample.length, signal))) return this.#stuck('lies')
      const later = lacking.filter(({ item }) => this.#isLater(items[item]!))
      for (const { item } of later) this.#leave(items[item]!, clock.now() + LATER_MS)
      const now = lacking.filter((wanted) => !later.includes(wanted))
      for (const batch of batches(now.filter(({ id }) => missing.delete(toHex(id) as ChunkId)))) {
        const { absent, stuck } = await this.#bringBatch(batch)
        for (const { item, id } of now) if (absent.has(toHex(id))) this.#leave(items[item]!, clock.now() + AGAIN_MS)
        if (stuck !== null) return this.#stuck(stuck)
      }
    }
    for (const item of items) if (item.chunks === null) this.#leave(item, clock.now() + AGAIN_MS)
    return true
  }

  /** Which of them, in hex, are nowhere to be had, and what keeps the device from taking the others. */
  #bringBatch(batch: readonly Wanted[]): Promise<{ absent: Set<string>; stuck: Obstacle }> {
    const { seal, holder, tally } = this.#parts
    const { signal } = this.#work
    return this.#work.batch(async () => {
      const lengths = batch.map(({ length }) => length)
      const blocks = await seal(packIds(batch), lengths, signal)
      const there = batch.flatMap(({ id, length }, at) => (blocks[at] == null ? [] : [{ id, length, block: blocks[at] }]))
      // What is sent may take their buffers.
      const sizes = there.map(({ block }) => block.length)
      const held = there.length === 0 ? [] : await holder.hold(there, signal)
      const stored = sizes.filter((_, at) => held[at] === 'stored')
      tally.copies += stored.length
      tally.bytes += stored.reduce((sum, size) => sum + size, 0)
      const stuck = held.find((answer) => answer !== 'stored') ?? null
      const absent = new Set(batch.flatMap(({ id }, at) => (blocks[at] == null ? [toHex(id)] : [])))
      return { absent, stuck }
    })
  }

  /** The chunks of these versions that the device is to have. */
  *#slices(items: readonly KeepItem[]): Generator<Wanted[]> {
    const { isHolderOf } = this.#parts
    let slice: Wanted[] = []
    for (const [at, { chunks }] of items.entries()) {
      if (chunks === null) continue
      const view = new DataView(chunks.buffer, chunks.byteOffset, chunks.byteLength)
      for (let start = 0; start < chunks.length; start += CHUNK_ITEM_BYTES) {
        const id = chunks.subarray(start, start + 32)
        if (!isHolderOf(id)) continue
        slice.push({ item: at, id, length: view.getUint32(start + 32, true), isAny: false })
        if (slice.length < SLICE) continue
        yield slice
        slice = []
      }
    }
    if (slice.length > 0) yield slice
  }

  #isLater({ version }: KeepItem): boolean {
    const { clock, isExpectedOf, isAwaited } = this.#parts
    if (isAwaited?.() === true) return false
    return isExpectedOf(version.author) && clock.now() - hlcTime(version.hlc) < AUTHOR_FIRST_MS
  }

  #isKept({ version }: KeepItem): boolean {
    return hasKept(this.#kept, version)
  }

  #leave({ record, version }: KeepItem, again: number): void {
    this.#open.set(record, { version, again })
  }

  #stuck(obstacle: Exclude<Obstacle, null>): false {
    const { logger, holder } = this.#parts
    logger.warn({ device: holder.device, obstacle }, 'a device that holds blocks does not have all that it is to have')
    this.#obstacle = obstacle
    if (obstacle === 'lies') this.#note(null)
    return false
  }

  /** The last record of each chain before the first that is open. */
  #behind(): Have[] {
    const chains = new Map<string, Have>()
    for (const { version } of this.#open.values()) {
      const { author, epoch, seq } = version
      const chain = chainOf(version)
      const before = chains.get(chain)
      if (before === undefined || before.seq >= seq) chains.set(chain, { author, epoch, seq: seq - 1 })
    }
    return [...chains.values()]
  }

  #note(upTo: readonly Have[] | null): void {
    this.#kept = keptUpTo(upTo ?? [])
    this.#parts.note(upTo)
  }
}
