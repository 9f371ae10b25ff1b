import type { FolderIndex, Have } from '#db'
import {
  chainKey,
  encodeSummary,
  NO_BATCH,
  splitBatches,
  SUMMARY_EPOCH,
  tickHlc,
  type ChunkId,
  type DeviceId,
  type Segment,
  type SegmentHead,
} from '#model'
import type { Held } from './block-holder.ts'
import { Bringer, type BringerParts } from './bringer.ts'
import { endOf, mergedFrom, pathOf, runFrom } from './segment-path.ts'

/** Bytes of a segment's content at most: a block takes no more. */
const MAX_CONTENT = 2 * 1024 * 1024
/** Whoever is expected to bring the records of a chain has so long for it, ms; less where somebody waits. */
const OTHER_FIRST_MS = 60_000
const AWAITED_FIRST_MS = 2_000
/** After so long it is looked again whether that has happened, ms. */
const LATER_MS = 10_000
const AWAITED_LATER_MS = 500

/** A device that holds index segments of a folder that it may not read. Calls reject with `offline` while it is not connected. */
export interface SegmentHolder {
  readonly device: DeviceId
  /** All that are there, as it says. */
  named(signal: AbortSignal): Promise<Segment[]>
  /** Seals `content`, and brings it there, signed. */
  bring(
    head: Omit<SegmentHead, 'signer' | 'digest' | 'length' | 'folder' | 'chunk'>,
    content: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ held: Held; segment: Segment }>
  /** Gets a segment back from it, and opens that; null where it is not there or none, undefined where it cannot be told. */
  open(segment: Segment, signal: AbortSignal): Promise<Uint8Array | null | undefined>
}

export interface SegmentBringerParts extends BringerParts {
  index: Pick<FolderIndex, 'have' | 'batches'>
  holder: SegmentHolder
  /** This device. */
  device: DeviceId
  /** Names a hash for the folder's readers alone. */
  nameOf(hash: Uint8Array): ChunkId
  /** Has this device had all records of another one that knows the folder? */
  isCompared(): boolean
  /** Is another device, connected and a writer, the one to bring records of that author? */
  isOthers(author: DeviceId): boolean
}

/**
 * Brings a folder's records, in sealed segments, to a device that holds its blocks without reading it: its own, and those of authors that
 * are away; and a summary of what it has. Knows up to which records all segments are there.
 */
export class SegmentBringer extends Bringer<SegmentBringerParts> {
  /** By chain, those that follow each other; null: it is to be asked. */
  #paths: Map<string, Segment[]> | null = null
  /** Of each chain the segment up to which they are known to be of the records that are here. */
  readonly #sure = new Map<string, Segment>()
  /** When a chain was first seen to lack something that another device is to bring, monotonic ms. */
  readonly #left = new Map<string, number>()
  /** The time of this device's last summary there; null: there is none of anybody. */
  #summary: number | null = null
  #isSummaryDue = false

  constructor(parts: SegmentBringerParts) {
    super(parts, 'index segments')
  }

  protected override begin(): void {
    this.#paths = null
  }

