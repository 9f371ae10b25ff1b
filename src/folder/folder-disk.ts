import type { RulesCompared } from './compare-rules.ts'
import type { ChunkList, DiskKind, DiskStat, StatTable } from '#model'

/**
 * One folder's tree on this device's disk. All work runs off the main thread; every call is safe to repeat, and safe to lose to
 * a crash at any point. Calls that change the tree are done one after another. A single file's failure is a value in the result;
 * a rejection means that the call as a whole failed (root gone, disk full in our own directories, thread died).
 */
export interface FolderDisk {
  /** Creates `.holdfast/` with a marker (new id unless given); refuses a root that carries another folder's or device's. */
  adopt(folder: string, id: string | null): Promise<RootIdentity>
  /** Whose marker the root carries, or null. */
  marked(): Promise<RootMark | null>
  /** Removes this device's marker: the directory is no folder any more. What else `.holdfast` holds (the archive) stays. */
  release(): Promise<void>
  /** Copies an archived file to a place where nothing is: absolute, or null = its old path. Resolves to the absolute path. Throws `exists`, `not-found`. */
  restore(name: string, to: string | null): Promise<string>
  /** Is this still the tree we know? Cheap; called before every scan, before deletions are authored and before transitions. */
  check(identity: RootIdentity): Promise<RootHealth>
  /** Walks the tree (or `scopes` with all below each) and tells what differs from `snapshot`. `.holdfast` and ignored entries are passed over. */
  scan(request: ScanRequest): Promise<ScanResult>
  /**
   * For each path: is there now just what is expected? Cheap; reads no content. What a step of this disk may have left there that
   * failed as `io` or `full` is flushed before, and is not as expected as long as that fails.
   */
  verify(items: readonly { path: string; expected: Expected }[]): Promise<boolean[]>
  /** For each entry, there or not: do the ignore rules pass it over? Rejects with `denied` when they cannot be read. */
  ignored(entries: readonly { path: string; isDirectory: boolean }[]): Promise<boolean[]>
  /** The bytes of the ignore file; none without one. Rejects as `ignored`. */
  ignoreFile(): Promise<Uint8Array>
  /** What other ignore rules would do here; see `compareRules`. Rejects soon when `signal` aborts. */
  compareRules(text: Uint8Array, options: { limit: number; signal: AbortSignal }): Promise<RulesCompared>
  /** Reads files once each, archived ones too: cuts, hashes, and checks that none changed meanwhile. */
  hash(files: readonly HashRequest[]): Promise<HashResult[]>
  /** Reads chunks and verifies their ids; null where the place does not hold that chunk (any more). */
  read(pieces: readonly ReadPiece[]): Promise<(Uint8Array | null)[]>
  /**
   * Builds files in `.holdfast/tmp`; see StageFile. Finished files are fsynced when the promise resolves. The writes' bytes are the
   * disk's own from then on: they may be gone.
   */
  stage(files: readonly StageFile[]): Promise<StageResult[]>
  /** Brings staged files and other changes into place, in the order given; directories are fsynced when the promise resolves. */
  transition(steps: readonly Step[]): Promise<StepResult[]>
  /** Which chunks of `chunks` an interrupted staged file holds already (verified): their indexes. Empty if there is none. */
  resume(name: string, chunks: ChunkList): Promise<number[]>
  /** Removes staged files but for what `keep` names, which is asked when their turn has come: calls that change the tree go first. */
  cleanStage(keep: () => readonly string[]): Promise<void>
  /** The archive: newest first. */
  archived(): Promise<ArchiveEntry[]>
  /** What has been in the archive for long enough, by this device's own time: its clock may be years wrong. */
  expired(keeping: Keeping): Promise<ArchiveEntry[]>
  /**
   * Drops files of the archive. One whose content is no longer what it was when it came there, because a program that had it open
   * wrote on, goes back beside where it was under a name of its own. What could not be dropped is left out of the result.
   */
  dropArchived(requests: readonly DropRequest[]): Promise<Dropped[]>
  space(): Promise<Space>
  /** Resolves when the calls that change the tree have ended. */
  close(): Promise<void>
}

/** What a disk says of itself. */
export interface Space {
  /** Bytes that a user may still write. */
  freeBytes: number
  /** 0 where the disk cannot tell. */
  totalBytes: number
  /** Does it take `A` for `a`? */
  foldsCase: boolean
}

/** Whose the marker says that a root is. */
export interface RootMark {
  folder: string
  /** null where it was written before markers named the device. */
  device: string | null
}

export interface RootIdentity {
  id: string
  ino: number
  dev: number
}

export type RootHealth =
  | { ok: true }
  | {
      ok: false
      reasonCode:
        | 'root-missing'
        | 'root-no-directory'
        | 'marker-missing'
        | 'marker-damaged'
        | 'marker-changed'
        | 'root-replaced'
        | 'root-unreadable'
      reason: string
    }

export interface ScanRequest {
  snapshot: StatTable
  /** Paths to look at, each with all below it; null = the whole tree. The snapshot covers the same. */
  scopes: readonly string[] | null
  /** What the index knows of names that fold to the same key is not the scan's business; twins found on disk are problems. */
}

export interface ScanResult {
  /** New or changed entries, parents before children. Files are to be hashed. */
  changed: StatTable
  /** Targets of the symlinks in `changed`, by path. */
  targets: Map<string, string>
  /** Paths of the snapshot that are gone, children before parents. Nothing under an unreadable or blocked directory counts. */
  vanished: string[]
  /** What is ignored and not there any more. */
  ignoredGone: string[]
  /** The same, where another disk was mounted at the last look and is not now: they may be on that one. */
  unmounted: string[]
  /** Entries that could not be looked at or cannot be carried: what and why. */
  problems: ScanProblem[]
  /** Entries seen. */
  entries: number
  /** The ignore file changed since the last scan: patterns are in force from now on. */
  ignoreChanged: boolean
}

