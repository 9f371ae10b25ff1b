import type { Cause, DeviceId, DiskKind, VersionId } from '#model'
import type { PastVersion } from './folder-history.ts'

export interface ListedEntry {
  path: string
  kind: DiskKind
  size: number
  /** ms */
  modified: number
  version: VersionId | null
  state: 'synced' | 'pending' | 'conflict' | 'local'
}

/** A version, and what it changed. */
export interface PastChange extends PastVersion {
  cause: Cause
  /** Bytes of the version before it; null where there is none. */
  sizeBefore: number | null
}

export interface TimelineQuery {
  /** At or below it; '' = all. */
  under: string
  /** What this device wrote; null: all. */
  author: DeviceId | null
  /** What was written before, ms; null: all. */
  until: number | null
  /** `next` of the page before; '' = the newest. */
  before: string
  limit: number
}

export interface TimelinePage {
  /** May be fewer than `limit`, or none, though there are more. */
  changes: PastChange[]
  /** null: these are the last. */
  next: string | null
}

export interface DensityQuery {
  under: string
  /** ms, where the first part begins; null: with the earliest change. */
  from: number | null
  /** ms, where the last part ends; null: `now`, or after the newest change where that is later. */
  until: number | null
  now: number
  /** How many parts, equally long. */
  parts: number
}

export interface DensityCounts {
  /** ms */
  from: number
  until: number
  counts: number[]
  /** ms; null where there is no change at all. */
  earliest: number | null
}

/** How near a path is to what is looked for: its name is that, begins with it, has all words in it; or only the whole path has. */
export const RANKS = { equal: 0, begins: 1, name: 2, path: 3 } as const

export interface FindQuery {
  /** Words; all have to be in the path. */
  query: string
  /** What was deleted, too. */
  deleted: boolean
  /** Only what has this rank or is nearer. */
  maxRank: number
  /** `next` of the page before; '' = from the first path. */
  after: string
  /** Paths that are gone through at most, and of them such as may fit and have to be looked at more closely. */
  paths: number
  fitting: number
}

export interface FoundPage {
  /** In the order of the paths. */
  found: { path: string; rank: number }[]
  /** null: all paths were gone through. */
  next: string | null
}

/** What somebody looks up in the index of a folder, over all paths. Calls as in FolderIndex; each is short, however much there is. */
export interface FolderLookups {
  /**
   * Versions of all paths, the newest first by the clocks of their authors. Those of one author come in the order in which they were
   * written, whatever its clock said. Throws `usage` for a `before` that no page gave.
   */
  timeline(query: TimelineQuery): Promise<TimelinePage>
  /** How many versions were written in each part of a span of time, counted by the same order. */
  density(query: DensityQuery): Promise<DensityCounts>
  /** Paths by words, whatever their case and the accents of Latin and Greek letters. */
  find(query: FindQuery): Promise<FoundPage>
  /** What is at each of some paths, as `list` has it; or was, before it was deleted. null for a path of which nothing is known. */
  entriesAt(paths: readonly string[]): Promise<({ entry: ListedEntry; isDeleted: boolean } | null)[]>
}
