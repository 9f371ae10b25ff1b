import { blockDigest } from '#content'
import { readSegment, sameBytes, type ChunkId, type FolderId, type Segment } from '#model'
import type { BlockTable } from './block-table.ts'
import { isWhole } from './inspect-segments.ts'
import type { Quarantine } from './quarantine.ts'
import { roomFor } from './room-for.ts'
import type { Allowance, Taken } from './sealed-blocks.ts'
import type { SealedSegments, SegmentPlace } from './sealed-segments.ts'
import type { StoreUpkeep } from './upkeep.ts'

interface HeldSegmentsParts {
  table: BlockTable
  hasRoom(): boolean
  quarantine?: Quarantine
}

/** Keeps index segments, in the store's thread. One call at a time, or two could share the same room. */
export class HeldSegments implements SealedSegments, Pick<StoreUpkeep, 'dropSegments'> {
  readonly #parts: HeldSegmentsParts

  constructor(parts: HeldSegmentsParts) {
    this.#parts = parts
  }

  async takeSegment(segment: Segment, block: Uint8Array, allowance: Allowance | null): Promise<Taken> {
    const { table, hasRoom } = this.#parts
    const known = await this.#whole(segment.folder, segment.chunk)
    if (known !== null && sameBytes(known.head, segment.encoded)) return 'had'
    const more = block.length - table.segments.coveredBytes(segment)
    if (!hasRoom() || more > roomFor(table, allowance)) return 'full'
    table.segments.put({ ...segment, head: segment.encoded, bytes: block })
    return 'stored'
  }

  segments(folder: FolderId, which: 'all' | 'last', after: ChunkId, limit: number): Promise<Uint8Array[]> {
    return Promise.resolve(this.#parts.table.segments.heads(folder, which, after, limit))
  }

  /** The block of a segment; null where there is none, or what was left of it is damaged: it goes, and is brought again. */
  async blockOfSegment(folder: FolderId, chunk: ChunkId): Promise<Uint8Array | null> {
    return (await this.#whole(folder, chunk))?.bytes ?? null
  }

  async dropSegments(suspects: readonly SegmentPlace[]): Promise<SegmentPlace[]> {
    const { segments } = this.#parts.table
    const dropped: SegmentPlace[] = []
    for (const place of suspects) {
      const known = segments.get(place.folder, place.chunk)
      // Meanwhile it may have been brought again.
      if (known === undefined || isWhole(place, known)) continue
      await this.#drop(place.folder, place.chunk, known.bytes)
      dropped.push(place)
    }
    return dropped
  }

  async #whole(folder: FolderId, chunk: ChunkId): Promise<{ head: Uint8Array; bytes: Uint8Array } | null> {
    const { segments } = this.#parts.table
    const known = segments.get(folder, chunk)
    if (known === undefined) return null
    try {
      if (sameBytes(blockDigest(known.bytes), readSegment(known.head).digest)) return known
    } catch {
      // It is no head any more.
    }
    await this.#drop(folder, chunk, known.bytes)
    return null
  }

  async #drop(folder: FolderId, chunk: ChunkId, bytes: Uint8Array): Promise<void> {
    const { table, quarantine } = this.#parts
    await quarantine?.take(blockDigest(bytes), bytes)
    table.segments.remove(folder, chunk)
  }
}
