import { fromHex, toHex, type ChunkId } from './ids.ts'

// Where there may be many ids of chunks, they go about packed: 32 bytes each, one after another.

/** Bytes of one id. */
export const CHUNK_ID_BYTES = 32

export function packIds(ids: Iterable<ChunkId>): Uint8Array {
  return fromHex([...ids].join(''))
}

export function unpackIds(ids: Uint8Array): ChunkId[] {
  return eachId(ids).map((id) => toHex(id) as ChunkId)
}

export function idCount(ids: Uint8Array): number {
  return ids.length / CHUNK_ID_BYTES
}

/** The bytes of the id with that number, a view. */
export function idAt(ids: Uint8Array, number: number): Uint8Array {
  return ids.subarray(number * CHUNK_ID_BYTES, (number + 1) * CHUNK_ID_BYTES)
}

/** The bytes of each, views. */
export function eachId(ids: Uint8Array): Uint8Array[] {
  return Array.from({ length: idCount(ids) }, (_, number) => idAt(ids, number))
}

/** Those with these numbers, packed. */
export function pickIds(ids: Uint8Array, numbers: readonly number[]): Uint8Array {
  return Buffer.concat(numbers.map((number) => idAt(ids, number)))
}
