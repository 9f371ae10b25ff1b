import { fromHex, type ChunkId } from '#model'
import { nativeBlake3 } from './blake3-native.ts'
import { portableBlake3, type Blake3 } from './blake3-portable.ts'

let fastest: Blake3 | undefined
let whyPortable: unknown = null

/** Native where its binary loads, else portable. */
export function fastestBlake3(): Blake3 {
  fastest ??= nativeBlake3((cause) => (whyPortable = cause)) ?? portableBlake3
  return fastest
}

/** Why the native one could not be loaded here; null where it was. */
export function nativeBlake3Fault(): unknown {
  fastestBlake3()
  return whyPortable
}

/** The id of a chunk: BLAKE3-256 of its plaintext, keyed with the folder's id key. For many of one folder, see `chunkNamer`. */
export function chunkId(idKey: Uint8Array, bytes: Uint8Array): ChunkId {
  return fastestBlake3().keyed(idKey)(bytes) as ChunkId
}

/** The same as 32 raw bytes. */
export function chunkIdBytes(idKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  return fromHex(chunkId(idKey, bytes))
}

/** `chunkId` with the key set up once; it saves some 2 µs a chunk. */
export function chunkNamer(idKey: Uint8Array): (bytes: Uint8Array) => ChunkId {
  return fastestBlake3().keyed(idKey) as (bytes: Uint8Array) => ChunkId
}

/** BLAKE3-256 without a key, 32 bytes. */
export function blake3(bytes: Uint8Array): Uint8Array {
  return fromHex(fastestBlake3().hex(bytes))
}
