import type { ShownEntry, TodoRow } from '#db'
import { baseName, isLive, joinPath, parentPath, pathKey, sameBytes, showsMetadata, type Version } from '#model'
import { conflictPath } from './conflict-name.ts'

/** What the disk is to show at a path. */
export interface Wanted {
  path: string
  /** null: a directory that exists only because a live entry is below it. */
  version: Version | null
}

/**
 * What the heads of one path ask for: nothing, one entry, or one at the path and derived conflict files beside it (DESIGN §4).
 * A live head beats tombstones; a directory, or a live entry below the path, keeps the name; else the greatest precedence.
 * `heads` are sorted by precedence and joined where their content is the same. The paths are as this disk spells them.
 */
export function wantedEntries(
  { path, heads, below, shown, directory: place }: Pick<TodoRow, 'path' | 'heads' | 'below' | 'shown' | 'directory'>,
  nameOf: (version: Version) => string = conflictPath,
): Wanted[] {
  let directory: Version | undefined
  const others: Version[] = []
  for (const head of heads) {
    if (head.kind === 'directory') directory ??= head
    else if (isLive(head)) others.push(head)
  }
  const keptPath = shown.find((entry) => pathKey(entry.path) === pathKey(path))?.path
  const wanted: Wanted[] = []
  if (directory !== undefined || below) wanted.push({ path: keptPath ?? directory?.path ?? path, version: directory ?? null })
  else {
    const winner = others.shift()
    if (winner !== undefined) wanted.push({ path: keptPath ?? winner.path, version: winner })
  }
  for (const loser of others) wanted.push({ path: nameOf(loser), version: loser })
  if (place === parentPath(path)) return wanted
  return wanted.map((entry) => ({ ...entry, path: joinPath(place, baseName(entry.path)) }))
}

/** How one path's disk differs from what is wanted there. */
export type Difference =
  | { do: 'nothing'; path: string; shown: ShownEntry; version: Version | null }
  | { do: 'create'; path: string; version: Version | null; over: ShownEntry | null }
  | { do: 'metadata'; path: string; version: Version; shown: ShownEntry }
  | { do: 'remove'; path: string; shown: ShownEntry }

/**
 * Compares the disk, as the index knows it, with what is wanted. `chunksOf` gives a file version's own chunks (its manifest
 * read). Removals come last. An entry with unauthored local edits (version null) is replaced like any other: the caller decides
 * beforehand whether such paths are touched.
 */
export function differences(
  row: TodoRow,
  chunksOf: (version: Version) => Uint8Array,
  nameOf?: (version: Version) => string,
): Difference[] {
  const wanted = wantedEntries(row, nameOf)
  const result: Difference[] = []
  for (const { path, version } of wanted) {
    const shown = row.shown.find((entry) => entry.path === path)
    if (shown === undefined) result.push({ do: 'create', path, version, over: null })
    else if (!showsSame(shown, version, chunksOf)) result.push({ do: 'create', path, version, over: shown })
    else if (version === null || (shown.version?.id === version.id && showsMetadata(shown.kind, shown.stat, version)))
      result.push({ do: 'nothing', path, shown, version })
    else result.push({ do: 'metadata', path, version, shown })
  }
  for (const shown of row.shown) {
    if (!wanted.some(({ path }) => path === shown.path)) result.push({ do: 'remove', path: shown.path, shown })
  }
  return result
}

function showsSame(shown: ShownEntry, version: Version | null, chunksOf: (version: Version) => Uint8Array): boolean {
  if (version === null) return shown.kind === 'directory'
  if (shown.version?.id === version.id && shown.kind === version.kind) return true
  if (shown.kind !== version.kind) return false
  switch (version.kind) {
    case 'directory':
      return true
    case 'file':
      return shown.size === version.size && sameBytes(shown.chunks, chunksOf(version))
    case 'symlink':
      return false
  }
}
