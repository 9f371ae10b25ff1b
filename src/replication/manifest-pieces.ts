import type { FolderHistory, KeepItem } from '#db'
import { CHUNK_ITEM_BYTES, chunkBytes, chunkCount, chunkIds, idAt, pickIds } from '#model'
import type { ChunkFinder } from './chunk-finder.ts'

/** Pieces that are asked for at once are so large together, or one. */
const WINDOW_BYTES = 4 * 1024 * 1024
/** Of a manifest that is larger no device can do anything with the file. */
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024

export interface ManifestPiecesParts {
  index: Pick<FolderHistory, 'manifestPieces' | 'putManifestPieces'>
  finder: ChunkFinder
}

/**
 * Gets the pieces of a version's manifest that the index lacks, as of one that was superseded before it was brought to this disk. The version with its
 * chunks; as it was where a piece is not to be had now, which is noted in `nowhere`, in hex, where no device has it.
 */
export async function withManifest(
  { index, finder }: ManifestPiecesParts,
  item: KeepItem,
  nowhere: Set<string>,
  signal: AbortSignal,
): Promise<KeepItem> {
  const { chunks: manifest } = item.version
  if (item.chunks !== null || chunkBytes(manifest) > MAX_MANIFEST_BYTES) return item
  const ids = chunkIds(manifest)
  const view = new DataView(manifest.buffer, manifest.byteOffset, manifest.byteLength)
  const lengths = Array.from({ length: chunkCount(manifest) }, (_, at) => view.getUint32(at * CHUNK_ITEM_BYTES + 32, true))
  const pieces = await index.manifestPieces(ids)
  const lacking = pieces.flatMap((piece, at) => (piece === null ? [at] : []))
  for (let from = 0; from < lacking.length;) {
    const window: number[] = []
    for (let bytes = 0; from < lacking.length && (window.length === 0 || bytes < WINDOW_BYTES); from++) {
      window.push(lacking[from]!)
      bytes += lengths[lacking[from]!]!
    }
    const wanted = window.map((at) => lengths[at]!)
    const found = await finder.find(pickIds(ids, window), wanted, signal, (id) => nowhere.add(id))
    const there = window.flatMap((at, n) => (found[n] == null ? [] : [{ at, id: idAt(ids, at), bytes: found[n] }]))
    for (const { at, bytes } of there) pieces[at] = bytes
    if (there.length > 0) await index.putManifestPieces(there.map(({ id, bytes }) => ({ id, bytes })))
    if (there.length < window.length) return item
  }
  return { ...item, chunks: new Uint8Array(Buffer.concat(pieces.map((piece) => piece!))) }
}
