import { recordTime, sameContent, type ChunkList, type VersionBody } from '#model'
import type { EntryChange } from './local-change.ts'
import type { ShownRow } from './tables/shown.ts'

/** What a change would say in a record, but for its vector and time. */
export type Draft = Omit<VersionBody, 'vector' | 'beside' | 'hlc'>

const EMPTY: ChunkList = new Uint8Array(0)
/** Microseconds by which two times may differ and be the same: doubles of milliseconds carry no more. */
const ROUNDING_US = 2
/** The coarsest time a disk keeps (FAT: two seconds), and the coarsest unit it then counts in. */
const COARSE_US = 2_000_000
const SECOND_US = 1_000_000

export function draftOf(change: EntryChange): Draft {
  const plain = { path: change.path, mode: 0, mtime: 0, size: 0, chunker: 0, chunks: EMPTY, manifest: false, target: '' }
  switch (change.kind) {
    case 'tombstone':
      return { ...plain, kind: 'tombstone' }
    case 'directory':
      return { ...plain, kind: 'directory', mode: change.stat.mode & 0o777 }
    case 'symlink':
      return { ...plain, kind: 'symlink', mtime: recordTime(change.stat.mtimeMs), target: change.target }
    case 'file': {
      const { chunker, size, chunks, manifest } = change.content
      const mtime = change.mtime ?? recordTime(change.stat.mtimeMs)
      const content = { chunker, size, chunks: manifest?.chunks ?? chunks, manifest: manifest !== undefined }
      return { ...plain, kind: 'file', mode: change.stat.mode & 0o777, mtime, ...content }
    }
  }
}

/** The same again as `version`. */
export function draftFrom({ path, kind, mode, mtime, size, chunker, chunks, manifest, target }: VersionBody): Draft {
  return { path, kind, mode, mtime, size, chunker, chunks, manifest, target }
}

export function sameAs(draft: Draft, version: VersionBody): boolean {
  return sameContent({ ...draft, vector: [], hlc: 0 }, version)
}

/**
 * The draft with the mode and time of `base` where the user has not changed them. A disk that cannot hold a mode or a time shows
 * another one than the record has, from the day it was written: that is no edit.
 */
export function withUntouched(draft: Draft, base: VersionBody, shown: ShownRow): Draft {
  if (draft.kind !== base.kind) return draft
  const shownMode = shown.stat.mode & 0o777
  const shownMtime = recordTime(shown.stat.mtimeMs)
  return {
    ...draft,
    mode: draft.mode === shownMode ? base.mode : draft.mode,
    mtime:
      sameTime(draft.mtime, shownMtime, true) || sameTime(draft.mtime, base.mtime, shownMtime === base.mtime)
        ? base.mtime
        : draft.mtime,
  }
}

export function sameMetadata(draft: Draft, base: VersionBody): boolean {
  return draft.mode === base.mode && draft.mtime === base.mtime
}

/** Does an entry on the disk look as sync would have placed the version? It gives it the version's time; a user's write does not. */
export function looksPlaced(draft: Draft, version: VersionBody): boolean {
  const hasTime = draft.kind === 'file' || draft.kind === 'symlink'
  return sameAs(draft, version) && (!hasTime || sameTime(draft.mtime, version.mtime, false))
}

/** `isFine`: the disk has held the recorded time as it is, so no other is taken for a rounding of it. */
function sameTime(disk: number, recorded: number, isFine: boolean): boolean {
  const apart = Math.abs(disk - recorded)
  return apart <= ROUNDING_US || (!isFine && disk % SECOND_US === 0 && apart < COARSE_US)
}
