import type { ChunkId, FolderId } from '#model'
import type { FolderSealing } from './folder-sealing.ts'
import type { Opened } from './open-seal.ts'
import type { SealedBlocks } from './sealed-blocks.ts'

export interface StoreTotals {
  /** Undamaged blocks, and the bytes they take. */
  blocks: number
  bytes: number
  /** Damaged ones. */
  damaged: number
  /** What index segments take, which are none of them. */
  segmentBytes: number
  /** Tells the database's file from another one in its place: what it has, it may not have had. */
  database: string
}

/** Chunks kept as sealed blocks on this device: what the rest of the program has of the store. Ids are packed, 32 bytes each. */
export interface ChunkStore {
  /** Those that are not here, or damaged. */
  lacking(folder: FolderId, ids: Uint8Array): Promise<Uint8Array>
  /** How long each chunk is, bytes; null for one that is not here, or damaged. */
  lengths(folder: FolderId, ids: Uint8Array): Promise<(number | null)[]>
  /** Keeps chunks that are not here, each once; they are durable when this resolves. Their ids must have been verified. */
  seal(sealing: FolderSealing, chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<void>
  /** Chunks as blocks, of which none is kept. Their ids must have been verified. */
  blocksOf(sealing: FolderSealing, chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<Uint8Array[]>
  /** The chunks, verified; null for each that is not here, or damaged, which is then noted, or sealed with a key that is not known. */
  read(sealing: FolderSealing, ids: Uint8Array): Promise<(Uint8Array | null)[]>
  /** Removes the blocks of chunks. */
  remove(folder: FolderId, ids: Uint8Array): Promise<void>
  /** A folder's chunks in the order of their ids, at most `limit` after `after` ('': from the first). */
  chunks(folder: FolderId, after: ChunkId | '', limit: number): Promise<ChunkId[]>
  totals(): Promise<StoreTotals>
}

/** The chunks of one folder in the store; calls as in ChunkStore. */
export interface FolderChunks {
  lacking(ids: Uint8Array): Promise<Uint8Array>
  lengths(ids: Uint8Array): Promise<(number | null)[]>
  seal(chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<void>
  read(ids: Uint8Array): Promise<(Uint8Array | null)[]>
  blocksOf(chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<Uint8Array[]>
  /** As in SealedBlocks. */
  sealed(ids: Uint8Array, limit: number): Promise<(Uint8Array | null)[]>
  open(blocks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<Opened[]>
}

/** `sealing` is asked at each call: a folder gets other keys with time. */
export function folderChunks(
  store: ChunkStore & Pick<SealedBlocks, 'open' | 'sealed'>,
  folder: FolderId,
  sealing: () => FolderSealing,
): FolderChunks {
  return {
    lacking: (ids) => store.lacking(folder, ids),
    lengths: (ids) => store.lengths(folder, ids),
    seal: (chunks) => store.seal(sealing(), chunks),
    read: (ids) => store.read(sealing(), ids),
    blocksOf: (chunks) => store.blocksOf(sealing(), chunks),
    sealed: (ids, limit) => store.sealed(folder, ids, limit),
    open: (blocks) => store.open(sealing(), blocks),
  }
}
