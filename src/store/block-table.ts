import type { ChunkId, FolderId } from '#model'
import type { ReliableChunks } from './sealed-blocks.ts'
import type { SegmentTable } from './sealed-segments.ts'
import type { HeldChunks } from './sweepable.ts'

/** What the store knows of one block. Digests are the SHA-256 in a block's CID, 32 bytes. */
export interface StoredBlock {
  length: number
  /** null: in a file of its own. */
  bytes: Uint8Array | null
  /** It was found missing or not as it was stored, and counts as not here. */
  isDamaged: boolean
}

/** The chunk that a block was made of; `length` in bytes. */
export interface SealedChunk {
  folder: FolderId
  chunk: ChunkId
  length: number
}

export interface NewBlock {
  digest: Uint8Array
  length: number
  /** null: in a file of its own. */
  bytes: Uint8Array | null
  /** null: of no chunk. */
  seal: SealedChunk | null
}

/**
 * Which blocks are here, what chunk each is made of, and the small ones themselves: a block is here once its row is. Each call is
 * one transaction, durable when it returns.
 */
export interface BlockTable {
  block(digest: Uint8Array): StoredBlock | undefined
  has(digest: Uint8Array): boolean
  /** The block of a chunk, the chunk's length, and whether it was noted as not needed; undefined where there is none, or a damaged one. */
  blockOf(folder: FolderId, chunk: ChunkId): { digest: Uint8Array; length: number; isUnneeded: boolean } | undefined
  /**
   * Takes the place of damaged blocks. The first counts: a chunk that has a block keeps it. Gives the digests of those in files that
   * are not needed: of the new ones that were not taken, of the damaged ones that others took the place of.
   */
  add(blocks: readonly NewBlock[]): Uint8Array[]
  /** Gives the digests of those that were in files. */
  remove(digests: readonly Uint8Array[]): Uint8Array[]
  markDamaged(...digests: Uint8Array[]): void
  /** What was marked as damaged is not. */
  markSound(digest: Uint8Array): void
  /** In the order of their digests, those after `after` (empty: from the first), damaged ones as well. */
  page(after: Uint8Array, limit: number): Uint8Array[]
  /** Undamaged blocks in files of their own, in the order of their digests, those after `after` (empty: from the first). */
  filed(after: Uint8Array, limit: number): { digest: Uint8Array; length: number }[]
  /** A folder's chunks in the order of their ids, those after `after` ('': from the first), whose blocks are not damaged. */
  chunks(folder: FolderId, after: ChunkId | '', limit: number): ChunkId[]
  /** Undamaged blocks, and their bytes. */
  totals(): { blocks: number; bytes: number }
  /** What the block of a chunk takes, a damaged one, too; 0 where there is none. */
  lengthOf(folder: FolderId, chunk: ChunkId): number
  /** What the blocks of each folder take, damaged ones, too. */
  sizes(): { folder: FolderId; bytes: number }[]
  damaged(): Uint8Array[]
  damagedCount(): number
  /** The chunk that a block was made of; null where of none, or there is no such block. */
  sealOf(digest: Uint8Array): SealedChunk | null
  /** The chunks whose blocks are damaged. */
  damagedChunks(): Pick<SealedChunk, 'folder' | 'chunk'>[]
  /** Forgets the damaged blocks of a folder's chunks, and no others. Gives the digests of those that were in files. */
  dropDamaged(folder: FolderId, chunks: readonly ChunkId[]): Uint8Array[]
  readonly unneeded: UnneededTable
  readonly segments: SegmentTable
}

/** Which blocks are not needed, and since when. Packed ids, 32 bytes each; times in ms. Transactions as in BlockTable. */
export interface UnneededTable {
  /** Folders that chunks here are of. */
  folders(): FolderId[]
  /** As in Sweepable; damaged ones, too. */
  held(folder: FolderId, after: Uint8Array, limit: number): HeldChunks
  /** As in Sweepable. */
  pending(folder: FolderId, after: Uint8Array, limit: number): HeldChunks
  /** As in SealedBlocks. */
  reliable(folder: FolderId, after: Uint8Array, limit: number): ReliableChunks
  /** As in Sweepable. */
  note(folder: FolderId, chunks: { unneeded: Uint8Array; needed: Uint8Array }, now: number): void
  /** Removes those of these chunks whose blocks are noted as not needed since `until` or before; `files`: the digests of those in files. */
  remove(folder: FolderId, ids: Uint8Array, until: number): { blocks: number; bytes: number; files: Uint8Array[] }
}
