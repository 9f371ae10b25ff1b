import { microsecondsIn } from '#base'
import type { Kind } from './version.ts'

/** What a disk says of an entry, as far as a change can be seen by it. Numbers as `fs.Stats` gives them. */
export interface DiskStat {
  /** Bytes for files and symlinks; 0 for directories, whose size tells nothing. */
  readonly size: number
  /** Milliseconds with fraction; 0 for directories. */
  readonly mtimeMs: number
  /** Milliseconds with fraction; 0 for directories, and where the disk has none. */
  readonly ctimeMs: number
  readonly ino: number
  /** Permission bits (0o777). */
  readonly mode: number
}

export type DiskKind = Exclude<Kind, 'tombstone'>

export function sameStat(a: DiskStat, b: DiskStat): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino && a.mode === b.mode
}

/** The last time that a date can say, and before 1970 the first one (years 275,760 and -271,821). */
export const MAX_TIME_US = 8.64e18

/** By how much more than by its part of a microsecond a stat may differ from its record: that is how fine its doubles are. */
const STAT_US = 0.25

/**
 * A time on a disk as a record has it: the microsecond that it falls into, so that no copy seems newer than its source; one that no
 * record can say becomes the nearest one that can.
 */
export function recordTime(mtimeMs: number): number {
  return inRecords(microsecondsIn(mtimeMs))
}

/** The same of microseconds. */
export function inRecords(mtime: number): number {
  return Math.max(-MAX_TIME_US, Math.min(MAX_TIME_US, mtime))
}

/** Is a time on a disk the one of a record, which may have been rounded by an older version? */
export function isRecordTime(mtimeMs: number, mtime: number): boolean {
  return recordTime(mtimeMs) === mtime || Math.abs(mtimeMs * 1000 - mtime) <= 1 + STAT_US
}

/**
 * Has the disk a version's time and mode? Not after content was taken for the version's that had others (a lost database), nor where
 * the disk cannot hold them.
 */
export function showsMetadata(
  kind: DiskKind,
  stat: Pick<DiskStat, 'mtimeMs' | 'mode'>,
  version: { mode: number; mtime: number },
): boolean {
  const sameMode = kind === 'symlink' || stat.mode === version.mode
  return sameMode && (kind === 'directory' || isRecordTime(stat.mtimeMs, version.mtime))
}

/** One item of a StatTable. */
export interface StatRow {
  path: string
  kind: DiskKind
  stat: DiskStat
}

const KINDS: readonly DiskKind[] = ['file', 'directory', 'symlink']
const NUMBERS = 5

/**
 * Many paths with their stats in few large values, so that a hundred thousand cross a thread in milliseconds: `paths` joined
 * with NUL, one byte of kind each, five doubles each (size, mtimeMs, ctimeMs, ino, mode).
 */
export interface StatTable {
  readonly count: number
  readonly paths: string
  readonly kinds: Uint8Array
  readonly stats: Float64Array
}

export function packStats(rows: readonly StatRow[]): StatTable {
  const kinds = new Uint8Array(rows.length)
  const stats = new Float64Array(rows.length * NUMBERS)
  rows.forEach(({ kind, stat }, at) => {
    kinds[at] = KINDS.indexOf(kind)
    stats.set([stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino, stat.mode], at * NUMBERS)
  })
  return { count: rows.length, paths: rows.map((row) => row.path).join('\0'), kinds, stats }
}

export function tablePaths(table: StatTable): string[] {
  return table.count === 0 ? [] : table.paths.split('\0')
}

export function tableKind(table: StatTable, at: number): DiskKind {
  const kind = KINDS[table.kinds[at] ?? -1]
  if (kind === undefined) throw new RangeError(`no row ${at} in a table of ${table.count}`)
  return kind
}

export function tableStat({ stats }: StatTable, at: number): DiskStat {
  const from = at * NUMBERS
  return {
    size: stats[from] ?? 0,
    mtimeMs: stats[from + 1] ?? 0,
    ctimeMs: stats[from + 2] ?? 0,
    ino: stats[from + 3] ?? 0,
    mode: stats[from + 4] ?? 0,
  }
}

/** The buffers of a table, to hand over to another thread without a copy. */
export function tableBuffers(table: StatTable): ArrayBuffer[] {
  return [table.kinds.buffer as ArrayBuffer, table.stats.buffer as ArrayBuffer]
}
