import { blockDigest } from '#content'
import { readSegment, sameBytes, type ChunkId, type FolderId, type Segment } from '#model'
import type { BlockTable } from './block-table.ts'
import { roomFor } from './room-for.ts'
import type { Allowance, Taken } from './sealed-blocks.ts'
import type { SealedSegments } from './sealed-segments.ts'

/** Keeps index segments, in the store's thread. One call at a time, or two could share the same room. */
export class HeldSegments implements SealedSegments {
  readonly #parts: { table: BlockTable; hasRoom(): boolean }

  constructor(parts: { table: BlockTable; hasRoom(): boolean }) {
    this.#parts = parts
  }

  takeSegment(segment: Segment, block: Uint8Array, allowance: Allowance | null): Promise<Taken> {
    const { table, hasRoom } = this.#parts
    const known = this.#whole(segment.folder, segment.chunk)
    if (known !== null && sameBytes(known.head, segment.encoded)) return Promise.resolve('had')
    const more = block.length - table.segments.coveredBytes(segment)
    if (!hasRoom() || more > roomFor(table, allowance)) return Promise.resolve('full')
    table.segments.put({ ...segment, head: segment.encoded, bytes: block })
    return Promise.resolve('stored')
  }

  segments(folder: FolderId, which: 'all' | 'last', after: ChunkId, limit: number): Promise<Uint8Array[]> {
    return Promise.resolve(this.#parts.table.segments.heads(folder, which, after, limit))
  }

  /** The block of a segment; null where there is none, or what was left of it is damaged: it goes, and is brought again. */
  blockOfSegment(folder: FolderId, chunk: ChunkId): Uint8Array | null {
    return this.#whole(folder, chunk)?.bytes ?? null
  }

  #whole(folder: FolderId, chunk: ChunkId): { head: Uint8Array; bytes: Uint8Array } | null {
    const { segments } = this.#parts.table
    const known = segments.get(folder, chunk)
    if (known === undefined) return null
    try {
      if (sameBytes(blockDigest(known.bytes), readSegment(known.head).digest)) return known
    } catch {
      // It is no head any more.
    }
    segments.remove(folder, chunk)
    return null
  }
}
