import { idAt, idCount, pickIds } from '#model'
import type { FolderIndex } from '#db'
import type { FolderDisk, ReadPiece } from '#folder'
import type { FolderChunks } from '#store'

/** What chunks of a folder can be read from on this device. */
export interface LocalFolder {
  index: Pick<FolderIndex, 'locate' | 'manifestPieces'>
  disk: Pick<FolderDisk, 'read'> | null
  store: Pick<FolderChunks, 'lengths' | 'read' | 'open'> | null
}

/** Where a chunk can be read: places on the disk, bytes already, or else the store. */
export interface LocalChunk {
  /** 0: it is not here. */
  length: number
  places: Omit<ReadPiece, 'id'>[]
  bytes: Uint8Array | null
}

/** Looks for chunks (packed ids, 32 bytes each) in live files and the archive, the manifests in the index, and the store. */
export async function findHere({ index, disk, store }: LocalFolder, ids: Uint8Array): Promise<LocalChunk[]> {
  const places = disk === null ? [] : await index.locate(ids)
  const found: LocalChunk[] = Array.from({ length: idCount(ids) }, (_, at) => {
    const known = places[at] ?? []
    return { length: known[0]?.length ?? 0, places: known, bytes: null }
  })
  const unknown = (): number[] => found.flatMap(({ length }, at) => (length === 0 ? [at] : []))
  const noPlace = unknown()
  if (noPlace.length === 0) return found
  const pieces = await index.manifestPieces(pickIds(ids, noPlace))
  noPlace.forEach((at, n) => {
    const bytes = pieces[n] ?? null
    found[at] = { length: bytes?.length ?? 0, places: [], bytes }
  })
  const elsewhere = unknown()
  if (store === null || elsewhere.length === 0) return found
  const lengths = await store.lengths(pickIds(ids, elsewhere))
  elsewhere.forEach((at, n) => (found[at]!.length = lengths[n] ?? 0))
  return found
}

/**
 * Reads chunks [start, end) of those found, each verified; null for those that are not here after all. A place that is stale gives way to
 * the next, at last to the store.
 */
export async function readHere(
  { disk, store }: LocalFolder,
  ids: Uint8Array,
  found: readonly LocalChunk[],
  start = 0,
  end = found.length,
): Promise<(Uint8Array | null)[]> {
  const chunks = found.slice(start, end).map(({ bytes }) => bytes)
  const missing = (of: (chunk: LocalChunk) => boolean): number[] =>
    chunks.flatMap((chunk, at) => (chunk === null && of(found[start + at]!) ? [at] : []))
  for (let attempt = 0; disk !== null; attempt++) {
    const wanted = missing(({ places }) => places[attempt] !== undefined)
    if (wanted.length === 0) break
    const read = await disk.read(
      wanted.map((at) => ({
        id: idAt(ids, start + at),
        ...found[start + at]!.places[attempt]!,
      })),
    )
    wanted.forEach((at, n) => (chunks[at] = read[n] ?? null))
  }
  const stored = store === null ? [] : missing(({ length }) => length > 0)
  if (store === null || stored.length === 0) return chunks
  const read = await store.read(
    pickIds(
      ids,
      stored.map((at) => start + at),
    ),
  )
  stored.forEach((at, n) => (chunks[at] = read[n] ?? null))
  return chunks
}
