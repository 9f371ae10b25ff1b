import type { ScanResult } from '#folder'
import { pathKey, tableKind, tablePaths, tableStat, type DiskStat, type StatTable } from '#model'

const ASCII = /^[\0-\x7f]*$/

type Found = Pick<ScanResult, 'changed' | 'vanished'>

/** A file at a new path. */
export interface LocalMove {
  /** The vanished path it was at. */
  from: string
  /**
   * Its change time is the old one: it moved with its directory, and nobody wrote to it. A rename of its own changes that time,
   * behind which an edit could hide that kept size and modification time.
   */
  untouched: boolean
}

/** Tells moved files from new ones, by inode, size and modification time: new path → where it came from. */
export function movedFiles(snapshot: StatTable, { changed, vanished }: Found): Map<string, LocalMove> {
  const pairs = new Map<string, LocalMove>()
  const sources = marked(snapshot, 'file', new Set(vanished))
  if (sources.size === 0) return pairs
  for (const [key, { path, ctimeMs }] of marked(changed, 'file')) {
    const source = sources.get(key)
    if (source !== undefined) pairs.set(path, { from: source.path, untouched: source.ctimeMs === ctimeMs })
  }
  return pairs
}

/** Vanished paths that are there under another spelling of the same name: they are no deletions. */
export function respelled({ changed, vanished }: Found): Set<string> {
  const keys = new Set(vanished.filter((path) => !ASCII.test(path)).map(pathKey))
  if (keys.size === 0) return keys
  const arrived = new Set(tablePaths(changed).map(pathKey))
  return new Set(vanished.filter((path) => keys.has(pathKey(path)) && arrived.has(pathKey(path))))
}

/** How many of the vanished directories were only renamed. */
export function movedDirectories(snapshot: StatTable, { changed, vanished }: Found): number {
  const sources = marked(snapshot, 'directory', new Set(vanished))
  if (sources.size === 0) return 0
  return [...marked(changed, 'directory').keys()].filter((key) => sources.has(key)).length
}

function marked(
  table: StatTable,
  kind: 'file' | 'directory',
  only?: ReadonlySet<string>,
): Map<string, { path: string; ctimeMs: number }> {
  const found = new Map<string, { path: string; ctimeMs: number }>()
  if (table.count === 0 || only?.size === 0) return found
  tablePaths(table).forEach((path, at) => {
    if (tableKind(table, at) !== kind || only?.has(path) === false) return
    const stat = tableStat(table, at)
    found.set(mark(stat), { path, ctimeMs: stat.ctimeMs })
  })
  return found
}

function mark({ ino, size, mtimeMs }: DiskStat): string {
  return `${ino}:${size}:${mtimeMs}`
}
