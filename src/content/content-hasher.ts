import { CHUNK_ITEM_BYTES, type ChunkList } from '#model'
import type { Blake3 } from './blake3-portable.ts'
import { CHUNKERS, MAX_CHUNK_LENGTH, type Chunker, type ChunkerId } from './chunkers.ts'
import { fastestBlake3 } from './chunk-id.ts'
import { FastCdc } from './fastcdc.ts'
import { gearTable, type FolderKeys } from './keys.ts'

/** Room for the longest chunk and some reading ahead; the more, the less is moved to the front again. */
const CAPACITY = 4 * MAX_CHUNK_LENGTH
/** Read at most this much at a time: what was just read is still in the processor's cache when it is cut and hashed. */
const READ_LENGTH = 1024 * 1024

/** Fills `into` from its beginning with the next bytes of a file; returns how many, 0 at the end. May throw. */
export type Read = (into: Uint8Array) => number

export interface HashedContent {
  chunks: ChunkList
  /** The sum of the chunks' lengths, bytes. */
  size: number
}

/** A folder's keys in the form that the inner loops want. */
interface Prepared {
  gear: Uint8Array
  name: (bytes: Uint8Array) => string
}

/**
 * Cuts and names the content of files, each in one pass: bytes are read into WASM memory, cut and hashed where they lie.
 * Synchronous, for a worker thread, which keeps one and uses it for file after file; memory (up to 8 MiB) is taken as
 * files need it. After a `read` that threw it can be used again.
 */
export class ContentHasher {
  readonly #cdc = new FastCdc(CAPACITY)
  readonly #prepared = new Map<string, Prepared>()
  readonly #blake3: Blake3
  #gear: Uint8Array | undefined

  constructor(implementation: Blake3 = fastestBlake3()) {
    this.#blake3 = implementation
  }

  /** Cuts to the end, or to the first cut at `until` bytes or more, beyond which it may have read. */
  hash(read: Read, keys: FolderKeys, chunkerId: ChunkerId, until = Infinity): HashedContent {
    const { buffer } = this.#cdc
    const chunker = CHUNKERS[chunkerId]
    const { gear, name } = this.#prepare(keys)
    if (chunker.kind === 'fastcdc' && this.#gear !== gear) {
      this.#cdc.use(gear)
      this.#gear = gear
    }
    const list = new ListWriter()
    let size = 0
    let start = 0
    let end = 0
    for (;;) {
      if (buffer.length - end < READ_LENGTH) {
        buffer.copyWithin(0, start, end)
        end -= start
        start = 0
      }
      const count = read(buffer.subarray(end, end + READ_LENGTH))
      end += count
      const enough = count === 0 ? 1 : chunker.max
      while (end - start >= enough) {
        const length = this.#cut(start, end - start, chunker)
        list.add(name(buffer.subarray(start, start + length)), length)
        start += length
        size += length
        if (size >= until) return { chunks: list.take(), size }
      }
      if (count === 0) return { chunks: list.take(), size }
      if (start === end) start = end = 0
    }
  }

  #cut(start: number, length: number, chunker: Readonly<Chunker>): number {
    return chunker.kind === 'fixed' ? Math.min(length, chunker.max) : this.#cdc.cut(start, length, chunker)
  }

  #prepare(keys: FolderKeys): Prepared {
    const label = Buffer.concat([keys.idKey, keys.chunkerKey]).toString('latin1')
    let prepared = this.#prepared.get(label)
    if (prepared === undefined) {
      prepared = { gear: gearTable(keys.chunkerKey), name: this.#blake3.keyed(keys.idKey) }
      this.#prepared.set(label, prepared)
    }
    return prepared
  }
}

/** Packs chunks as model's ChunkList while they come. */
class ListWriter {
  #bytes = Buffer.allocUnsafe(CHUNK_ITEM_BYTES)
  #length = 0

  add(id: string, length: number): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], this.#bytes.length * 2)
    this.#bytes.write(id, this.#length, 'hex')
    this.#bytes.writeUInt32LE(length, this.#length + 32)
    this.#length += CHUNK_ITEM_BYTES
  }

  /** A copy of its own, so that it can be handed to another thread. */
  take(): ChunkList {
    return new Uint8Array(this.#bytes.subarray(0, this.#length))
  }
}
