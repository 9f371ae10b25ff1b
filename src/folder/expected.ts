import { sameStat, type DiskKind, type DiskStat } from '#model'
import { diskStat, kindOf, type FileStat } from './filesystem.ts'
import type { Expected } from './folder-disk.ts'

/** The change time of a file that was written so shortly before it was read that a later write might not show: no file has it. */
export const UNSETTLED = -1

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

/** Like `isExpected`, but a file that was unsettled when it was read may have settled since. */
export function isStill(expected: Expected, found: FileStat | undefined): boolean {
  if (expected?.kind !== 'file' || expected.stat.ctimeMs !== UNSETTLED || found === undefined) return isExpected(expected, found)
  return isExpected({ kind: 'file', stat: { ...expected.stat, ctimeMs: found.ctimeMs } }, found)
}