  protected override async walk(): Promise<number | null> {
    const { index, isAwaited } = this.parts
    if (this.#paths === null) await this.#list()
    const have = await index.have()
    let isLater = false
    for (const place of have) {
      if ((await this.#reached(place)) >= place.seq) this.#left.delete(chainKey(place))
      else if (this.#isLater(place)) isLater = true
      else await this.#bringChain(place)
      if (this.isStuck) break
    }
    if (!this.isStuck && !isLater) await this.#summarize(have)
    await this.#tell(have)
    if (!isLater || this.isStuck) return null
    // It is the other device that brings it, so only the holder can tell when it has.
    this.#paths = null
    return isAwaited() ? AWAITED_LATER_MS : LATER_MS
  }

  async #list(): Promise<void> {
    const { holder, nameOf, device } = this.parts
    const named = await holder.named(this.work.signal)
    const records = named.filter(({ epoch }) => epoch !== SUMMARY_EPOCH)
    const others = records.filter(({ signer }) => signer !== device)
    const some = others.length > 0 ? others : records
    const sample = some[Math.floor(this.parts.random.fraction() * some.length)]
    const lost = sample !== undefined && !(await this.#isTrue(sample)) ? sample : null
    const summaries = named.filter(({ epoch }) => epoch === SUMMARY_EPOCH)
    this.#summary = summaries.length === 0 ? null : (summaries.find(({ signer }) => signer === device)?.last ?? 0)
    if (summaries.length === 0) this.#isSummaryDue = true
    const chains = Map.groupBy(
      records.filter((segment) => segment !== lost),
      chainKey,
    )
    const start = nameOf(NO_BATCH)
    this.#paths = new Map([...chains].map(([chain, segments]) => [chain, pathOf(segments, start)]))
    this.#sure.clear()
  }

  /** Is a segment there, and is it what it says? */
  async #isTrue(segment: Segment): Promise<boolean> {
    const { holder, nameOf, logger } = this.parts
    const content = await holder.open(segment, this.work.signal)
    if (content === undefined) return true
    try {
      const last = content === null ? undefined : splitBatches(content).at(-1)
      const end = last && endOf(last)
      if (end?.last === segment.last && nameOf(end.end) === segment.end) return true
    } catch {
      // It is none.
    }
    logger.warn({ device: holder.device, signer: segment.signer }, 'an index segment is not there, or not what it says')
    return false
  }

  /** Up to which record of a chain there are segments that are of the records here; those that are not are not counted any more. */
  async #reached({ author, epoch, seq }: Have): Promise<number> {
    const chain = chainKey({ author, epoch })
    const path = this.#paths!.get(chain) ?? []
    for (;;) {
      const at = path.findLastIndex(({ last }) => last <= seq)
      const segment = path[at]
      if (segment === undefined || this.#sure.get(chain) === segment) return path.at(-1)?.last ?? 0
      const [batch] = await this.parts.index.batches(author, epoch, segment.last, 1)
      const end = batch && endOf(batch)
      if (end?.last === segment.last && this.parts.nameOf(end.end) === segment.end) this.#sure.set(chain, segment)
      else path.length = at
    }
  }

  #isLater(place: Have): boolean {
    const { mayBring, isOthers, isAwaited, clock } = this.parts
    if (!mayBring()) return true
    if (!isOthers(place.author)) return false
    const now = clock.monotonic()
    const since = this.#left.get(chainKey(place)) ?? now
    this.#left.set(chainKey(place), since)
    return now - since < (isAwaited() ? AWAITED_FIRST_MS : OTHER_FIRST_MS)
  }

  async #bringChain({ author, epoch, seq }: Have): Promise<void> {
    const { index, holder, nameOf, tally } = this.parts
    const chain = chainKey({ author, epoch })
    const path = this.#paths!.get(chain) ?? []
    this.#paths!.set(chain, path)
    const batches = (from: number, bytes: number): Promise<Uint8Array[]> => index.batches(author, epoch, from, bytes)
    for (let reached = path.at(-1)?.last ?? 0; reached < seq; reached = path.at(-1)!.last) {
      let stays = mergedFrom(path, seq)
      let run = stays === path.length ? null : await runFrom(path[stays]!.first, batches, MAX_CONTENT)
      if (run === null || run.last <= reached) {
        stays = path.length
        run = await runFrom(reached + 1, batches, MAX_CONTENT)
      }
      if (run === null) return
      const { first, last, content } = run
      const head = { author, epoch, first, last, before: nameOf(run.before), end: nameOf(run.end) }
      const { held, segment } = await this.work.batch(() => holder.bring(head, content, this.work.signal))
      if (held !== 'stored') return void this.stuck(held)
      tally.bytes += segment.length
      path.splice(stays, Infinity, segment)
      this.#sure.set(chain, segment)
      this.#isSummaryDue = true
    }
  }

  /** Says there what this device has, all of which is there: whoever reads it knows the folder as this device does. */
  async #summarize(have: readonly Have[]): Promise<void> {
    const { holder, device, nameOf, clock, mayBring, isCompared } = this.parts
    if (!this.#isSummaryDue || have.length === 0 || !mayBring() || !isCompared()) return
    const last = tickHlc(this.#summary ?? 0, clock.now())
    const nothing = nameOf(NO_BATCH)
    const head = { author: device, epoch: SUMMARY_EPOCH, first: 1, last, before: nothing, end: nothing }
    const { held } = await this.work.batch(() => holder.bring(head, encodeSummary(have), this.work.signal))
    if (held !== 'stored') return void this.stuck(held)
    this.#summary = last
    this.#isSummaryDue = false
  }

  /** Without any summary nobody could go by what is there. */
  async #tell(have: readonly Have[]): Promise<void> {
    const upTo: Have[] = []
    for (const place of this.#summary === null ? [] : have)
      upTo.push({ ...place, seq: Math.min(place.seq, await this.#reached(place)) })
    this.note(upTo)
  }
}
