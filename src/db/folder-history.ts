import type { ChunkList, DeviceId, Version, VersionId } from '#model'

/** The last record of an author's epoch up to which something is so. */
export interface Have {
  author: DeviceId
  epoch: number
  seq: number
}

/** A version of a path, and where it stands among the others. */
export interface PastVersion {
  version: Version
  /** No other supersedes it. */
  isHead: boolean
}

/** A version whose content may have to be kept on this device. */
export interface KeepItem extends PastVersion {
  /** The number of its record: the order in which they came here. */
  record: number
  /** A file's own chunks; null where a piece of its manifest is not known yet. */
  chunks: ChunkList | null
}

/** What the index of a folder knows of the past. Calls as in FolderIndex. */
export interface FolderHistory {
  /** The versions of a path, the newest (by precedence) first; none where the path was never met. */
  versions(path: string): Promise<PastVersion[]>
  /** The version of a path whose id begins with `id`; null where there is none, or several. */
  version(path: string, id: string): Promise<PastVersion | null>
  /**
   * What each path below `under` ('' = all), or `under` itself, showed at a time (ms), as far as is known here now: sorted, the page
   * after `after`. Deleted ones are there as tombstones.
   */
  listAt(under: string, time: number, after: string, limit: number): Promise<PastVersion[]>
  /** A file's own chunks; null where a piece of its manifest is not known. */
  chunksOf(path: string, id: VersionId): Promise<ChunkList | null>

  /** Manifest pieces kept in the index itself; null where unknown. `ids` packed, 32 bytes each. */
  manifestPieces(ids: Uint8Array): Promise<(Uint8Array | null)[]>
  putManifestPieces(pieces: readonly { id: Uint8Array; bytes: Uint8Array }[]): Promise<void>

  /** Versions to look at, whether their content is to be kept here, `limit` at most: those put off whose time has come, then new ones. */
  toKeep(limit: number, now: number): Promise<KeepItem[]>
  /**
   * Notes those that were looked at, in the order in which `toKeep` gave them: for good, or (`until`, ms) to be looked at again. One
   * that is no longer what it was (`isHead`) is looked at again at once.
   */
  kept(looked: readonly { record: number; isHead: boolean; until: number | null }[]): Promise<void>
  /** When the first of those put off is to be looked at again, ms; null where none is. */
  nextToKeep(): Promise<number | null>
  /** All versions are to be looked at once more: other chunks may have to be kept here now. */
  keepAnew(): Promise<void>
  /**
   * Versions that were looked at, in the order of their records, `limit` at most after the record `after` (0: from the first), and
   * whether for good.
   */
  looked(after: number, limit: number): Promise<(KeepItem & { isKept: boolean })[]>
  /** These records, of versions that were looked at, are to be looked at again at once. */
  keepAgain(records: readonly number[]): Promise<void>
  /** How many are to be looked at, those put off with them. */
  keeping(): Promise<number>
  /** The chains of which not all records were looked at for good, each with the last one before the first of these. */
  unkept(): Promise<Have[]>
}
