import { sameBytes, type ChunkList } from './chunk-list.ts'
import type { Hlc } from './hlc.ts'
import type { DeviceId, VersionId } from './ids.ts'
import { counterOf, type Dot, type Vector } from './vector.ts'

export type Kind = 'file' | 'directory' | 'symlink' | 'tombstone'

/** What a record says of a path: everything but who published it and when in its chain. */
export interface VersionBody {
  /** Relative to the folder, `/` between names, bytes as the author's disk has them (valid Unicode, not normalised). */
  readonly path: string
  readonly kind: Kind
  /** Permission bits (0o777); 0 for symlinks and tombstones. */
  readonly mode: number
  /** Microseconds since 1970, an integer; 0 for directories and tombstones. */
  readonly mtime: number
  /** Bytes; 0 but for files. */
  readonly size: number
  readonly vector: Vector
  /** Versions that the vector covers though this one has not seen them: they stand beside it. Sorted; absent where there are none. */
  readonly beside?: readonly Dot[]
  readonly hlc: Hlc
  /** The chunker parameter set that cut the file (content/): 0 but for files. */
  readonly chunker: number
  /** The file's chunks; of its manifest where `manifest` is set; empty but for files. */
  readonly chunks: ChunkList
  /** True when `chunks` name the pieces of a manifest (itself a ChunkList) and not of the file. */
  readonly manifest: boolean
  /** Where a symlink points, as it stands in the link; '' but for symlinks. */
  readonly target: string
}

/** Where a record stands: the `seq`th (from 1) of its author in that epoch of the author's database. */
export interface RecordPlace {
  readonly author: DeviceId
  readonly epoch: number
  readonly seq: number
}

/** One immutable state of one path. */
export interface Version extends VersionBody, RecordPlace {
  readonly id: VersionId
}

export function isLive(version: Pick<VersionBody, 'kind'>): boolean {
  return version.kind !== 'tombstone'
}

/** True when two versions would show the same thing on a disk, times and permissions aside. */
export function sameContent(a: VersionBody, b: VersionBody): boolean {
  if (a.kind !== b.kind) return false
  switch (a.kind) {
    case 'directory':
    case 'tombstone':
      return true
    case 'symlink':
      return a.target === b.target
    case 'file':
      return a.size === b.size && a.manifest === b.manifest && sameBytes(a.chunks, b.chunks)
  }
}

/** A version with its author. */
export type AuthoredVersion = VersionBody & Pick<RecordPlace, 'author'>

/** What names a version of a path in vectors: its author's own counter. */
export function dotOf(version: AuthoredVersion): Dot {
  return [version.author, counterOf(version.vector, version.author)]
}

/**
 * True when `version` was made in knowledge of the one with this dot, or is that one. A counter in a vector stands for all that
 * are not greater, but for those that the version stands beside.
 */
export function hasSeen({ vector, beside = [] }: Pick<VersionBody, 'vector' | 'beside'>, [device, counter]: Dot): boolean {
  return counterOf(vector, device) >= counter && !beside.some(([other, exempt]) => other === device && exempt === counter)
}

/** True when `a` makes `b` superfluous as a head. Two that carry the same dot are concurrent. */
export function supersedes(a: AuthoredVersion, b: AuthoredVersion): boolean {
  return hasSeen(a, dotOf(b)) && !hasSeen(b, dotOf(a))
}

/** The order in which concurrent versions win: greatest (HLC, author), then (epoch, seq), first; the same everywhere. */
export function byPrecedence(a: Version, b: Version): number {
  if (a.hlc !== b.hlc) return b.hlc - a.hlc
  if (a.author !== b.author) return a.author < b.author ? 1 : -1
  if (a.epoch !== b.epoch) return b.epoch - a.epoch
  return b.seq - a.seq
}
