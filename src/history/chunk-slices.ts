import { CHUNK_ITEM_BYTES, chunkCount, chunkIds, type ChunkList } from '#model'

/** Chunks looked for at once. */
const LOOKED_FOR = 1_024

/** The chunks that hold the bytes from `start` to before `end` of a file, and where the first of them begins. */
export function within(list: ChunkList, start: number, end: number): { list: ChunkList; offset: number } {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength)
  let [first, offset, at, sum] = [0, 0, 0, 0]
  for (; at < list.length && sum < end; at += CHUNK_ITEM_BYTES) {
    sum += view.getUint32(at + 32, true)
    if (sum <= start) [first, offset] = [at + CHUNK_ITEM_BYTES, sum]
  }
  return { list: list.subarray(first, Math.max(first, at)), offset }
}

/** Parts of a list of at most so many chunks, and bytes of content but for a single one. */
export function* slices(list: ChunkList, bytes: number): Generator<ChunkList> {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength)
  for (let start = 0; start < list.length;) {
    let end = start
    let sum = 0
    while (end < list.length && (end - start) / CHUNK_ITEM_BYTES < LOOKED_FOR) {
      sum += view.getUint32(end + 32, true)
      if (end > start && sum > bytes) break
      end += CHUNK_ITEM_BYTES
    }
    yield list.subarray(start, end)
    start = end
  }
}

/** The ids, packed, and the lengths in bytes. */
export function unzip(list: ChunkList): { ids: Uint8Array; lengths: number[] } {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength)
  const lengths = Array.from({ length: chunkCount(list) }, (_, at) => view.getUint32(at * CHUNK_ITEM_BYTES + 32, true))
  return { ids: chunkIds(list), lengths }
}
