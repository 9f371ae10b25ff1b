import type { ScanResult } from '#folder'
import { tableKind, tablePaths, tableStat, type DiskStat, type StatTable } from '#model'

/** Tells moved files from new ones, by inode, size and modification time: new path → the vanished path it was moved from. */
export function movedFiles(snapshot: StatTable, { changed, vanished }: ScanResult): Map<string, string> {
  const pairs = new Map<string, string>()
  const sources = marked(snapshot, 'file', new Set(vanished))
  if (sources.size === 0) return pairs
  for (const [key, path] of marked(changed, 'file')) {
    const from = sources.get(key)
    if (from !== undefined) pairs.set(path, from)
  }
  return pairs
}

/** How many of the vanished directories were only renamed. */
export function movedDirectories(snapshot: StatTable, { changed, vanished }: ScanResult): number {
  const sources = marked(snapshot, 'directory', new Set(vanished))
  if (sources.size === 0) return 0
  return [...marked(changed, 'directory').keys()].filter((key) => sources.has(key)).length
}

function marked(table: StatTable, kind: 'file' | 'directory', only?: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>()
  if (table.count === 0 || only?.size === 0) return found
  tablePaths(table).forEach((path, at) => {
    if (tableKind(table, at) === kind && only?.has(path) !== false) found.set(mark(tableStat(table, at)), path)
  })
  return found
}

function mark({ ino, size, mtimeMs }: DiskStat): string {
  return `${ino}:${size}:${mtimeMs}`
}
