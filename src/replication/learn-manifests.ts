import type { FolderHistory, KeepItem } from '#db'
import { chunkBytes, eachId, MAX_MANIFEST_BYTES, pickIds, type ChunkId } from '#model'
import type { ChunkFinder } from './chunk-finder.ts'
import { batches, idsOf, manifestPieces } from './wanted.ts'

/** Pieces that the index is asked about at once. */
const SLICE = 256

export interface LearnParts {
  index: Pick<FolderHistory, 'manifestPieces' | 'putManifestPieces'>
  finder: ChunkFinder
  signal: AbortSignal
  /** Called for each piece as in ChunkFinder. */
  nowhere?: (id: ChunkId) => void
  /** Runs each piece of the work. */
  batch?<T>(work: () => Promise<T>): Promise<T>
}

/**
 * Gets what the index lacks of the manifests of these versions: sync brings it for what a path is, not for what it was, which a device that comes
 * later meets as well. True where the index knows more of them now.
 */
export async function learnManifests(
  { index, finder, signal, nowhere, batch = (work) => work() }: LearnParts,
  items: readonly KeepItem[],
): Promise<boolean> {
  const unknown = items.filter(({ chunks, version }) => chunks === null && chunkBytes(version.chunks) <= MAX_MANIFEST_BYTES)
  let learned = false
  for (const slice of manifestPieces(unknown, SLICE)) {
    const known = await index.manifestPieces(idsOf(slice))
    for (const wanted of batches(slice.filter((_, at) => known[at] === null))) {
      const ids = idsOf(wanted)
      const lengths = wanted.map(({ length }) => length)
      const found = await batch(() => finder.find(ids, lengths, signal, nowhere))
      const there = found.flatMap((bytes, at) => (bytes === null ? [] : [at]))
      if (there.length === 0) continue
      const packed = eachId(pickIds(ids, there))
      await index.putManifestPieces(packed.map((id, n) => ({ id, bytes: found[there[n]!]!.slice() })))
      learned = true
    }
  }
  return learned
}
