import type { ChunkPlace, FolderIndex, ShownEntry, TodoRow } from '#db'
import { pathKey, sameBytes, toHex, type ChunkId, type ChunkList, type Version } from '#model'
import { wantedEntries } from './reconcile.ts'

/** A file that is on this disk already, at a path where it is no longer wanted. */
export interface Move {
  from: ShownEntry
}

/**
 * Finds, for files that are to be created, files of the same content that are to be removed, so that a rename here is a rename
 * there and nothing is copied: destination → move. Each source serves one destination.
 */
export async function findMoves(
  index: Pick<FolderIndex, 'rows'>,
  rows: readonly TodoRow[],
  chunksOf: (version: Version) => ChunkList,
  placesOf: (id: ChunkId) => ChunkPlace[],
): Promise<Map<string, Move>> {
  const moves = new Map<string, Move>()
  const created = rows.flatMap((row) => newFiles(row, chunksOf))
  if (created.length === 0) return moves
  const places = created.map(({ chunks }) => placesOf(toHex(chunks.subarray(0, 32)) as ChunkId))
  const candidates = [...new Set(places.flat().map(({ path }) => path))]
  if (candidates.length === 0) return moves
  const unwanted = new Map<string, ShownEntry>()
  for (const row of await index.rows(candidates)) {
    const kept = new Set(wantedEntries(row).map(({ path }) => path))
    for (const entry of row.shown) {
      if (entry.kind === 'file' && entry.version !== null && !kept.has(entry.path)) unwanted.set(entry.path, entry)
    }
  }
  created.forEach(({ path, chunks }, at) => {
    for (const place of places[at] ?? []) {
      const from = unwanted.get(place.path)
      if (from === undefined || !sameBytes(from.chunks, chunks)) continue
      unwanted.delete(place.path)
      moves.set(path, { from })
      return
    }
  })
  return moves
}

/** Files with content that a row asks for where the disk shows nothing. */
function newFiles(row: TodoRow, chunksOf: (version: Version) => ChunkList): { path: string; chunks: ChunkList }[] {
  const shown = new Set(row.shown.map(({ path }) => pathKey(path)))
  return wantedEntries(row).flatMap(({ path, version }) => {
    if (version?.kind !== 'file' || shown.has(pathKey(path))) return []
    const chunks = chunksOf(version)
    return chunks.length === 0 ? [] : [{ path, chunks }]
  })
}
