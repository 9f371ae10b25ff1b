import type { FolderId } from '#model'
import type { FolderSealing } from './folder-sealing.ts'

/** Chunks of a folder here in the order of their ids: packed, 32 bytes each; their blocks' bytes; since when (ms) each is not needed. */
export interface HeldChunks {
  ids: Uint8Array
  lengths: number[]
  /** null: it is needed, as far as is noted. */
  since: (number | null)[]
}

/**
 * What a sweep has of the store. A block that is not needed is noted so first, and removed later if it is noted so still: whoever asks
 * ChunkStore in between whether a chunk is here, or puts it there again, takes the note back.
 */
export interface Sweepable {
  /** Folders that chunks here are of. */
  folders(): Promise<FolderId[]>
  /** At most `limit` chunks after `after` (empty: from the first). Asking for them here takes no note back. */
  held(folder: FolderId, after: Uint8Array, limit: number): Promise<HeldChunks>
  /** The same of those alone that are noted as not needed. */
  pending(folder: FolderId, after: Uint8Array, limit: number): Promise<HeldChunks>
  /** Notes chunks as not needed, since `now` (ms) where they are not noted so since earlier, and others as needed. */
  note(folder: FolderId, chunks: { unneeded: Uint8Array; needed: Uint8Array }, now: number): Promise<void>
  /** Removes those of these chunks that are noted as not needed since `until` (ms) or before. */
  sweep(folder: FolderId, ids: Uint8Array, until: number): Promise<{ blocks: number; bytes: number }>
  /** The directories that files of blocks are in. */
  directories(): Promise<string[]>
  /**
   * Removes what writes that did not end, or a crash, left in a directory of files, if it was written before `before` (ms). What may be the only block of a chunk stays, to be taken in by a scrub: `sealings`, of all folders whose
   * keys are here, tell. What no key here opens stays as well: those of `known` (packed digests) are not opened again.
   */
  tidy(directory: string, before: number, sealings: readonly FolderSealing[], known: Uint8Array): Promise<Tidied>
  /** Removes files that no row is of and that no key here opens; others of these digests stay. */
  dropStrays(digests: Uint8Array, sealings: readonly FolderSealing[]): Promise<{ files: number; bytes: number }>
}

export interface Tidied {
  /** What was removed. */
  files: number
  bytes: number
  /** Blocks that nobody here knows of what they are: packed digests, and what they take. */
  strays: Uint8Array
  strayBytes: number
}
