import type { ChunkList, DiskKind, DiskStat, StatTable, VersionId } from '#model'

export interface Applied {
  /** What the disk shows now: `version` of the path `source`, whose manifest is known. Replaces what was noted for the same path. */
  shown: {
    path: string
    kind: DiskKind
    stat: DiskStat
    version: VersionId
    source: string
  }[]
  /** Paths that the disk shows no longer. Those of which nothing is to be shown leave the to-do list. */
  gone: string[]
  /** To-do paths that are settled. */
  done: { path: string; revision: number }[]
  /** Paths to look at again. */
  again: string[]
  /** Files moved to the archive, or found there. */
  archived: ArchivedFile[]
  /** What is as it was noted, but for its change time; none where left out. */
  still?: { path: string; stat: DiskStat }[]
  /** Directories that were renamed with all below them; none where left out. */
  trees?: TreeMove[]
}

/** A directory that is to be at another path with all below it. */
export interface MovedTree {
  /** False: it may be, as far as is known, but some records are missing. */
  whole: boolean
  /** What the disk shows of it now, itself first. */
  entries: StatTable
  /** For `commit`. */
  revision: number
}

/** A directory that `movedTree` found is at its new path. */
export interface TreeMove {
  from: string
  to: string
  /** As `movedTree` gave it: what became to-do since stays so. */
  revision: number
}

export interface ArchivedFile {
  /** Relative to the archive directory. */
  name: string
  /** The version's, where that is known: a conflict file was at another one. */
  path: string
  /** ms */
  time: number
  size: number
  /** null: a local edit, or not known. */
  version: VersionId | null
  /** The file's own; none of a symlink. */
  chunks: ChunkList
}
