import type { ScanResult } from '#folder'
import { baseName, parentPath, pathKey, tableKind, tablePaths, tableStat, type DiskStat, type StatTable } from '#model'

const ASCII = /^[\0-\x7f]*$/
const NONE: ReadonlySet<string> = new Set()

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
  /** The vanished directory in which it moved, to one where it has the same name; null where it moved by itself. */
  within: string | null
}

/** Tells moved files from new ones, by inode, size and modification time: new path → where it came from. */
export function movedFiles(snapshot: StatTable, { changed, vanished }: Found): Map<string, LocalMove> {
  const pairs = new Map<string, LocalMove>()
  const gone = new Set(vanished)
  const sources = marked(snapshot, 'file', gone)
  if (sources.size === 0) return pairs
  for (const [key, { path, ctimeMs }] of marked(changed, 'file')) {
    const source = sources.get(key)
    if (source === undefined) continue
    const from = source.path
    const untouched = source.ctimeMs === ctimeMs
    const directory = parentPath(from)
    const isElsewhere = pathKey(from) !== pathKey(path)
    const isWithin = untouched && isElsewhere && gone.has(directory) && baseName(from) === baseName(path)
    pairs.set(path, { from, untouched, within: isWithin ? directory : null })
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

/**
 * Files and links that came where a directory was → what is gone with it, children first. Noted in one go: in between the path
 * would be a directory still, for what is below it, and the file in its place a conflict.
 */
export function replacedTrees({ changed, vanished }: Found): Map<string, string[]> {
  const replaced = new Map<string, string[]>()
  if (vanished.length === 0) return replaced
  const arrived = new Set(tablePaths(changed).filter((_, at) => tableKind(changed, at) !== 'directory'))
  for (const path of vanished) {
    for (let above = parentPath(path); above !== ''; above = parentPath(above)) {
      if (!arrived.has(above)) continue
      const gone = replaced.get(above)
      if (gone === undefined) replaced.set(above, [path])
      else gone.push(path)
      break
    }
  }
  return replaced
}

/** Entries that are no longer in the folder, whatever their names: how many, and by what they can be known again the paths they had. */
export interface Missing {
  count: number
  marks: Map<string, string[]>
}

/** Of the entries that are `gone` from their paths those that are nowhere else, neither as new nor since an earlier look. */
export function missing(snapshot: StatTable, { changed, vanished }: Found, gone: readonly string[]): Missing {
  const marks = entryMarks(snapshot, new Set(gone))
  const left = new Set([...vanished, ...gone])
  const inodes = new Set([...marks.values()].map(({ ino }) => ino))
  const elsewhere = new Set<string>()
  for (const [table, without] of [
    [snapshot, left],
    [changed, NONE],
  ] as const)
    for (const [path, { mark }] of entryMarks(table, null, inodes)) if (!without.has(path)) elsewhere.add(mark)
  const nowhere = [...marks].filter(([, { mark }]) => !elsewhere.has(mark))
  const paths = Map.groupBy(nowhere, ([, { mark }]) => mark)
  return { count: nowhere.length, marks: new Map([...paths].map(([mark, entries]) => [mark, entries.map(([path]) => path)])) }
}

/** What new entries can be known again by. */
export function arrivals({ changed }: Pick<Found, 'changed'>): string[] {
  return [...entryMarks(changed, null).values()].map(({ mark }) => mark)
}

/** By path: of all entries, or of those of some paths or inodes. */
function entryMarks(
  table: StatTable,
  only: ReadonlySet<string> | null,
  inodes?: ReadonlySet<number>,
): Map<string, { ino: number; mark: string }> {
  const found = new Map<string, { ino: number; mark: string }>()
  if (table.count === 0 || only?.size === 0 || inodes?.size === 0) return found
  tablePaths(table).forEach((path, at) => {
    if (only?.has(path) === false) return
    const stat = tableStat(table, at)
    if (inodes?.has(stat.ino) === false) return
    found.set(path, { ino: stat.ino, mark: `${tableKind(table, at)}:${mark(stat)}` })
  })
  return found
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
