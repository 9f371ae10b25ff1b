import { recordTime, sameStat, type DiskKind, type DiskStat } from '#model'
import { diskStat, kindOf, type FileStat } from './filesystem.ts'
import type { Expected } from './folder-disk.ts'

/** The change time of a file that was written so shortly before it was read that a later write might not show: no file has it. */
export const UNSETTLED = -1

/** The coarsest time a disk keeps, and what all times of such disks are multiples of. */
export const COARSEST_MS = 2_000
const ROUND_MS = 10

/** Of directories only kind and mode count: the rest changes with what is in them, or tells nothing. */
export function sameEntry(kind: DiskKind, stat: DiskStat, foundKind: string, found: DiskStat): boolean {
  if (kind !== foundKind) return false
  return kind === 'directory' ? stat.mode === found.mode : sameStat(stat, found)
}

/** Is there what the index says? */
export function isExpected(expected: Expected, found: FileStat | undefined): boolean {
  if (expected === null || found === undefined) return expected === null && found === undefined
  return sameEntry(expected.kind, expected.stat, kindOf(found), diskStat(found))
}

export function sameFileStat(a: FileStat, b: FileStat): boolean {
  return sameButChangeTime(a, b) && a.ctimeMs === b.ctimeMs
}

/** The same file, not written to; it may have got or lost a name. */
export function sameButChangeTime(a: FileStat, b: FileStat): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs && a.mode === b.mode
}

/** What a step left at its path: microseconds; no size where it tells nothing. */
export interface Left {
  size: number | null
  mtime: number
}

/** What is noted of an entry after a step: an edit that came by meanwhile shows in size or time, and must not pass for what was left. */
export function noted(found: FileStat, left: Left | undefined): DiskStat {
  const stat = diskStat(found)
  if (left === undefined || ((left.size ?? found.size) === found.size && isTime(found.mtimeMs, left.mtime))) return stat
  return { ...stat, size: left.size ?? found.size, mtimeMs: left.mtime / 1000, ctimeMs: UNSETTLED }
}

/** Disks that keep times coarsely round them; a time of our own clock is hardly ever a round one. */
function isTime(mtimeMs: number, mtime: number): boolean {
  if (recordTime(mtimeMs) === mtime) return true
  return mtimeMs % ROUND_MS === 0 && Math.abs(recordTime(mtimeMs) - mtime) < COARSEST_MS * 1000
}

/** Like `isExpected`, but a file that was unsettled when it was read may have settled since. */
export function isStill(expected: Expected, found: FileStat | undefined): boolean {
  if (expected?.kind !== 'file' || expected.stat.ctimeMs !== UNSETTLED || found === undefined) return isExpected(expected, found)
  return isExpected({ kind: 'file', stat: { ...expected.stat, ctimeMs: found.ctimeMs } }, found)
}
