import type { KeepItem } from '#db'
import { toHex, type ChunkId, type ChunkList } from '#model'

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
export function packIds(chunks: readonly Wanted[]): Uint8Array {
  return Buffer.concat(chunks.map(({ id }) => id))
}

/** Packed ids in hex. */
export function namesIn(ids: Uint8Array): ChunkId[] {
  return Array.from({ length: ids.length / 32 }, (_, at) => toHex(ids.subarray(at * 32, at * 32 + 32)) as ChunkId)
}
