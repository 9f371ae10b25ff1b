import type { Random } from '#base'
import type { FolderHistory } from '#db'
import { ChunkSummaries, IdSet, SUMMARY_SALT_BYTES, type SummaryBasis } from '#model'
import type { BlockHolder } from './block-holder.ts'
import type { QuietWork } from './quiet-work.ts'
import { chunksToHold, slices } from './wanted.ts'

/** Versions looked at in one call. */
const PAGE = 256
/** Chunks summarized in one turn. */
const SLICE = 1_024
/** As many partitions as there are places in a small group; more where it has more. */
const LEAST_BITS = 10

export interface AgreedChunksParts {
  index: Pick<FolderHistory, 'recordsAfter'>
  holder: Pick<BlockHolder, 'summaries'>
  /** Is it a holder of that chunk (32 bytes)? */
  isHolderOf(chunk: Uint8Array): boolean
  /** Into so many partitions the layout divides the chunks. */
  partitions: number
  random: Random
  work: QuietWork
}

/** What a device is to hold of all versions up to a record, and has, as the summaries of both sides agree: it need not be asked about these. */
export class AgreedChunks {
  /** By the beginnings of digests, which nobody can choose. */
  readonly #ids = new IdSet()
  readonly #summaries: ChunkSummaries
  readonly #agreed = new Set<number>()
  #upTo = 0

  private constructor(basis: SummaryBasis) {
    this.#summaries = new ChunkSummaries(basis)
  }

  /** Compares; null where there is nothing to compare, or the device cannot. */
  static async of(parts: AgreedChunksParts): Promise<AgreedChunks | null> {
    const { holder, random, partitions, work } = parts
    const basis = { salt: random.bytes(SUMMARY_SALT_BYTES), bits: Math.max(LEAST_BITS, Math.log2(partitions)) }
    const chunks = new AgreedChunks(basis)
    await chunks.#gather(parts)
    if (chunks.#ids.size === 0) return null
    // After the last record that counts here was read: what is noted there from then on is judged by who knows of it.
    const there = await work.batch(() => holder.summaries(basis, work.signal))
    if (there === null) return null
    for (const summary of there) if (chunks.#summaries.isSame(summary)) chunks.#agreed.add(summary.partition)
    return chunks
  }

  /** Has the device this chunk of a version, by the number of its record? false: it may, or may not. */
  has(id: Uint8Array, record: number): boolean {
    // What a version consists of may have come to be known since.
    return (
      record <= this.#upTo && this.#agreed.has(this.#summaries.partitionOf(id)) && this.#ids.has(this.#summaries.digestOf(id), 0)
    )
  }

  async #gather({ index, isHolderOf, work }: AgreedChunksParts): Promise<void> {
    for (;;) {
      const items = await index.recordsAfter(this.#upTo, PAGE)
      const last = items.at(-1)
      if (last === undefined) return
      for (const slice of slices(items, SLICE, chunksToHold, (id) => (isHolderOf(id) ? { isAny: false } : null)))
        await work.batch(async () => slice.forEach(({ id }) => this.#add(id)))
      this.#upTo = last.record
    }
  }

  /** Once, in however many versions it is. */
  #add(id: Uint8Array): void {
    const digest = this.#summaries.digestOf(id)
    if (this.#ids.has(digest, 0)) return
    this.#ids.add(digest, 0)
    this.#summaries.add(id, digest)
  }
}
