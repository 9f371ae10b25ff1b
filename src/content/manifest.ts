import { unpackChunks, type ChunkList } from '#model'
import type { ChunkerId } from './chunkers.ts'
import type { ContentHasher, Read } from './content-hasher.ts'
import type { FolderKeys } from './keys.ts'

/** Manifests are always cut by this one, whatever cut the file. */
const MANIFEST_CHUNKER: ChunkerId = 1

export interface Manifest {
  /** The manifest's own chunks: what stands in the record. */
  chunks: ChunkList
  /** Their plaintext, in order; copies. */
  pieces: Uint8Array[]
}

/** Cuts the chunk list of a large file as if it were a file. The same list and keys give the same manifest. */
export function cutManifest(hasher: ContentHasher, list: ChunkList, keys: FolderKeys): Manifest {
  const { chunks } = hasher.hash(readBytes(list), keys, MANIFEST_CHUNKER)
  let at = 0
  const pieces = unpackChunks(chunks).map(({ length }) => new Uint8Array(list.subarray(at, (at += length))))
  return { chunks, pieces }
}

/** Bytes in memory as a source to hash. */
export function readBytes(bytes: Uint8Array): Read {
  let at = 0
  return (into) => {
    const piece = bytes.subarray(at, at + into.length)
    into.set(piece)
    at += piece.length
    return piece.length
  }
}
