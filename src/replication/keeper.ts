import { Queue, type Clock, type Logger, type Service } from '#base'
import type { FolderHistory, KeepItem } from '#db'
import { chunkBytes, packIds, toHex, unpackIds, type ChunkId } from '#model'
import type { ChunkFinder } from './chunk-finder.ts'
import type { Duty } from './duty.ts'
import { forgetGone, type GiveUpParts } from './give-up.ts'
import { learnManifests } from './learn-manifests.ts'
import { patienceFor } from './patience.ts'
import { AGAIN_MS, QuietWork, type Pace } from './quiet-work.ts'
import type { Tally } from './tally.ts'
import { batches, idsOf, slices, type Wanted } from './wanted.ts'

/** Versions looked at in one call, of so many bytes at most but for a single one: the others hear of each call. */
const PAGE = 256
const PAGE_BYTES = 64 * 1024 * 1024
/** Chunks that the store is asked about at once. */
const SLICE = 1_024
/** One that another device has its chance with first, after so long; and where somebody waits. */
const LATER_MS = 5_000
const AWAITED_LATER_MS = 500
/** What is put off after a run has taken longer than this, ms, is tried as soon as if it had not. */
const LONGEST_RUN_MS = 60 * 60_000

export interface KeeperParts extends Pace {
  index: Pick<
    FolderHistory,
    'toKeep' | 'kept' | 'nextToKeep' | 'looked' | 'keepAgain' | 'keepSoon' | 'forgetGone' | 'manifestPieces' | 'putManifestPieces'
  >
  store: {
    lacking(ids: Uint8Array): Promise<Uint8Array>
    seal(chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<void>
  }
  finder: ChunkFinder
  /** What this device has to have of a chunk (32 bytes) of a version. */
  duty(item: KeepItem, chunk: Uint8Array): Duty
  /** Knows whose content is gone for good, which is forgotten then. */
  gone: GiveUpParts['gone']
  /** For each of packed ids: is it in a file that is on the disk now? */
  live(ids: Uint8Array): Promise<boolean[]>
  /** More is kept than before, or all that there is. */
  kept(): void
  tally: Tally
  clock: Clock
  logger: Logger
}

/**
 * Brings into the store what this device has to keep of a folder's versions, behind sync and never in its way: it waits for a
 * quiet moment, and rests in proportion to what it does.
 */
export class Keeper implements Service {
  readonly #parts: KeeperParts
  readonly #work: QuietWork
  /** What is looked at together, and what must not happen meanwhile. */
  readonly #pages = new Queue()
  /** As many as the last page could hold. */
  #limit = PAGE

