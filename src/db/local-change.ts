import type { ChunkList, DeviceId, DiskStat } from '#model'

/** What a scan found at a path. */
export type LocalChange = EntryChange | MovedFile

/** What is at a path now, or that nothing is there any more. */
export type EntryChange =
  | FileChange
  | { path: string; kind: 'directory'; stat: DiskStat }
  | { path: string; kind: 'symlink'; stat: DiskStat; target: string }
  | { path: string; kind: 'tombstone' }

export interface FileChange {
  path: string
  kind: 'file'
  stat: DiskStat
  /** Its time as a record has it, where that is known better than by the stat. */
  mtime?: number
  content: KnownContent
}

/** What the disk showed at `from`, a file, is at `path` now, with its content; at `from` it is no longer. */
export interface MovedFile {
  path: string
  kind: 'moved'
  from: string
  stat: DiskStat
}

export interface KnownContent {
  chunker: number
  size: number
  /** The file's own chunks, all of them. */
  chunks: ChunkList
  /** Set where chunks exceed MAX_INLINE_CHUNKS: the manifest's own chunks and their bytes, in order. */
  manifest?: { chunks: ChunkList; pieces: Uint8Array[] }
}

/** What an edit did to a path, for the activity list. */
export interface AuthoredPath {
  path: string
  kind: 'added' | 'changed' | 'deleted' | 'renamed'
  /** Of what was renamed: the path that it had. */
  from?: string
  /** Another device that had deleted it before it changed. */
  deletedBy?: DeviceId
}
