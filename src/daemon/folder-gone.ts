import { Queue, type Clock, type Logger } from '#base'
import type { Activity, DeviceStore, FolderIndex, KeepItem, LostVersion } from '#db'
import { protectionsOf, type FolderRetention } from '#history'
import {
  CHUNK_ITEM_BYTES,
  chunkIds,
  toHex,
  unpackIds,
  type ChunkId,
  type ChunkList,
  type FolderId,
  type RecordPlace,
  type Version,
  type VersionId,
} from '#model'
import { batches, GoneContent, idsOf, type ChunkFinder, type Duty, type GoneContentParts, type Wanted } from '#replication'
import type { FolderChunks } from '#store'
import { Brought } from './brought.ts'

/** So many versions that were given up and never held are looked for again, the last ones. */
const MOST = 5_000
/** Versions that are lost, looked for at once. */
const PAGE = 256

export interface FolderGoneParts {
  folder: FolderId
  index: Pick<FolderIndex, 'versions' | 'chunksOf' | 'locate' | 'recordsAfter' | 'remember' | 'lost' | 'manifestPieces'>
  store: Pick<FolderChunks, 'lacking'>
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  holders(): {
    areTogether: GoneContentParts['areTogether']
    dutyOf(item: Pick<KeepItem, 'version' | 'isHead'>, chunk: Uint8Array): Duty
    isAnchored(version: RecordPlace, chunk: Uint8Array): boolean
  }
  /** Is sync at work on the folder, here or on a device connected? */
  isBusy(): boolean
  retention(): FolderRetention
  activity(items: Activity[]): void
  clock: Clock
  logger: Logger
}

/** Lost versions that were looked for, by their records. Of the rest nothing is known. */
export interface Sought {
  /** Something is there that was not here: they are to be had again. */
  there: number[]
  /** All devices that could have it are connected, and have answered not to have something of them. */
  nowhere: number[]
  /** A connected device has not answered for something of them. */
  open: number[]
}

/** A version that was given up: its number in the index, and what tells whether that is still the same one. */
type GivenUp = [record: number, path: string, id: VersionId]

/**
 * Knows of a folder's versions which ones are gone for good, and which were given up so. One of which all is here after all, as where the
 * disk of the store was not mounted for a while, is kept again. What was held once is lost, and looked for on other devices as well.
 */
export class FolderGone {
  readonly before: GoneContent['before']
  readonly missed: GoneContent['missed']
  readonly #parts: FolderGoneParts
  readonly #queue = new Queue()
  readonly #brought: Brought

  constructor(parts: FolderGoneParts) {
    const { index, holders, isBusy, retention, clock } = parts
    this.#parts = parts
    this.#brought = new Brought(parts.folder, parts.notes)
    const gone = new GoneContent({
      clock,
      areTogether: (version) => holders().areTogether(version),
      isQuiet: () => !isBusy(),
      isHere: async (chunk) => (await index.locate(chunk)).some((places) => places.length > 0),
      async isFree({ version: { id, path } }) {
        const versions = (await index.versions(path)).map(({ version }) => version)
        const { pins, snapshots } = protectionsOf(retention(), versions)
        return !pins.has(id) && !snapshots.has(id)
      },
    })
    this.before = (items) => gone.before(items)
    this.missed = (...of) => gone.missed(...of)
  }

  /** These are going to be forgotten. */
  noteGone(items: readonly KeepItem[]): Promise<void> {
    return this.#queue.run(async () => this.#note([...(await this.#noted()), ...items.map(givenUp)]))
  }

  /** These were given up, and no device is known to have held them: one line tells of all. */
  gaveUp(versions: readonly Version[]): void {
    const [first, ...others] = versions
    if (first === undefined) return
    const { folder, activity, clock } = this.#parts
    const and = others.length === 0 ? '' : `and ${others.length} more `
    const detail = `${and}replaced or deleted before any device had kept it: no device has the content of ${others.length === 0 ? 'that version' : 'these versions'}`
    activity([{ time: clock.now(), event: 'given-up', folder, path: first.path, device: first.author, detail }])
  }

