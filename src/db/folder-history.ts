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
  /** This device needs its content no longer, or its content is gone. */
  isForgotten: boolean
  /** Its content was held once, and is gone: it is needed where it comes back. Left out: that is not so. */
  isLost?: true
  /** It was lost, and its user has given it up. Left out: that is not so. */
  isGivenUp?: true
  /** No device has its content, and none is known to have held it. Left out: that is not so. */
  isNeverKept?: true
  /** Told by `versionsBelow`: something is below its path, or was. Left out: that is not so. */
  hasBelow?: true
}

/** A version as the decision whether to retain it sees it. */
export interface RetainableRecord extends PastVersion {
  record: number
}

/** Some paths with their versions, and after which path (its number) to go on; null: these were the last. */
export interface RetainablePage {
  paths: RetainableRecord[][]
  next: number | null
}

/** A version whose content may have to be kept on this device. */
export interface KeepItem extends PastVersion {
  /** The number of its record: the order in which they came here. */
  record: number
  /** A file's own chunks; null where a piece of its manifest is not known yet. None of one that was forgotten. */
  chunks: ChunkList | null
}

/** A version whose content was held once and is on no device any more. */
export interface LostVersion extends RetainableRecord {
  /** When that was found, ms. */
  since: number
}

/** A file or link in the archive, as the index knows it. */
export interface ArchivedVersion {
  /** Those that came later have greater ones, as long as none went. */
  number: number
  name: string
  /** ms, when it was archived */
  time: number
  size: number
  /** The file's own when it came there; none of a symlink. */
  chunks: ChunkList
  /** The version that it was; null where none is known that consists of these chunks. */
  of: RetainableRecord | null
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
  /**
   * All versions of paths below `under` ('' = all), or of `under` itself: path by path in their order, the newest first; of the paths after
   * `after`, `limit` paths at most and no part of a path. None where there are no more.
   */
  versionsBelow(under: string, after: string, limit: number): Promise<PastVersion[]>
  /** A file's own chunks; null where a piece of its manifest is not known. */
  chunksOf(path: string, id: VersionId): Promise<ChunkList | null>

  /** Manifest pieces kept in the index itself; null where unknown. `ids` packed, 32 bytes each. */
  manifestPieces(ids: Uint8Array): Promise<(Uint8Array | null)[]>
  putManifestPieces(pieces: readonly { id: Uint8Array; bytes: Uint8Array }[]): Promise<void>

  /**
   * Versions to look at, whether their content is to be kept here, `limit` at most: those put off whose time has come, or is further ahead
   * than anything is put off, as a clock that was wrong has it; then new ones.
   */
  toKeep(limit: number, now: number): Promise<KeepItem[]>
  /**
   * Notes those that were looked at, in the order in which `toKeep` gave them: for good, or (`until`, ms) to be looked at again. One
   * that is no longer what it was (`isHead`), or whose file has gone since, is looked at again at once. `isHeld`: this device has of its content
   * what it is to have, and that is not nothing; `isFile`: as a file alone, which nobody else has said to have; `isSaid`: of what it lacks somebody has.
   */
  kept(
    looked: readonly {
      record: number
      isHead: boolean
      until: number | null
      isHeld?: boolean
      isFile?: boolean
      isSaid?: boolean
    }[],
  ): Promise<void>
  /** When the first of those put off is to be looked at again, ms; null where none is. */
  nextToKeep(): Promise<number | null>
  /** Those that were put off are to be looked at again at once. */
  keepSoon(): Promise<void>
  /** All versions are to be looked at once more: other chunks may have to be kept here now. */
  keepAnew(): Promise<void>
  /**
   * Versions that were looked at, in the order of their records, `limit` at most after the record `after` (0: from the first), and
   * whether for good.
   */
  looked(after: number, limit: number): Promise<(KeepItem & { isKept: boolean })[]>
  /** All versions, in the order of their records, `limit` at most after the record `after` (0: from the first). */
  recordsAfter(after: number, limit: number): Promise<KeepItem[]>
  /** The versions whose records stand at some places, as many of them as fit into one call, in their order; none for a place without a record. */
  recordsAt(places: readonly Have[]): Promise<KeepItem[]>
  /** These records, of versions that were looked at, are to be looked at again at once. */
  keepAgain(records: readonly number[]): Promise<void>
  /** How many are to be looked at, those put off with them. */
  keeping(): Promise<number>
  /** The chains of which not all records were looked at for good, each with the last one before the first of these. */
  unkept(): Promise<Have[]>

  /** What is in the archive, in the order of the numbers, `limit` at most after the one with the number `after` (0: from the first). */
  archivedAfter(after: number, limit: number): Promise<ArchivedVersion[]>
  /** For each name in the archive the same; null where `commit` has taken no note of it. */
  archivedNamed(names: readonly string[]): Promise<(ArchivedVersion | null)[]>

  /** The paths, from after the one of this number on (0: from the first), that have superseded versions, with all their versions. */
  retainable(after: number): Promise<RetainablePage>
  /**
   * How long the superseded versions that are not forgotten are in all, bytes, of some paths from after the one of this number on (0: from the
   * first), and after which path to go on; null: these were the last.
   */
  supersededBytes(after: number): Promise<{ bytes: number; next: number | null }>
  /** What the files in the archive take, as far as it is noted, and how many versions are forgotten. */
  pastTotals(): Promise<{ archiveBytes: number; forgotten: number }>
  /** Forgets versions, by their records, but for heads; how many of them it had not forgotten before. */
  forget(records: readonly number[]): Promise<number>
  /**
   * Forgets versions, but for heads, whose content is on no device any more, at `now` (ms). Those that were held count as lost from then on,
   * until they are forgotten or remembered: by this device, as `kept` has it, unless what is gone is nothing that it is to have (`isOthers`), or it
   * only had a file, and nobody had said to have it (`isSaid`: somebody has); or by another (`wasHeld`). The records of these; the others count as never kept.
   */
  forgetGone(
    items: readonly { record: number; wasHeld?: boolean; isOthers?: boolean; isSaid?: boolean }[],
    now: number,
  ): Promise<number[]>
  /**
   * What is lost, in the order of the records, `limit` at most after the record `after` (0: from the first); `isAll`: also what was lost and was
   * given up since, and what was never kept.
   */
  lost(after: number, limit: number, isAll?: boolean): Promise<LostVersion[]>
  /** How many versions are lost. */
  losses(): Promise<number>
  /** What is lost, of all or `only` of some records, is forgotten for good; how many versions that were. */
  forgetLost(only?: readonly number[]): Promise<number>
  /** The content of forgotten versions is needed after all. */
  remember(records: readonly number[]): Promise<void>
  /**
   * Gathers which chunks the versions that are not forgotten consist of, one step further, or begins to. `unknown` is the path of one
   * of which that is not known yet, and beyond which it does not come.
   */
  gatherRetained(): Promise<{ isComplete: boolean; unknown: string | null }>
  /** Those of packed ids, 32 bytes each, that no version as of this call needs; null where not all is gathered. */
  unneeded(ids: Uint8Array): Promise<Uint8Array | null>
  /** Those of packed ids that only lost versions consist of, as far as was gathered. */
  onlyLost(ids: Uint8Array): Promise<Uint8Array>
  /** Gives back the memory of what was gathered. */
  endGathering(): Promise<void>
  /** How many records there are; of one and the same index never fewer than before. */
  records(): Promise<number>
}
