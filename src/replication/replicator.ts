import type { FolderHistory, Have, KeepItem } from '#db'
import { chainKey, hlcTime, toHex, unpackIds, type ChunkId, type DeviceId } from '#model'
import { AgreedChunks } from './agreed-chunks.ts'
import type { BlockHolder } from './block-holder.ts'
import { Bringer, type BringerParts, type Obstacle } from './bringer.ts'
import { hasKept, upToOf } from './protection.ts'
import { patienceFor } from './patience.ts'
import { batches, chunksToHold, idsOf, manifestPieces, slices, type Wanted } from './wanted.ts'

/** Versions looked at in one call. */
const PAGE = 256
/** Chunks that the other device is asked about at once. */
const SLICE = 256
/** Its author brings a version there; others only what is older than this, ms, while that one is connected. */
const AUTHOR_FIRST_MS = 60_000
/** One that its author has its chance with is looked at again after so long, ms. */
const LATER_MS = 10_000

export interface ReplicatorParts extends BringerParts {
  index: Pick<FolderHistory, 'recordsAfter'>
  holder: BlockHolder
  /** Is it a holder of that chunk (32 bytes)? */
  isHolderOf(chunk: Uint8Array): boolean
  /** Into so many partitions the layout divides the chunks. */
  partitions: number
  /** Is the author of a version to bring it there, and may be soon? Not this device. */
  isExpectedOf(author: DeviceId): boolean
  /** Chunks, by packed ids, sealed; null for each that is nowhere to be had now. */
  seal(ids: Uint8Array, lengths: readonly number[], signal: AbortSignal): Promise<(Uint8Array | null)[]>
  /** These chunks of some versions are nowhere to be had now. Forgets the versions that are gone for good by that, and tells which. */
  lost?(items: readonly KeepItem[], absent: readonly Wanted[], signal: AbortSignal): Promise<KeepItem[]>
}

/** A version that the device does not have whole yet. */
interface Open extends Have {
  /** When it is to be looked at again, monotonic ms: the clock may be set back. */
  again: number
}

/** Brings sealed blocks of a folder's versions to a device that holds them without reading the folder, and knows how far that has them. */
export class Replicator extends Bringer<ReplicatorParts> {
  /** All up to this record was looked at, but for those in `#open`. */
  #cursor = 0
  /** Of each chain the last record that the walk has come by. */
  readonly #passed = new Map<string, Have>()
  readonly #open = new Map<number, Open>()
  /** It was not asked yet for summaries of what it has. */
  #isUncompared = true
  /** As of the beginning of this walk. */
  #agreed: AgreedChunks | null = null

  constructor(parts: ReplicatorParts) {
    super(parts, 'blocks')
  }

