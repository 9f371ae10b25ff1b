import type { ChunkId, FolderId } from '#model'
import type { FolderSealing } from './folder-sealing.ts'
import type { Opened } from './open-seal.ts'

/** A block as somebody else sealed it. That it is one was looked at as far as that can be without a key. */
export interface ForeignBlock {
  /** Of the chunk that it is said to be of, and how long that is, bytes. */
  id: ChunkId
  length: number
  bytes: Uint8Array
}

/** What is kept for others has its bounds: so many bytes of blocks in all folders but these. */
export interface Allowance {
  bytes: number
  except: readonly FolderId[]
}

/**
 * `stored`: it is durable. `had`: the chunk has a block here, which stays. `full`: there is no room for it. `damaged`: it is the block of
 * another chunk.
 */
export type Taken = 'stored' | 'had' | 'full' | 'damaged'

/** Of some chunks of a folder, in the order of their ids, those whose blocks are not damaged, nor noted as not needed, packed; and the last one of all. */
export interface ReliableChunks {
  ids: Uint8Array
  /** null: there were none. */
  last: Uint8Array | null
}

/** Blocks as they are, for those who have the keys. Ids are packed, 32 bytes each. */
export interface SealedBlocks {
  /** Takes blocks, each for itself; those that are `stored` are durable when this resolves. What is full drops nothing. null: no bounds but the disk's. */
  take(folder: FolderId, blocks: readonly ForeignBlock[], allowance: Allowance | null): Promise<Taken[]>
  /**
   * The blocks of the first of these chunks, which are needed, then: up to the one with which they have `limit` bytes, or all. null for one that is not here, or
   * damaged, which is then noted.
   */
  sealed(folder: FolderId, ids: Uint8Array, limit: number): Promise<(Uint8Array | null)[]>
  /** Of the first `limit` chunks after `after` (empty: from the first). Asking for them here takes no note back. */
  reliable(folder: FolderId, after: Uint8Array, limit: number): Promise<ReliableChunks>
  /** What blocks from elsewhere are. Nothing is stored. */
  open(sealing: FolderSealing, blocks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<Opened[]>
  /** What the blocks of each folder take, damaged ones too, bytes. */
  sizes(): Promise<{ folder: FolderId; bytes: number }[]>
}
