import { findHere, type ChunkSources } from '#exchange'
import { CHUNK_ITEM_BYTES, idAt, toHex, type ChunkId, type ChunkList } from '#model'
import { slices, unzip } from './chunk-slices.ts'

/** For each of some lists of chunks: are all of them on this device, in a file, the store or the cache? */
export async function areAtHand(
  { here, cache }: Pick<ChunkSources, 'here' | 'cache'>,
  lists: readonly ChunkList[],
): Promise<boolean[]> {
  /** Up to which of all chunks, one list after the other, each goes. */
  const ends: number[] = []
  for (const list of lists) ends.push((ends.at(-1) ?? 0) + list.length / CHUNK_ITEM_BYTES)
  const found = lists.map(() => true)
  let [chunk, at] = [0, 0]
  for (const piece of slices(Buffer.concat(lists), Infinity)) {
    if (!found.includes(true)) break
    const { ids } = unzip(piece)
    for (const [n, { length }] of (await findHere(here, ids)).entries()) {
      while (ends[at]! <= chunk) at++
      chunk++
      if (length > 0 || found[at] === false) continue
      const id = toHex(idAt(ids, n)) as ChunkId
      found[at] = (await cache?.has(id)) === true
    }
  }
  return found
}
