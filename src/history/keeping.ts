import type { FolderIndex, PastVersion } from '#db'
import type { ChunkSources } from '#exchange'
import type { ChunkList, RecordPlace } from '#model'
import { areAtHand } from './at-hand.ts'

/**
 * `protected`: all devices that are to have a version's content have it. Or does this device have what it has to have, and is all of it here or on a device
 * that is connected? If not: `at-risk` where the content is here all the same, or a device is connected that may have it, else `incomplete`.
 */
export type Keeping = 'protected' | 'kept' | 'at-risk' | 'incomplete'

export interface KeepingParts extends Pick<ChunkSources, 'here' | 'cache'> {
  index: Pick<FolderIndex, 'chunksOf'>
  /** Is this device done with keeping a version, whose chunks these are? */
  isKept(version: PastVersion, chunks: ChunkList): Promise<boolean>
  /** Have all devices that hold it what they have to have of the version that stands there? */
  isProtected(place: RecordPlace): boolean
  /** Of one that this device is done with: is what others are to have of its chunks on devices that are connected, as far as they have said? */
  isWithinReach(place: RecordPlace, chunks: ChunkList): boolean
}

/** `areSources`: is a device connected that may have content? */
export async function keepingOf(parts: KeepingParts, past: PastVersion, areSources: boolean): Promise<Keeping> {
  const { index, isKept, isProtected, isWithinReach } = parts
  const { version } = past
  if (!past.isForgotten && isProtected(version)) return 'protected'
  if (version.kind !== 'file' || version.size === 0) return 'kept'
  // Looked up only where the record does not name them: for each version of a path all others are gone through.
  const list = version.manifest ? await index.chunksOf(version.path, version.id) : version.chunks
  const isHere = list !== null && (await areAtHand(parts, [list]))[0] === true
  if (past.isForgotten) return isHere ? 'at-risk' : 'incomplete'
  if (list !== null && (isHere || isWithinReach(version, list)) && (await isKept(past, list))) return 'kept'
  return isHere || areSources ? 'at-risk' : 'incomplete'
}
