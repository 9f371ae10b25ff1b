import type { ChunkList, DeviceId, DiskKind, DiskStat, Hlc, StatTable, Vector, Version, VersionId } from '#model'
import type { Applied, MovedTree } from './applied.ts'
import type { FolderHistory, Have } from './folder-history.ts'
import type { FolderLookups, ListedEntry } from './folder-lookups.ts'
import type { AuthoredPath, LocalChange } from './local-change.ts'
import type { OwnFile } from './own-file.ts'
import type { Restoration, RestoredHeads } from './restoration.ts'
export type { EntryChange, FileChange, KnownContent, LocalChange, MovedFile } from './local-change.ts'
export { NO_RECORD, NO_VERSION } from './no-version.ts'
export type { Applied, ArchivedFile, MovedTree, TreeMove } from './applied.ts'
export type { ListedEntry } from './folder-lookups.ts'
export type { OwnFile } from './own-file.ts'
export type { FolderHistory, Have, KeepItem, PastVersion, RetainablePage, RetainableRecord } from './folder-history.ts'

/**
 * The index of one folder on this device: every record known, the heads of every path, what the disk shows, where chunks lie.
 * Each call is one transaction: when its promise resolves the change is durable, when it rejects nothing has changed.
 * One file per folder; calls of one index run in order.
 */
export interface FolderIndex extends FolderHistory, FolderLookups {
  /** Totals over what is known now; cheap to call after every change. */
  totals(): Promise<IndexTotals>

  // --- this device's own edits ---

  /** What the disk shows by the last look, in the order of the paths' NFC bytes: the whole folder, or only `scopes` (paths, with all below each). */
  snapshot(scopes: readonly string[] | null): Promise<StatTable>
  /**
   * Takes what a scan found and writes this device's records for it: one batch or more, signed and chained, at the wall clock
   * `now` (ms). What turns out to be no edit is only noted: a stat that the index already has, content that equals a head which
   * supersedes what the disk showed (a change of sync's own that a crash kept from being noted), content that equals a live
   * head or an older version where the disk showed nothing (a device that lost its database; not where the disk is known to
   * have followed the deletion: then the user brought it back), a change of mode or time alone of what has been superseded.
   * An edit supersedes the version that the disk showed, versions with the same content, and tombstones beside it.
   * Of a moved file the content is what the index has at `from`; where it has another file there, or something is known at the
   * new path already, nothing is noted and the path comes back in `missed`, to be read.
   * An edit, rename or deletion of a derived conflict file resolves the head it showed (DESIGN §4). With `local` set nothing is
   * authored: the changed entries are remembered as local edits (receive-only).
   */
  author(changes: readonly LocalChange[], options: AuthorOptions): Promise<Authored>
  /** The chunker of the newest known version of each path, or null: a file keeps its lineage's chunker. */
  chunkers(paths: readonly string[]): Promise<(number | null)[]>

  // --- the index protocol ---

  /** The last sequence number without a gap below it, for each author and epoch. */
  have(): Promise<Have[]>
  /** Encoded batches of one author and epoch from the one that contains `from`, oldest first, at least one, at most about `maxBytes`. */
  batches(author: DeviceId, epoch: number, from: number, maxBytes: number): Promise<Uint8Array[]>
  /**
   * Verifies and stores encoded batches: signature, chain, no gap, every record's shape, the author's right (`rules`). Known ones
   * are skipped. Batches after a bad one are not taken. Own records that are not known begin a new epoch. Paths whose heads
   * change become to-do.
   */
  ingest(batches: readonly Uint8Array[], rules: IngestRules): Promise<Ingested>

  // --- bringing the disk to what the heads say ---