  /** Looks whether what was given up is here after all. */
  rescue(): Promise<void> {
    return this.#queue.run(async () => {
      const { index, logger } = this.#parts
      const noted = await this.#noted()
      const back: GivenUp[] = []
      for (const each of noted) if (await this.#isHere(each)) back.push(each)
      const found = new Set(back.map(([record]) => record))
      for await (const lost of this.#lost())
        for (const each of lost.map(givenUp)) if (!found.has(each[0]) && (await this.#isHere(each))) back.push(each)
      if (back.length === 0) return
      await index.remember(back.map(([record]) => record))
      for (const [, path, version] of back)
        logger.warn({ path, version }, 'content that was given up is here after all: its version is kept again')
      const records = new Set(back.map(([record]) => record))
      await this.#note(noted.filter(([record]) => !records.has(record)))
    })
  }

  /** Looks for the lost versions, as far as can be told by one chunk of each, part by part; `isAll`: and for those that were never kept. */
  async *sought(find: ChunkFinder['find'], isAll: boolean, signal: AbortSignal): AsyncGenerator<Sought> {
    const { holders } = this.#parts
    for await (const lost of this.#lost(isAll)) {
      const wanted: Wanted[] = []
      for (const { record, version } of lost) {
        const chunks = await this.#parts.index.chunksOf(version.path, version.id)
        const lacking = (await (chunks === null ? this.#unknown(version) : this.#lacking(chunks))) ?? []
        // What others are to have may be there still, and so tells nothing.
        const own = lacking.find((chunk) => holders().dutyOf({ version, isHead: false }, chunk.subarray(0, 32)) !== 'none')
        const chunk = own ?? lacking[0]
        if (chunk !== undefined) wanted.push({ item: record, id: chunk.subarray(0, 32), length: lengthOf(chunk), isAny: true })
      }
      for (const batch of batches(wanted)) {
        const lengths = batch.map(({ length }) => length)
        const absent = new Set<string>()
        const unanswered = new Set<string>()
        const found = await find(
          idsOf(batch),
          lengths,
          signal,
          (id) => absent.add(id),
          (id) => unanswered.add(id),
        )
        const there = batch.flatMap(({ item }, at) => (found[at] == null ? [] : [item]))
        const nowhere = batch.flatMap(({ item, id }, at) => (found[at] == null && absent.has(toHex(id)) ? [item] : []))
        const open = batch.flatMap(({ item, id }, at) => (found[at] == null && unanswered.has(toHex(id)) ? [item] : []))
        yield { there, nowhere, open }
      }
    }
  }

  /** A device was found to have what was brought to it up to there; see Brought. */
  noteBrought(...of: Parameters<Brought['note']>): Promise<void> {
    return this.#brought.note(...of)
  }

  /** Did a device that holds blocks for this one once have one of these chunks (32 bytes each) of a version? */
  async wasHeld(place: RecordPlace, chunks: readonly Uint8Array[]): Promise<boolean> {
    for (const chunk of chunks) if (await this.#brought.had(place, chunk)) return true
    return false
  }

  /** Is this device to have none of these chunks of a version? */
  isOthers(item: KeepItem, chunks: readonly Uint8Array[]): boolean {
    return chunks.every((chunk) => this.#parts.holders().dutyOf(item, chunk) === 'none')
  }

  /** Has the anchor of one of these chunks said that it has a version? */
  isSaid({ version }: KeepItem, chunks: readonly Uint8Array[]): boolean {
    return chunks.some((chunk) => this.#parts.holders().isAnchored(version, chunk))
  }

  async *#lost(isAll = false): AsyncGenerator<LostVersion[]> {
    const { index } = this.#parts
    for (let after = 0; ;) {
      const page = await index.lost(after, PAGE, isAll)
      const last = page.at(-1)
      if (last === undefined) return
      // What was lost and then given up stays so.
      yield page.filter(({ isGivenUp }) => isGivenUp !== true)
      after = last.record
    }
  }

  async #isHere([record, path, id]: GivenUp): Promise<boolean> {
    const { index } = this.#parts
    const [item] = await index.recordsAfter(record - 1, 1)
    const chunks = item?.record === record && item.version.id === id ? await index.chunksOf(path, id) : null
    return (await this.#lacking(chunks))?.length === 0
  }

  /** The pieces of a version's manifest that are not known here, as items of a list. */
  async #unknown({ chunks }: Version): Promise<Uint8Array[]> {
    const known = await this.#parts.index.manifestPieces(chunkIds(chunks))
    return itemsOf(chunks).filter((_, at) => known[at] === null)
  }

  /** Those of some chunks (items of a list) that are not in the store; null where there are none at all. */
  async #lacking(chunks: ChunkList | null): Promise<Uint8Array[] | null> {
    if (chunks === null || chunks.length === 0) return null
    const items = itemsOf(chunks)
    const lacking = new Set(unpackIds(await this.#parts.store.lacking(chunkIds(chunks))))
    return items.filter((item) => lacking.has(toHex(item.subarray(0, 32)) as ChunkId))
  }

  async #noted(): Promise<GivenUp[]> {
    return JSON.parse((await this.#parts.notes.setting(this.#key)) ?? '[]') as GivenUp[]
  }

  async #note(all: readonly GivenUp[]): Promise<void> {
    await this.#parts.notes.putSetting(this.#key, all.length === 0 ? null : JSON.stringify(all.slice(-MOST)))
  }

  get #key(): string {
    return `given-up.${this.#parts.folder}`
  }
}

function givenUp({ record, version: { path, id } }: Pick<KeepItem, 'record' | 'version'>): GivenUp {
  return [record, path, id]
}

function itemsOf(chunks: ChunkList): Uint8Array[] {
  return Array.from({ length: chunks.length / CHUNK_ITEM_BYTES }, (_, at) =>
    chunks.subarray(at * CHUNK_ITEM_BYTES, (at + 1) * CHUNK_ITEM_BYTES),
  )
}

/** Of an item of a chunk list. */
function lengthOf(item: Uint8Array): number {
  return new DataView(item.buffer, item.byteOffset).getUint32(32, true)
}