export interface ScanProblem {
  path: string
  code: 'unreadable' | 'name' | 'twin' | 'device-boundary' | 'special' | 'ignore-rules'
  message: string
}

export interface HashRequest {
  path: string
  stat: DiskStat
  /** The chunker of the lineage, or null. */
  chunker: number | null
}

export type HashResult =
  | {
      ok: true
      path: string
      /**
       * As it was before and after reading. `ctimeMs` is -1 where the file was written so shortly before that a later write might
       * not show: such a stat never compares equal, so the next scan that comes by reports the file again.
       */
      stat: DiskStat
      /** As a record has it. */
      mtime: number
      chunker: number
      size: number
      chunks: ChunkList
      manifest?: { chunks: ChunkList; pieces: Uint8Array[] }
    }
  | { ok: false; path: string; code: 'changing' | 'unreadable' | 'gone'; message: string }

export interface ReadPiece {
  /** 32 bytes. */
  id: Uint8Array
  /** Of a file of the folder, or one in its archive. */
  path: string
  offset: number
  length: number
}

export interface StageFile {
  /** The staged file's name in `tmp/` (a version's id). */
  name: string
  /**
   * True goes on with what earlier calls wrote under that name, or `resume` found there: `gone` when it is not there any more,
   * because a file with holes must not come of it. False begins anew; calls that follow wait until it has ended.
   */
  begun: boolean
  writes: StageWrite[]
  /** True makes durable what was written of it so far, so that what is left to do at the end of a large file stays little. */
  flush?: true
  /**
   * Set with the last writes: the file gets this size, mode and mtime, and is fsynced. Of a file that was not begun before, the
   * writes have to make up the whole.
   */
  finish?: { size: number; mode: number; mtime: number }
  /** Set alone, `begun` or not: what was written under that name is removed. */
  drop?: true
}

export type StageWrite =
  /** `bytes` are verified against `id` before they count. Where they are alone in their buffer it may be handed over with them. */
  | { id: Uint8Array; offset: number; bytes: Uint8Array; isAlone?: boolean }
  /** Copied from a file of the folder or one in its archive, verified against `id`. */
  | { id: Uint8Array; offset: number; length: number; from: { path: string; offset: number } }

export type StageResult =
  | { ok: true; name: string }
  /** `bad`: indexes of writes whose bytes did not match their id. The other writes count. */
  | { ok: false; name: string; code: 'mismatch' | 'full' | 'io' | 'gone'; bad: number[]; message: string }

/** What must be at a path before a step touches it, by the index. */
export type Expected = { kind: DiskKind; stat: DiskStat } | null

export type Step =
  /** `size` and `mtime` are those that the staged file was finished with. */
  | { do: 'place'; path: string; expected: Expected; staged: string; size: number; mtime: number; archiveAs: string | null }
  | { do: 'directory'; path: string; expected: Expected; mode: number; archiveAs: string | null }
  | { do: 'symlink'; path: string; expected: Expected; target: string; mtime: number; archiveAs: string | null }
  /** Moves a file, symlink or empty-able directory of the folder to another path of it. */
  | {
      do: 'move'
      path: string
      expected: Expected
      from: string
      fromExpected: Exclude<Expected, null>
      mode: number
      mtime: number
      archiveAs: string | null
    }
  /** Renames a directory within the one it is in, if what is below it is what `entries` says, itself first. Nothing is at `path`. */
  | { do: 'tree'; path: string; expected: null; from: string; entries: StatTable; archiveAs: null }
  | { do: 'remove'; path: string; expected: Exclude<Expected, null>; archiveAs: string | null }
  | { do: 'metadata'; path: string; expected: Exclude<Expected, null>; mode: number; mtime: number }

export type StepResult =
  /**
   * The entry as it is now; null after a removal. `ctimeMs` is -1 where somebody edited it while the step was taken: the rest
   * is as the step left it, and what is there has to be looked at. `archived`: where its predecessor is kept. `strangers`: entries
   * that nobody told of moved along with a tree.
   */
  | { ok: true; stat: DiskStat | null; archived?: ArchiveEntry; strangers?: true }
  /**
   * `changed`: not what was expected there, or nothing: a local edit to scan first. `not-empty`: a directory with entries the
   * index does not know. `parent`: the parent is missing or no directory. `name`: this disk cannot hold the name, or takes it
   * for that of another entry. `device-boundary`: another disk is mounted on the way there. `gone`: the staged file is not in `tmp/`: stage it again. `io`: it may or may not have happened.
   * `still`: a file that nobody edited, but that had a second name for a while, which gave it another change time.
   */
  | {
      ok: false
      code: 'changed' | 'not-empty' | 'parent' | 'name' | 'denied' | 'full' | 'io' | 'gone' | 'device-boundary'
      message: string
      still?: { path: string; stat: DiskStat }
    }

export interface Keeping {
  keepMs: number
  /** Of running time since `expired` was asked last; 0 when that was before the start. */
  elapsedMs: number
}

export interface DropRequest {
  name: string
  /** What it was when it came to the archive; null when nobody knows. A `chunks` that is shorter than `size` tells nothing. */
  content: { size: number; chunks: ChunkList } | null
  /** As it was while all of it was found to be that; it is read once more where it is not so now, or this is left out. */
  found?: DiskStat
  /** It is not to go; but where it was written to since it came there, as its time or size tell, that goes back into the tree. */
  stays?: true
}

export interface Dropped {
  name: string
  /** The path that it went back to, because it was written to late. */
  late: string | null
}

export interface ArchiveEntry {
  name: string
  path: string
  /** ms, when it was archived */
  time: number
  size: number
}
