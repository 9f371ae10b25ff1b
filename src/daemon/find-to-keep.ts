import { pickIds } from '#model'
import { HoldfastError } from '#base'
import { findAnywhere, type ChunkSources } from '#exchange'

/** In place of the devices connected: none that could be asked. */
const NOBODY: ChunkSources['exchange'] = {
  sources: () => 0,
  fetch: () => Promise.reject(new HoldfastError('not-found', 'no device is asked')),
  strike: () => undefined,
}

/**
 * Chunks that are to be kept, wherever they are; but of those in a file here that is being written to nothing is fetched: the next look
 * tells what it is. `isLive`: for each of packed ids, is it in a file that is on the disk, by the last look?
 */
export async function findToKeep(
  sources: ChunkSources,
  isLive: (ids: Uint8Array) => Promise<boolean[]>,
  ids: Uint8Array,
  lengths: readonly number[],
  signal: AbortSignal,
): Promise<(Uint8Array | null)[]> {
  const live = await isLive(ids)
  const found: (Uint8Array | null)[] = lengths.map(() => null)
  for (const ofLive of [true, false]) {
    const which = lengths.flatMap((_, at) => (live[at] === ofLive ? [at] : []))
    if (which.length === 0) continue
    const packed = pickIds(ids, which)
    const { absent: _, ...unasked } = sources
    const from = ofLive ? { ...unasked, exchange: NOBODY } : sources
    const ofThese = which.map((at) => lengths[at]!)
    const part = await findAnywhere(from, packed, ofThese, signal)
    which.forEach((at, n) => (found[at] = part[n] ?? null))
  }
  return found
}