  /**
   * Paths whose heads and disk may differ, `limit` at most, creations and changes (phase 'change') or paths of which all heads
   * are tombstones (phase 'delete', deepest first), each phase in a fixed order: those after the row whose `path` is `after`
   * (null = from the start), so that several pages can be in work at once. Paths put off by `defer` are left out until their
   * time has come, and rows with a revision of `busy`: they are in work, and nothing about them has changed.
   */
  todo(phase: 'change' | 'delete', limit: number, now: number, after: string | null, busy?: readonly number[]): Promise<TodoRow[]>
  /**
   * Is all that is to be shown below the new directory `to` what the disk shows below `from`, where nothing is to be shown any more?
   * Then one rename brings it there. null: no, and no record that may still come is likely to change that.
   */
  movedTree(from: string, to: string): Promise<MovedTree | null>
  /** The same row for given paths, to-do or not. */
  rows(paths: readonly string[]): Promise<TodoRow[]>
  /** Puts paths off until `until` (ms), with the reason shown to the user, unless they were settled or are to-do anew since `revision`. */
  defer(items: readonly { path: string; revision: number; until: number; problem: Problem }[]): Promise<void>
  /**
   * Makes paths to-do (again), their time come; null = every path that was put off. Paths that are not known are passed over, and
   * such as show their only head and are not to-do.
   */
  retry(paths: readonly string[] | null): Promise<void>
  /** Leaves paths alone that are ignored here, whatever comes for them, until `unignore`; they count as nothing that is needed. As `defer` otherwise. */
  ignore(items: readonly { path: string; revision: number }[]): Promise<void>
  /** Makes the paths to-do that were left alone so: other rules may be in force. */
  unignore(): Promise<void>
  /** Notes what the disk shows now, after a transition. `done` paths leave the to-do list unless their heads changed since `revision`. */
  commit(applied: Applied): Promise<void>

  /** This device's own live heads of a path that are files, for when their content is nowhere to be had. */
  ownFiles(path: string): Promise<OwnFile[]>
  /**
   * Writes that the content of the own head `lost` is nowhere: it gives way to the other live heads of the path, else to `instead`,
   * one of those that `ownFiles` named, else (null) to a deletion. Nothing is written where `lost` is no such head any more.
   */
  giveUp(path: string, lost: VersionId, instead: VersionId | null, now: number): Promise<Authored>
  /** Writes what `paths` were before they were deleted anew, where nothing is there now, nor a file above or anything below. */
  bringBack(paths: readonly string[], now: number): Promise<Authored>
  /**
   * Writes that paths are again what they were in one of their versions, or (null) deleted, in place of all their heads; nothing where that
   * is the only head, none is live, or the heads are others than `expected`.
   */
  restore(changes: readonly Restoration[], now: number): Promise<Authored & RestoredHeads>

  // --- chunks ---

  /**
   * For each of the packed 32-byte ids: places on disk where the chunk lies by the last look, at most 4, those in the archive last;
   * may be stale: verify.
   */
  locate(ids: Uint8Array): Promise<ChunkPlace[][]>
  /** For each name in the archive: has `commit` taken note of it; and what was it when it came there, null where not known? */
  isArchived(names: readonly string[]): Promise<boolean[]>
  archivedContents(names: readonly string[]): Promise<({ size: number; chunks: ChunkList } | null)[]>
  forgetArchived(names: readonly string[]): Promise<void>

  // --- what the user sees ---

  /** Of `needEntries` the paths of which nothing is to be there any more. Counted one by one. */
  needGone(): Promise<number>
  problems(): Promise<Problem[]>
  conflicts(): Promise<Conflict[]>
  /** The paths of which more than one entry may show (several heads, or something below a file), whose keys begin like this path's. */
  conflictsBeginning(path: string): Promise<string[]>
  /** Entries shown on disk or known below `under` ('' = all), sorted; the page after `after`. */
  list(under: string, after: string, limit: number): Promise<ListedEntry[]>
  /** Paths with local edits that go nowhere (receive-only). */
  localEdits(): Promise<string[]>
  /** Gives local edits up (receive-only revert): until then `todo` leaves their paths out, now they are to-do. How many. */
  revertLocal(): Promise<number>
  /** Lets the next scan find local edits as edits of what they were made of, to be authored: the device may write now. How many. */
  publishLocal(): Promise<number>
  close(): Promise<void>
}

export interface IndexTotals {
  /** Live entries on this disk, and the bytes of the files among them. */
  entries: number
  bytes: number
  /** Paths to bring to the disk (also those put off, but not those with local edits), and the bytes of the files among them. */
  needEntries: number
  needBytes: number
  /** Paths of which several versions are on this disk, and the conflict files beside them. */
  conflicts: number
  conflictFiles: number
  /** Paths put off with a problem. */
  problems: number
  localEdits: number
  /** Records that others of them supersede. */
  superseded: number
  /** True until the first authored or ingested record. */
  empty: boolean
  /** Grows with every change of `have`. */
  revision: number
}

