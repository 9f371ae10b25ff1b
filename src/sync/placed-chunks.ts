import { chunkCount, CHUNK_ITEM_BYTES, toHex, type ChunkId, type ChunkList } from '#model'

export interface PlacedChunk {
  /** 32 bytes, with a buffer of their own: they are handed to other threads. */
  id: Uint8Array
  /** Where it belongs in its file. */
  offset: number
  length: number
}

/** A file's chunks with their places in it. They stay packed: as objects, those of a disk image would hold this thread for a second. */
export class PlacedChunks {
  readonly count: number
  readonly #list: ChunkList
  /** Where each begins, and at last where the file ends. */
  readonly #offsets: Float64Array

  constructor(list: ChunkList) {
    this.#list = list
    this.count = chunkCount(list)
    this.#offsets = new Float64Array(this.count + 1)
    const view = new DataView(list.buffer, list.byteOffset, list.byteLength)
    let offset = 0
    for (let at = 0; at < this.count; at++) {
      offset += view.getUint32(at * CHUNK_ITEM_BYTES + 32, true)
      this.#offsets[at + 1] = offset
    }
  }

  at(number: number): PlacedChunk {
    const start = number * CHUNK_ITEM_BYTES
    const offset = this.#offsets[number] ?? 0
    return {
      id: new Uint8Array(this.#list.subarray(start, start + 32)),
      offset,
      length: (this.#offsets[number + 1] ?? offset) - offset,
    }
  }

  *[Symbol.iterator](): Generator<PlacedChunk> {
    for (let at = 0; at < this.count; at++) yield this.at(at)
  }
}

export function chunkIdOf({ id }: PlacedChunk): ChunkId {
  return toHex(id) as ChunkId
}
