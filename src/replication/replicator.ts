import { isDeepStrictEqual } from 'node:util'
import { Queue, type Clock, type Logger, type Random } from '#base'
import type { FolderHistory, Have, KeepItem } from '#db'
import { CHUNK_ITEM_BYTES, hlcTime, toHex, type ChunkId, type DeviceId } from '#model'
import type { BlockHolder } from './block-holder.ts'
import { chainOf, hasKept, keptUpTo, upToOf, type KeptBy } from './protection.ts'
import { AGAIN_MS, QuietWork } from './quiet-work.ts'
import type { Tally } from './tally.ts'
import { batches, chunksToHold, namesIn, packIds, type Wanted } from './wanted.ts'

/** Versions looked at in one call. */
const PAGE = 256
/** Chunks that the other device is asked about at once. */
const SLICE = 256
/** Its author brings a version there; others only what is older than this, ms, while that one is connected. */
const AUTHOR_FIRST_MS = 60_000
/** One that its author has its chance with is looked at again after so long, ms. */
const LATER_MS = 10_000
/** A device that is connected all the time is asked for everything again after so long: it may have lost something. */
const RENEW_MS = 24 * 60 * 60_000

export interface ReplicatorParts {
  index: Pick<FolderHistory, 'recordsAfter'>
  holder: BlockHolder
  /** Is it a holder of that chunk (32 bytes)? */
  isHolderOf(chunk: Uint8Array): boolean
  /** May this device bring it something, or only ask what it has? */
  mayBring(): boolean
  /** Is the author of a version to bring it there, and may be soon? Not this device. */
  isExpectedOf(author: DeviceId): boolean
  /** Chunks, by packed ids, sealed; null for each that is nowhere to be had now. */
  seal(ids: Uint8Array, lengths: readonly number[], signal: AbortSignal): Promise<(Uint8Array | null)[]>
  /** These chunks of some versions are nowhere to be had now: it may be that they are gone for good. */
  lost?(items: readonly KeepItem[], absent: readonly Wanted[], signal: AbortSignal): Promise<void>
  /** What it was known to have when that was noted last. */
  noted: readonly Have[]
  /** More is known of what it has, or less: null where it does not have what it said. */
  note(upTo: readonly Have[] | null): void
  isBusy(): boolean
  /** Does somebody wait for it? Then it leaves nothing to another author. */
  isAwaited?(): boolean
  tally: Tally
  clock: Clock
  random: Random
  logger: Logger
}

/** A version that the device does not have whole yet. */
interface Open extends Have {
  /** When it is to be looked at again, ms. */
  again: number
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
  /** When the walk began, monotonic ms. */
  #began = -Infinity
  /** Of each chain the last record that the walk has come by. */
  readonly #passed = new Map<string, Have>()
  readonly #open = new Map<number, Open>()
  #known: readonly Have[]
  #kept: KeptBy
  #obstacle: Obstacle = null

