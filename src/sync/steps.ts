import type { ShownEntry, TodoRow } from '#db'
import type { Expected, Step } from '#folder'
import type { Version } from '#model'
import type { Move } from './moves.ts'
import type { Difference } from './reconcile.ts'

/** Permissions of a directory that no record describes. */
const IMPLICIT_MODE = 0o755

export interface StepInput {
  row: TodoRow
  difference: Difference
  chunksOf(version: Version): Uint8Array
  /** The file to rename into place, for a created file. */
  move: Move | null
}

/** The step on the disk that makes a difference go away. Files that are no moves have been staged under their version's id. */
export function stepFor({ difference, move }: StepInput): Step {
  switch (difference.do) {
    case 'create': {
      const { path, version, over } = difference
      const target = { path, expected: expected(over), archiveAs: archiveAs(over) }
      if (version === null) return { do: 'directory', ...target, mode: IMPLICIT_MODE }
      switch (version.kind) {
        case 'directory':
          return { do: 'directory', ...target, mode: version.mode }
        case 'symlink':
          return { do: 'symlink', ...target, target: version.target, mtime: version.mtime }
        case 'file':
          if (move === null) return { do: 'place', ...target, staged: version.id, size: version.size, mtime: version.mtime }
          return {
            do: 'move',
            ...target,
            from: move.from.path,
            fromExpected: { kind: move.from.kind, stat: move.from.stat },
            mode: version.mode,
            mtime: version.mtime,
          }
        case 'tombstone':
          throw new TypeError('a tombstone is not created')
      }
    }
    case 'metadata': {
      const { path, version, shown } = difference
      return { do: 'metadata', path, expected: { kind: shown.kind, stat: shown.stat }, mode: version.mode, mtime: version.mtime }
    }
    case 'remove': {
      const { path, shown } = difference
      return { do: 'remove', path, expected: { kind: shown.kind, stat: shown.stat }, archiveAs: archiveAs(shown) }
    }
    case 'nothing':
      throw new TypeError('nothing to do needs no step')
  }
}

function expected(shown: ShownEntry | null): Expected {
  return shown === null ? null : { kind: shown.kind, stat: shown.stat }
}

/** Tells apart what was archived of one path in one millisecond; a directory is not archived, its files are. */
function archiveAs(shown: ShownEntry | null): string | null {
  return shown === null || shown.kind === 'directory' ? null : (shown.version?.id ?? 'local').slice(0, 12)
}
