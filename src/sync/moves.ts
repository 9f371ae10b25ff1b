import type { ShownEntry, TodoRow } from '#db'
import { pathKey } from '#model'
import { wantedEntries } from './reconcile.ts'

/** A file that is on this disk already, at a path where it is no longer wanted. */
export interface Move {
  from: ShownEntry
}

/**
 * Picks, for files that are to be created, those that are to be renamed, so that a rename here is a rename there and nothing is
 * copied: destination → move. Each source serves one destination: `taken` is source → the row that it serves.
 */
export function findMoves(rows: readonly TodoRow[], taken: Map<string, string>): Map<string, Move> {
  const moves = new Map<string, Move>()
  for (const row of rows) {
    const from = row.movable
    if (from === null || taken.has(from.path)) continue
    const [wanted, ...others] = wantedEntries(row)
    if (wanted?.version?.kind !== 'file' || others.length > 0) continue
    if (row.shown.some(({ path }) => pathKey(path) === pathKey(wanted.path))) continue
    taken.set(from.path, row.path)
    moves.set(wanted.path, { from })
  }
  return moves
}