  constructor(parts: ReplicatorParts) {
    this.#parts = parts
    this.#known = parts.noted
    this.#kept = keptUpTo(parts.noted)
    const { isBusy, isAwaited, clock, logger, holder } = parts
    this.#work = new QuietWork({
      isBusy,
      ...(isAwaited && { isAwaited }),
      work: async () => (await this.bring()) ?? RENEW_MS,
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
    if (this.#isAnew || clock.monotonic() - this.#began >= RENEW_MS) this.#begin()
    if (!(await this.#lookAgain(isAll))) return AGAIN_MS
    for (;;) {
      const items = await index.recordsAfter(this.#cursor, PAGE)
      const last = items.at(-1)
      if (last === undefined) break
      if (!(await this.#look(items, true))) return AGAIN_MS
      this.#cursor = last.record
      for (const { version } of items) this.#passed.set(chainOf(version), placeOf(version))
      tally.versions += items.length
      this.#tell()
    }
    this.#tell()
    this.#obstacle = null
    const next = [...this.#open.values()].reduce((soonest, { again }) => Math.min(soonest, again), Infinity)
    return next === Infinity ? null : Math.max(0, next - clock.now())
  }

  #begin(): void {
    this.#isAnew = false
    this.#began = this.#parts.clock.monotonic()
    this.#cursor = 0
    this.#passed.clear()
    this.#open.clear()
  }

  /** Looks at what was left open, if its time has come; false where it cannot go on for now. */
  async #lookAgain(isAll: boolean): Promise<boolean> {
    const { index, clock } = this.#parts
    const now = clock.now()
    let due = [...this.#open].flatMap(([record, { again }]) => (isAll || again <= now ? [record] : [])).toSorted((a, b) => a - b)
    while (due.length > 0) {
      const page = await index.recordsAfter(due[0]! - 1, PAGE)
      const last = page.at(-1)?.record ?? Infinity
      const these = new Map(due.filter((record) => record <= last).map((record) => [record, this.#open.get(record)]))
      if (!(await this.#look(page.filter(({ record }) => these.has(record))))) return false
      // Unless it was left once more. Before it was looked at to the end, it counts as open.
      for (const [record, left] of these) if (this.#open.get(record) === left) this.#open.delete(record)
      due = due.filter((record) => record > last)
    }
    return true
  }

  /** Brings what some versions need; false where it cannot go on for now. `isFirst`: they were not looked at in this walk. */
  async #look(items: readonly KeepItem[], isFirst = false): Promise<boolean> {
    const { holder, clock, tally, mayBring } = this.#parts
    const { signal } = this.#work
    for (const slice of this.#slices(items)) {
      if (isFirst) tally.checked += slice.length
      const missing = new Set(namesIn(await this.#work.batch(() => holder.lacking(packIds(slice), signal))))
      const isMissing = ({ id }: Wanted): boolean => missing.has(toHex(id) as ChunkId)
      const lacking = slice.filter(isMissing)
      // It had said that it has it.
      if (lacking.some(({ item }) => hasKept(this.#kept, items[item]!.version))) this.#note(null)
      if (isFirst && !(await this.#isTrue(slice.filter((wanted) => !isMissing(wanted))))) return this.#stuck('lies')
      const later = lacking.filter(({ item }) => !mayBring() || this.#isLater(items[item]!))
      for (const { item } of later) this.#leave(items[item]!, clock.now() + (mayBring() ? LATER_MS : AGAIN_MS))
      const now = lacking.filter((wanted) => !later.includes(wanted))
      for (const batch of batches(now.filter(({ id }) => missing.delete(toHex(id) as ChunkId)))) {
        const { absent, stuck } = await this.#bringBatch(batch)
        const isAbsent = ({ id }: Wanted): boolean => absent.has(toHex(id))
        const lost = new Set(now.filter(isAbsent).map(({ item }) => items[item]!))
        for (const item of lost) this.#leave(item, clock.now() + AGAIN_MS)
        if (lost.size > 0) await this.#parts.lost?.([...lost], batch.filter(isAbsent), signal)
        if (stuck !== null) return this.#stuck(stuck)
        if (!(await this.#isTrue(batch.filter((wanted) => !isAbsent(wanted))))) return this.#stuck('lies')
      }
    }
    for (const item of items) if (item.chunks === null) this.#leave(item, clock.now() + AGAIN_MS)
    return true
  }

  /** Does it have one of these, as it says that it has all? */
  async #isTrue(claimed: readonly Wanted[]): Promise<boolean> {
    const { holder, random } = this.#parts
    const sample = claimed[Math.floor(random.fraction() * claimed.length)]
    return sample === undefined || holder.isThere(sample.id, sample.length, this.#work.signal)
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
    for (const [at, item] of items.entries()) {
      const chunks = chunksToHold(item)
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
    // By a clock that is years ahead it would have its chance for years.
    return isExpectedOf(version.author) && Math.abs(clock.now() - hlcTime(version.hlc)) < AUTHOR_FIRST_MS
  }

  #leave({ record, version }: KeepItem, again: number): void {
    this.#open.set(record, { ...placeOf(version), again })
  }

  #stuck(obstacle: Exclude<Obstacle, null>): false {
    const { logger, holder } = this.#parts
    logger.warn({ device: holder.device, obstacle }, 'a device that holds blocks does not have all that it is to have')
    this.#obstacle = obstacle
    if (obstacle === 'lies') {
      this.#passed.clear()
      this.#isAnew = true
      this.#note(null)
    }
    return false
  }

  /** What the walk has come by, and what was known before it, but for what is open. */
  #tell(): void {
    const passed = new Map([...this.#passed].map(([chain, place]) => [chain, { ...place }]))
    for (const place of this.#known) {
      const chain = chainOf(place)
      if ((passed.get(chain)?.seq ?? 0) < place.seq) passed.set(chain, place)
    }
    const upTo = upToOf([...passed.values()], this.#behind())
    if (!isDeepStrictEqual(upTo, this.#known)) this.#note(upTo)
  }

  /** The last record of each chain before the first that is open. */
  #behind(): Have[] {
    const chains = new Map<string, Have>()
    for (const { author, epoch, seq } of this.#open.values()) {
      const chain = chainOf({ author, epoch })
      const before = chains.get(chain)
      if (before === undefined || before.seq >= seq) chains.set(chain, { author, epoch, seq: seq - 1 })
    }
    return [...chains.values()]
  }

  #note(upTo: readonly Have[] | null): void {
    this.#known = upTo ?? []
    this.#kept = keptUpTo(this.#known)
    this.#parts.note(upTo)
  }
}

function placeOf({ author, epoch, seq }: Have): Have {
  return { author, epoch, seq }
}
