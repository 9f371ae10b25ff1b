import type { ChunkId, DeviceId, FolderId, Segment, SegmentHead } from '#model'
import type { Allowance, Taken } from './sealed-blocks.ts'

/** Index segments that are here, with their blocks. Each call is one transaction, durable when it returns. */
export interface SegmentTable {
  /** Takes the place of those of the same chain that have none but records of it. */
  put(segment: SegmentHead & { head: Uint8Array; bytes: Uint8Array }): void
  /** What those take, bytes. */
  coveredBytes(segment: SegmentHead): number
  get(folder: FolderId, chunk: ChunkId): { head: Uint8Array; bytes: Uint8Array } | undefined
  remove(folder: FolderId, chunk: ChunkId): void
  /** As in SealedSegments. */
  heads(folder: FolderId, which: 'all' | 'last', after: ChunkId, limit: number): Uint8Array[]
  /** In the order in which they came, at most `limit` after the one of that number. */
  page(after: number, limit: number): StoredSegment[]
  /** What all of them take. */
  totalBytes(): number
}

/** Of which folder and records a segment is. */
export interface SegmentPlace {
  folder: FolderId
  chunk: ChunkId
  author: DeviceId
  epoch: number
  first: number
  last: number
}

export interface StoredSegment extends SegmentPlace {
  number: number
  head: Uint8Array
  bytes: Uint8Array
}

/** Index segments as they are, for those who have the keys. */
export interface SealedSegments {
  /** Takes a segment that was looked at as far as that can be without a key; `stored` is durable. What is full drops nothing. */
  takeSegment(segment: Segment, block: Uint8Array, allowance: Allowance | null): Promise<Taken>
  /** Encoded heads in the order of their chunks, at most `limit` after `after`: of all segments, or of each chain the last. */
  segments(folder: FolderId, which: 'all' | 'last', after: ChunkId, limit: number): Promise<Uint8Array[]>
}
