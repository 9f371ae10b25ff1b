import { CHUNK_ID_BYTES, CHUNK_ITEM_BYTES, IdSet, recordContent, recordPath, type ChunkList } from '#model'
import { idStarts } from './chunk-places.ts'
import type { Tables } from './tables/index.ts'

/** What one step goes through, at most: other calls wait meanwhile. */
const STEP_RECORDS = 1_000
const STEP_CHUNKS = 64 * 1024

/**
 * Which chunks the versions that are not forgotten consist of: gathered step by step, and after that once more for what has come
 * meanwhile. What is forgotten meanwhile stays in it.
 */
export class RetainedChunks {
  readonly #tables: Pick<Tables, 'records' | 'pieces' | 'forgotten'>
  readonly #ids = new IdSet()
  /** Those of versions that are lost. */
  readonly #lost = new IdSet()
  /** The last record that was gone through. */
  #upTo = 0
  /** Of the one after it so many pieces of its manifest. */
  #pieces = 0
  #unknown: string | null = null
  /** How many chunks this step may still go through. */
  #left = 0

  constructor(tables: Pick<Tables, 'records' | 'pieces' | 'forgotten'>) {
    this.#tables = tables
  }

  /** The path of a version of which it is not known what it consists of: no step leads beyond it. */
  get unknown(): string | null {
    return this.#unknown
  }

  /** All records that there are now are gone through. */
  get isComplete(): boolean {
    return this.#upTo >= this.#tables.records.count
  }

  /** Goes on a bit. */
  step(): void {
    const { records, forgotten } = this.#tables
    this.#unknown = null
    const to = Math.min(this.#upTo + STEP_RECORDS, records.count)
    this.#left = STEP_CHUNKS
    const isAnyLost = forgotten.lost > 0
    for (const [record, body] of forgotten.retained(this.#upTo, to)) {
      if (this.#upTo < record - 1) [this.#upTo, this.#pieces] = [record - 1, 0]
      const ids = isAnyLost && forgotten.isLost(record) ? this.#lost : this.#ids
      if (this.#left <= 0 || !this.#take(body, ids)) return
      ;[this.#upTo, this.#pieces] = [record, 0]
    }
    ;[this.#upTo, this.#pieces] = [to, 0]
  }

  /** One that was forgotten is needed after all. */
  include(record: number): void {
    // What is not gone through yet comes by itself.
    if (record <= this.#upTo) this.#upTo = record - 1
    this.#pieces = 0
  }

  /** Those of packed ids that are of no such version. */
  without(ids: Uint8Array): Uint8Array {
    return those(ids, (at) => !this.#ids.has(ids, at) && !this.#lost.has(ids, at))
  }

  /** Those that only lost versions consist of. */
  onlyLost(ids: Uint8Array): Uint8Array {
    return those(ids, (at) => !this.#ids.has(ids, at) && this.#lost.has(ids, at))
  }

  /** Takes a record's chunks, and those of its manifest, to the ids; false where they are not all known, or too many for this step. */
  #take(body: Uint8Array, ids: IdSet): boolean {
    const { chunks, manifest } = recordContent(body)
    if (this.#pieces === 0) this.#addAll(chunks, ids)
    if (!manifest) return true
    for (let at = this.#pieces * CHUNK_ITEM_BYTES; at < chunks.length; at += CHUNK_ITEM_BYTES) {
      if (this.#left <= 0) return false
      const piece = this.#tables.pieces.get(chunks.subarray(at, at + CHUNK_ID_BYTES))
      if (piece === null) {
        this.#unknown = recordPath(body)
        return false
      }
      this.#addAll(piece, ids)
      this.#pieces++
    }
    return true
  }

  #addAll(list: ChunkList, ids: IdSet): void {
    for (let at = 0; at + CHUNK_ITEM_BYTES <= list.length; at += CHUNK_ITEM_BYTES) ids.add(list, at)
    this.#left -= list.length / CHUNK_ITEM_BYTES
  }
}

/** Of packed ids those of which that is so, by where they begin. */
function those(ids: Uint8Array, isSo: (at: number) => boolean): Uint8Array {
  return Buffer.concat(
    idStarts(ids)
      .filter(isSo)
      .map((at) => ids.subarray(at, at + CHUNK_ID_BYTES)),
  )
}