  protected override async walk(isAll: boolean): Promise<number | null> {
    if (this.#isUncompared) this.#agreed = await AgreedChunks.of({ ...this.parts, work: this.work })
    this.#isUncompared = false
    try {
      return await this.#walk(isAll)
    } finally {
      this.#agreed = null
    }
  }

  async #walk(isAll: boolean): Promise<number | null> {
    const { index, clock, tally } = this.parts
    if (!(await this.#lookAgain(isAll))) return null
    for (;;) {
      const items = await index.recordsAfter(this.#cursor, PAGE)
      if (items.length === 0) break
      const done = items.slice(0, await this.#look(items, true))
      this.#cursor = done.at(-1)?.record ?? this.#cursor
      for (const { version } of done) this.#passed.set(chainKey(version), placeOf(version))
      tally.versions += done.length
      if (this.isStuck) {
        if (done.length > 0) this.#tell()
        return null
      }
      this.#tell()
    }
    this.#tell()
    const next = [...this.#open.values()].reduce((soonest, { again }) => Math.min(soonest, again), Infinity)
    return next === Infinity ? null : Math.max(0, next - clock.monotonic())
  }

  protected override begin(): void {
    this.#cursor = 0
    this.#passed.clear()
    this.#open.clear()
    this.#isUncompared = true
  }

  /** Looks at what was left open, if its time has come; false where it cannot go on for now. */
  async #lookAgain(isAll: boolean): Promise<boolean> {
    const { index, clock } = this.parts
    const now = clock.monotonic()
    let due = [...this.#open].flatMap(([record, { again }]) => (isAll || again <= now ? [record] : [])).toSorted((a, b) => a - b)
    while (due.length > 0) {
      const page = await index.recordsAfter(due[0]! - 1, PAGE)
      const last = page.at(-1)?.record ?? Infinity
      const these = new Map(due.filter((record) => record <= last).map((record) => [record, this.#open.get(record)]))
      await this.#look(page.filter(({ record }) => these.has(record)))
      if (this.isStuck) return false
      // Unless it was left once more. Before it was looked at to the end, it counts as open.
      for (const [record, left] of these) if (this.#open.get(record) === left) this.#open.delete(record)
      due = due.filter((record) => record > last)
    }
    return true
  }

  /** Which of these chunks it lacks: it is asked about those that summaries leave open. */
  async #lacking(items: readonly KeepItem[], slice: readonly Wanted[]): Promise<Set<ChunkId>> {
    const asked = slice.filter(({ id, item }) => this.#agreed?.has(id, items[item]!.record) !== true)
    const ask = async (): Promise<Uint8Array> =>
      asked.length === 0 ? idsOf([]) : this.parts.holder.lacking(idsOf(asked), this.work.signal)
    return new Set(unpackIds(await this.work.batch(ask)))
  }

  /**
   * Brings what some versions need. How many of them, from the first on, it came by: not all where it cannot go on for now. `isFirst`: they were not
   * looked at in this walk.
   */
  async #look(items: readonly KeepItem[], isFirst = false): Promise<number> {
    const { tally, mayBring } = this.parts
    const unknown = items.filter(({ chunks }) => chunks === null)
    for (const item of unknown) this.#leave(item, this.#patience(item))
    for (const slice of this.#slices(items)) {
      if (isFirst) tally.checked += slice.length
      const missing = await this.#lacking(items, slice)
      const isMissing = ({ id }: Wanted): boolean => missing.has(toHex(id) as ChunkId)
      const lacking = slice.filter(isMissing)
      // It had said that it has it.
      if (lacking.some(({ item }) => hasKept(this.kept, items[item]!.version))) this.note(null)
      if (isFirst && !(await this.#isTrue(slice.filter((wanted) => !isMissing(wanted))))) return this.#stuckAt(0, 'lies')
      const later = lacking.filter(({ item }) => !mayBring() || this.#isLater(items[item]!))
      for (const { item } of later) this.#leave(items[item]!, mayBring() ? LATER_MS : this.#patience(items[item]!))
      // It comes no more where nobody has it, which those know that bring it, each for itself.
      if (!mayBring() && !isFirst) await this.#giveUp(items, oneOfEach(later))
      const now = lacking.filter((wanted) => !later.includes(wanted))
      for (const batch of batches(now.filter(({ id }) => missing.delete(toHex(id) as ChunkId)))) {
        const { absent, stuck, at } = await this.#bringBatch(batch)
        const isAbsent = ({ id }: Wanted): boolean => absent.has(toHex(id))
        const lost = ofItems(items, now.filter(isAbsent))
        for (const item of lost) this.#leave(item, this.#patience(item))
        await this.#giveUp(items, batch.filter(isAbsent), lost)
        const taken = batch.filter((wanted) => !isAbsent(wanted) && (stuck === null || wanted.item < at))
        if (!(await this.#isTrue(taken))) return this.#stuckAt(0, 'lies')
        if (stuck !== null) return this.#stuckAt(at, stuck)
      }
    }
    // Of those that are not known the first piece of the manifest tells.
    if (!mayBring() && !isFirst) await this.#giveUp(unknown, oneOfEach([...manifestPieces(unknown, SLICE)].flat()))
    return items.length
  }

  #stuckAt(item: number, obstacle: Obstacle): number {
    this.stuck(obstacle)
    return item
  }

  /** These chunks were not to be had: those versions of which one is, of `lost` where it is given, that are gone for good are open no more. */
  async #giveUp(items: readonly KeepItem[], absent: readonly Wanted[], lost = ofItems(items, absent)): Promise<void> {
    if (lost.size === 0) return
    const given = await this.parts.lost?.([...lost], absent, this.work.signal)
    for (const { record } of given ?? []) this.#open.delete(record)
  }

  /** Does it have one of these, as it says that it has all? */
  async #isTrue(claimed: readonly Wanted[]): Promise<boolean> {
    const { holder, random } = this.parts
    const sample = claimed[Math.floor(random.fraction() * claimed.length)]
    return sample === undefined || holder.isThere(sample.id, sample.length, this.work.signal)
  }

  /** Which of them, in hex, are nowhere to be had, and what keeps the device from taking the others, from which item on. */
  #bringBatch(batch: readonly Wanted[]): Promise<{ absent: Set<string>; stuck: Obstacle | null; at: number }> {
    const { seal, holder, tally } = this.parts
    const { signal } = this.work
    return this.work.batch(async () => {
      const lengths = batch.map(({ length }) => length)
      const blocks = await seal(idsOf(batch), lengths, signal)
      const there = batch.flatMap(({ id, length, item }, at) =>
        blocks[at] == null ? [] : [{ id, length, item, block: blocks[at] }],
      )
      // What is sent may take their buffers.
      const sizes = there.map(({ block }) => block.length)
      const held = there.length === 0 ? [] : await holder.hold(there, signal)
      const stored = sizes.filter((_, at) => held[at] === 'stored')
      tally.copies += stored.length
      tally.bytes += stored.reduce((sum, size) => sum + size, 0)
      const stuck = held.find((answer) => answer !== 'stored') ?? null
      const absent = new Set(batch.flatMap(({ id }, at) => (blocks[at] == null ? [toHex(id)] : [])))
      const first = there.findIndex((_, at) => held[at] !== 'stored')
      return { absent, stuck, at: there[first]?.item ?? 0 }
    })
  }

  /** The chunks of these versions that the device is to have. */
  #slices(items: readonly KeepItem[]): Generator<Wanted[]> {
    return slices(items, SLICE, chunksToHold, (id) => (this.parts.isHolderOf(id) ? { isAny: false } : null))
  }

  #isLater({ version }: KeepItem): boolean {
    const { clock, isExpectedOf, isAwaited } = this.parts
    if (isAwaited()) return false
    // By a clock that is years ahead it would have its chance for years.
    return isExpectedOf(version.author) && Math.abs(clock.now() - hlcTime(version.hlc)) < AUTHOR_FIRST_MS
  }

  /** How long until one of which something is nowhere to be had is looked at again, ms. */
  #patience({ version }: KeepItem): number {
    return patienceFor(version, this.parts.clock.now(), this.parts.isAwaited())
  }

  /** It is to be looked at again after so many ms. */
  #leave({ record, version }: KeepItem, ms: number): void {
    this.#open.set(record, { ...placeOf(version), again: this.parts.clock.monotonic() + ms })
  }

  protected override stuck(obstacle: Obstacle): false {
    if (obstacle === 'lies') this.#passed.clear()
    return super.stuck(obstacle)
  }

  /** What the walk has come by, and what was known before it, but for what is open. */
  #tell(): void {
    const passed = new Map([...this.#passed].map(([chain, place]) => [chain, { ...place }]))
    for (const place of this.known) {
      const chain = chainKey(place)
      if ((passed.get(chain)?.seq ?? 0) < place.seq) passed.set(chain, place)
    }
    this.note(upToOf([...passed.values()], this.#behind()))
  }

  /** The last record of each chain before the first that is open. */
  #behind(): Have[] {
    const chains = new Map<string, Have>()
    for (const { author, epoch, seq } of this.#open.values()) {
      const chain = chainKey({ author, epoch })
      const before = chains.get(chain)
      if (before === undefined || before.seq >= seq) chains.set(chain, { author, epoch, seq: seq - 1 })
    }
    return [...chains.values()]
  }
}

/** The versions that these chunks are of. */
function ofItems(items: readonly KeepItem[], chunks: readonly Wanted[]): Set<KeepItem> {
  return new Set(chunks.map(({ item }) => items[item]!))
}

/** The first of these chunks of each version. */
function oneOfEach(chunks: readonly Wanted[]): Wanted[] {
  return [...Map.groupBy(chunks, ({ item }) => item).values()].map(([first]) => first!)
}

function placeOf({ author, epoch, seq }: Have): Have {
  return { author, epoch, seq }
}