export interface AuthorOptions {
  now: number
  /** Remember as local edits, author nothing. */
  local?: boolean
  /**
   * All of the disk was looked at before, and what sync did to it was noted: where nothing is known to be, nothing was, but for the paths
   * `but`. Left out: that is not so.
   */
  looked?: { but: readonly string[] }
}

export interface Authored {
  /** Records written. */
  records: number
  /** Paths that changed, for the activity list (at most 100). */
  paths: AuthoredPath[]
  /** Changes for which no record can be written that the others would take (a forbidden name); nothing is noted for them. */
  refused: Problem[]
  /** New paths of moved files whose content has to be read; nothing is noted for them. */
  missed: string[]
  /** The records' vectors are in the index; `have` as it is now. */
  have: Have[]
}

/** An edit of this device that stays although another one, `device`, has deleted or renamed the file without knowing of it. */
export interface KeptEdit {
  path: string
  device: DeviceId
}

export interface IngestRules {
  now: number
  /** Who may write here; for one that no longer may the last record of every epoch that counts, and all epochs before `before`. */
  writers: { device: DeviceId; cut?: { before: number; places: readonly { epoch: number; seq: number }[] } }[]
}

export interface Ingested {
  /** New records stored. */
  records: number
  /** Paths whose heads changed (at most 1,000, for hints). */
  paths: string[]
  /** Edits of this device whose paths the records delete (at most 1,000). */
  kept: KeptEdit[]
  have: Have[]
  /** The first fault found; the sender is to blame for `corrupt` and `denied`. `gap` = an earlier batch is missing. */
  fault?: { code: 'corrupt' | 'denied' | 'gap' | 'unsupported'; message: string; author?: DeviceId }
}

export interface TodoRow {
  /** The records' path (the greatest-precedence head's bytes). */
  path: string
  /** Heads in order of precedence; those with the same content joined into one with the merged vector. */
  heads: Version[]
  /**
   * What the disk shows for this path: at the path itself, and derived conflict files. Where a derived file of another path is in
   * its place: that file, if this path has a live head.
   */
  shown: ShownEntry[]
  /** The directory the path is in, '' for the root, as this disk spells it: records have it in the normal form of their author's disk. */
  directory: string
  /** True when a live entry exists below the path. */
  below: boolean
  /**
   * Where the only head is a file and nothing is shown yet: a file with its content at a path of which nothing is to be shown any
   * more, to be renamed rather than copied.
   */
  movable: ShownEntry | null
  /**
   * Where the only head is a directory and nothing is shown yet: a directory beside it that it may be, renamed, by what one file in
   * it is; see `movedTree`.
   */
  movedFrom: string | null
  /** Another path on this disk that this disk cannot tell from this one (NFC, or case where the disk folds it). */
  twin: string | null
  /** Changes whenever the heads do; handed back to `commit`. */
  revision: number
}

/** An entry on this disk as the index knows it. */
export interface ShownEntry {
  /** Where it is on disk; differs from `version.path` for derived conflict files. */
  path: string
  kind: DiskKind
  stat: DiskStat
  /**
   * The version whose content is there; null where the user's content is not authored (local edits). Its id is NO_VERSION after
   * revertLocal, to be replaced, and for a directory noted with NO_RECORD.
   */
  version: { id: VersionId; path: string; vector: Vector; hlc: Hlc } | null
  chunker: number
  /** The file's own chunks, as far as known. */
  chunks: ChunkList
  size: number
}

export interface ChunkPlace {
  /** Below ARCHIVE_DIRECTORY for a file in the archive. */
  path: string
  offset: number
  length: number
  /** null in the archive. */
  stat: DiskStat | null
}

/** Why something is not as it should be: what, where, and what to do. */
export interface Problem {
  path: string
  code:
    | 'unreadable'
    | 'changing'
    | 'name'
    | 'twin'
    | 'full'
    | 'missing-chunks'
    | 'local-edit'
    | 'not-empty'
    | 'denied'
    | 'too-large'
    | 'io'
    | 'device-boundary'
    | 'special'
    | 'ignore-rules'
  message: string
}

export interface Conflict {
  /** The path in conflict, and the derived name that the other head shows at. */
  path: string
  with: string
  device: DeviceId
  /** ms */
  time: number
  /** This device wrote that other head, or one with the same content. */
  own: boolean
  /** The same of what shows at the path itself; null: a directory that is there only for what is below it. */
  shown: { device: DeviceId; own: boolean } | null
}
