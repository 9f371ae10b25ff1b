import { toHex, type ChunkId } from './ids.ts'
import { CHUNK_ID_BYTES } from './packed-ids.ts'

/** Bytes of one item of a ChunkList. */
export const CHUNK_ITEM_BYTES = 36
/** A file of more chunks than this names a manifest in its record instead of the chunks themselves. */
export const MAX_INLINE_CHUNKS = 64

/** Chunks in file order, packed: for each 32 bytes of ChunkId and its length in bytes (u32, little endian). */
export type ChunkList = Uint8Array

export interface ChunkRef {
  id: ChunkId
  /** Bytes of plaintext, at least 1. */
  length: number
}

export function packChunks(refs: readonly ChunkRef[]): ChunkList {
  const list = Buffer.alloc(refs.length * CHUNK_ITEM_BYTES)
  refs.forEach((ref, at) => {
    list.write(ref.id, at * CHUNK_ITEM_BYTES, 'hex')
    list.writeUInt32LE(ref.length, at * CHUNK_ITEM_BYTES + 32)
  })
  return new Uint8Array(list.buffer, list.byteOffset, list.length)
}

/** A manifest is held in memory whole while its file is in work: this is enough for 1.8 TiB in chunks of 256 KiB. */
export const MAX_MANIFEST_BYTES = 256 * 1024 * 1024

export function unpackChunks(list: ChunkList): ChunkRef[] {
  const refs: ChunkRef[] = []
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength)
  for (let at = 0; at + CHUNK_ITEM_BYTES <= list.length; at += CHUNK_ITEM_BYTES) {
    refs.push({ id: toHex(list.subarray(at, at + 32)) as ChunkId, length: view.getUint32(at + 32, true) })
  }
  return refs
}

export function chunkCount(list: ChunkList): number {
  return list.length / CHUNK_ITEM_BYTES
}

/** The ids, packed. */
export function chunkIds(list: ChunkList): Uint8Array {
  const count = chunkCount(list)
  const ids = new Uint8Array(count * CHUNK_ID_BYTES)
  for (let at = 0; at < count; at++) {
    const start = at * CHUNK_ITEM_BYTES
    ids.set(list.subarray(start, start + CHUNK_ID_BYTES), at * CHUNK_ID_BYTES)
  }
  return ids
}

/** The sum of all lengths. */
export function chunkBytes(list: ChunkList): number {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength)
  let sum = 0
  for (let at = 32; at < list.length; at += CHUNK_ITEM_BYTES) sum += view.getUint32(at, true)
  return sum
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}