  constructor(parts: KeeperParts) {
    this.#parts = parts
    const { clock, logger } = parts
    this.#work = new QuietWork({
      pace: parts,
      work: () => this.keep(),
      failed: (error) => logger.warn({ error }, 'content could not be kept in the store'),
      clock,
    })
  }

  start(): Promise<void> {
    this.review()
    return Promise.resolve()
  }

  stop(): Promise<void> {
    return this.#work.stop()
  }

  /** There may be something new to keep; cheap to call after every change. */
  review(): void {
    this.#work.review()
  }

  /**
   * Looks at what there is to keep now, once. How long until what could not be kept yet is to be looked at again, ms; null where there
   * is no such thing. Rejects when stopped, or the disk fails.
   */
  async keep(): Promise<number | null> {
    const { index, clock, kept } = this.#parts
    // What is put off meanwhile may have its time again before the last has had its turn; and if the clock is set back, at once.
    const due = clock.now()
    const started = clock.monotonic()
    const now = (): number => due + Math.min(clock.monotonic() - started, LONGEST_RUN_MS)
    while (await this.#pages.run(() => this.#page(due, now))) kept()
    const next = await index.nextToKeep()
    return next === null ? null : Math.min(Math.max(0, next - clock.now()), AGAIN_MS)
  }

  /** The same, also of all that could not be kept before, whose time has not come again. */
  async keepAll(): Promise<void> {
    await this.#parts.index.keepSoon()
    await this.keep()
  }

  /** Runs `work`, which changes what this device has to have, while nothing is being looked at by what it was before. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return this.#pages.run(work)
  }

  /**
   * Looks whether all that was kept is there still. What is not counts as not kept from now on, and is to be looked at again at once, like
   * what could not be had before. The chunks, packed ids, that are gone; what is to be looked for anyway, as after a deletion of the
   * file that it lay in, is none of them.
   */
  async recheck(): Promise<Uint8Array> {
    const { index, clock, tally } = this.#parts
    const gone = new Set<ChunkId>()
    const awaited = new Set<ChunkId>()
    for (let after = 0; ;) {
      const started = clock.monotonic()
      const last = await this.#pages.run(async () => {
        const [items, later] = [await index.looked(after, PAGE), new Set<number>()]
        tally.versions += items.length
        const missing = await this.#missing(items, later)
        for (const { item, id } of missing) (items[item]!.isKept ? gone : awaited).add(toHex(id) as ChunkId)
        const again = new Set(missing.map(({ item }) => items[item]!.record))
        // Of what another device has its chance with nothing is looked for here: it was kept by another reckoning.
        for (const item of later) if (items[item]!.isKept) again.add(items[item]!.record)
        if (again.size > 0) await index.keepAgain([...again])
        return items.at(-1)?.record
      })
      if (last === undefined) return packIds(gone.difference(awaited))
      after = last
      await this.#work.rest(clock.monotonic() - started)
    }
  }

  /** Looks whether these are here; what is not is looked for at once, in the next quiet moment. */
  async lookAt(items: readonly KeepItem[]): Promise<void> {
    const look = async (): Promise<number[]> => (await this.#missing(items, new Set())).map(({ item }) => items[item]!.record)
    await this.#pages.run(async () => this.#parts.index.keepAgain([...new Set(await look())]))
    this.review()
  }

  /** What of these versions is to be here, and is not; `later` as in `#slices`. */
  async #missing(items: readonly KeepItem[], later: Set<number>): Promise<Wanted[]> {
    const found: Wanted[] = []
    for (const slice of this.#slices(items, later)) {
      this.#parts.tally.checked += slice.length
      const missing = new Set((await this.#lacking(slice)).map(({ id }) => toHex(id)))
      found.push(...slice.filter(({ id }) => missing.has(toHex(id))))
    }
    return found
  }

  /** Looks at some versions, of those that were put off at those whose time had come at `due`; false where there were none. `now`, ms, is after it. */
  async #page(due: number, now: () => number): Promise<boolean> {
    const { index } = this.#parts
    const found = await index.toKeep(this.#limit, due)
    const items = ofBytes(found, PAGE_BYTES)
    this.#limit = items.length < found.length ? items.length * 2 : PAGE
    if (items.length === 0) return false
    const before = this.#parts.gone.before(items)
    const nowhere = new Set<string>()
    if (await this.#learn(items, nowhere)) return true
    this.#parts.tally.versions += items.length
    const { incomplete, wants, files, lacks } = await this.#keep(items, nowhere)
    const given = await forgetGone(this.#parts, items, before, nowhere)
    const time = now()
    await index.kept(
      items.map((item, at) => {
        const { record, isHead, isForgotten, chunks } = item
        const wait = given.includes(at) ? undefined : incomplete.get(at)
        const isNothing = chunks?.length === 0 && !isForgotten
        const isThere = (wants.has(at) || isNothing) && !incomplete.has(at)
        const isFile = isThere && (files.get(at) ?? []).some((chunk) => !this.#isSaid(item, [chunk]))
        const isSaid = lacks.has(at) && this.#isSaid(item, lacks.get(at)!)
        return { record, isHead, until: wait === undefined ? null : time + wait, isHeld: isThere && !isFile, isFile, isSaid }
      }),
    )
    return true
  }

  /** Gets what is not known of what they consist of; true where that was something: then they are to be read anew. As `#keep`. */
  #learn(items: readonly KeepItem[], nowhere: Set<string>): Promise<boolean> {
    const { index, finder } = this.#parts
    const { signal } = this.#work
    const batch = <T>(work: () => Promise<T>): Promise<T> => this.#work.batch(work)
    return learnManifests({ index, finder, signal, nowhere: (id) => nowhere.add(id), batch }, items)
  }

  /** Has another device said that it is to have a block of one of these chunks, and does? */
  #isSaid(item: KeepItem, chunks: readonly Uint8Array[]): boolean {
    return this.#parts.gone.isSaid?.(item, chunks) !== false
  }

  /** Does this device have all that it has to have of a version? */
  async has(item: KeepItem): Promise<boolean> {
    if (item.chunks === null) return false
    const later = new Set<number>()
    for (const slice of this.#slices([item], later)) if ((await this.#lacking(slice)).length > 0) return false
    return later.size === 0
  }

  /**
   * The numbers of those items that are not complete after it, and how long until they are to be looked at again, ms; and of those of which
   * this device is to have something; the chunks (32 bytes each) that it has in files alone, and that it lacks. Notes in `nowhere`, in hex, the chunks that
   * no device has.
   */
  async #keep(
    items: readonly KeepItem[],
    nowhere: Set<string>,
  ): Promise<Record<'files' | 'lacks', Map<number, Uint8Array[]>> & { incomplete: Map<number, number>; wants: Set<number> }> {
    const wants = new Set<number>()
    const [files, lacks] = [new Map<number, Uint8Array[]>(), new Map<number, Uint8Array[]>()]
    const note = (of: typeof files, { item, id }: Wanted): unknown => of.get(item)?.push(id) ?? of.set(item, [id])
    const incomplete = new Map<number, number>(
      items.flatMap((item, at) => (item.chunks === null ? [[at, this.#patience(item)] as const] : [])),
    )
    const later = new Set<number>()
    for (const slice of this.#slices(items, later)) {
      for (const { item } of slice) wants.add(item)
      const inFiles = new Set<string>()
      for (const batch of batches(await this.#lacking(slice, inFiles))) {
        const missing = await this.#bring(batch, nowhere)
        for (const wanted of slice.filter(({ id }) => missing.has(toHex(id)))) {
          note(lacks, wanted)
          incomplete.set(wanted.item, this.#patience(items[wanted.item]!))
        }
      }
      for (const wanted of slice) if (inFiles.has(toHex(wanted.id))) note(files, wanted)
    }
    const wait = this.#parts.isAwaited() ? AWAITED_LATER_MS : LATER_MS
    for (const item of later) if (!incomplete.has(item)) incomplete.set(item, wait)
    return { incomplete, wants, files, lacks }
  }

  /** How long until one of which something is missing is looked at again, ms. */
  #patience({ version }: KeepItem): number {
    return patienceFor(version, this.#parts.clock.now(), this.#parts.isAwaited())
  }

  /** Those that have to come into the store, each once; notes in `inFiles`, in hex, those that are in a file, which is enough. */
  async #lacking(slice: readonly Wanted[], inFiles?: Set<string>): Promise<Wanted[]> {
    const { store, live } = this.#parts
    const names = new Set(unpackIds(await store.lacking(idsOf(slice))))
    // Where a block is asked for by one version and any copy by another, a block it is to be.
    const strictest = slice.toSorted((a, b) => Number(a.isAny) - Number(b.isAny))
    const lacking = strictest.filter(({ id }) => names.delete(toHex(id) as ChunkId))
    if (!lacking.some(({ isAny }) => isAny)) return lacking
    const isLive = await live(idsOf(lacking))
    lacking.forEach(({ id, isAny }, at) => isAny && isLive[at] === true && inFiles?.add(toHex(id)))
    return lacking.filter(({ isAny }, at) => !isAny || !isLive[at])
  }

  /** Chunks that this device has to keep, some of them twice; notes in `later` the items that another one has its chance with first. */
  #slices(items: readonly KeepItem[], later: Set<number>): Generator<Wanted[]> {
    const chunksIn = ({ chunks }: KeepItem): KeepItem['chunks'] => chunks
    return slices(items, SLICE, chunksIn, (id, at) => {
      const duty = this.#parts.duty(items[at]!, id)
      if (duty === 'later') later.add(at)
      return duty === 'later' || duty === 'none' ? null : { isAny: duty === 'copy' }
    })
  }

  /** Ids, in hex, of the chunks that are nowhere to be had. */
  #bring(batch: readonly Wanted[], nowhere: Set<string>): Promise<Set<string>> {
    const { finder, store, tally } = this.#parts
    return this.#work.batch(async () => {
      const lengths = batch.map(({ length }) => length)
      const found = await finder.find(idsOf(batch), lengths, this.#work.signal, (id) => nowhere.add(id))
      const chunks = batch.flatMap(({ id }, at) => {
        const bytes = found[at] ?? null
        return bytes === null ? [] : [{ id: toHex(id) as ChunkId, bytes }]
      })
      // Before the store takes their buffers.
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0)
      if (chunks.length > 0) await store.seal(chunks)
      tally.copies += chunks.length
      tally.bytes += bytes
      return new Set(batch.flatMap(({ id }, at) => (found[at] == null ? [toHex(id)] : [])))
    })
  }
}

/** The first of these versions, one at least, of so many bytes of chunks together. */
function ofBytes(items: readonly KeepItem[], limit: number): readonly KeepItem[] {
  let bytes = 0
  const end = items.findIndex(({ chunks }, at) => {
    bytes += chunks === null ? 0 : chunkBytes(chunks)
    return at > 0 && bytes > limit
  })
  return end < 0 ? items : items.slice(0, end)
}
