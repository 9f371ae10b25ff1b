import type { KeepItem } from '#db'
import { CHUNK_ITEM_BYTES, type ChunkList } from '#model'

/** Bytes of chunks read and sealed at once. */
const BATCH_BYTES = 4 * 1024 * 1024

/** A chunk that a version needs. */
export interface Wanted {
  /** Which of the items it is of. */
  item: number
  id: Uint8Array
  length: number
  /** A copy of any kind will do. */
  isAny: boolean
}

/** The chunks that a version is read back from by who knows its record alone: its file's, and those of its manifest. null: not all are known. */
export function chunksToHold({ chunks, version, isForgotten }: KeepItem): ChunkList | null {
  return chunks === null || !version.manifest || isForgotten ? chunks : new Uint8Array(Buffer.concat([version.chunks, chunks]))
}

/** Of the chunks that `chunksIn` gives of these versions, in order, those of which `want` says what copy will do; so many at a time at most. */
export function* slices(
  items: readonly KeepItem[],
  count: number,
  chunksIn: (item: KeepItem) => ChunkList | null,
  want: (id: Uint8Array, at: number) => Pick<Wanted, 'isAny'> | null,
): Generator<Wanted[]> {
  let slice: Wanted[] = []
  for (const [at, item] of items.entries()) {
    const chunks = chunksIn(item) ?? new Uint8Array(0)
    const view = new DataView(chunks.buffer, chunks.byteOffset, chunks.byteLength)
    for (let start = 0; start < chunks.length; start += CHUNK_ITEM_BYTES) {
      const id = chunks.subarray(start, start + 32)
      const wanted = want(id, at)
      if (wanted === null) continue
      slice.push({ item: at, id, length: view.getUint32(start + 32, true), ...wanted })
      if (slice.length < count) continue
      yield slice
      slice = []
    }
  }
  if (slice.length > 0) yield slice
}

/** The pieces of the manifests that these versions have; so many at a time at most. */
export function manifestPieces(items: readonly KeepItem[], count: number): Generator<Wanted[]> {
  return slices(
    items,
    count,
    ({ version }) => version.chunks,
    () => ({ isAny: true }),
  )
}

/** In order, each of so many bytes at most, but for a single one. */
export function* batches(wanted: readonly Wanted[]): Generator<Wanted[]> {
  let batch: Wanted[] = []
  let bytes = 0
  for (const item of wanted) {
    if (batch.length > 0 && bytes + item.length > BATCH_BYTES) {
      yield batch
      ;[batch, bytes] = [[], 0]
    }
    batch.push(item)
    bytes += item.length
  }
  if (batch.length > 0) yield batch
}

/** Their ids, one after another. */
export function idsOf(chunks: readonly Wanted[]): Uint8Array {
  return Buffer.concat(chunks.map(({ id }) => id))
}
