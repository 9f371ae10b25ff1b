import { createHash, randomBytes } from 'node:crypto'
import type { LocalChange } from '#db'
import { packChunks, type ChunkId } from '#model'
import { stat } from '../db/fixtures.ts'

export function named(bytes: Uint8Array): ChunkId {
  return createHash('sha256').update(bytes).digest('hex') as ChunkId
}

/** A file with these chunks, found on the disk. */
export function fileOf(path: string, chunks: readonly Uint8Array[]): LocalChange {
  const size = chunks.reduce((sum, { length }) => sum + length, 0)
  const list = packChunks(chunks.map((bytes) => ({ id: named(bytes), length: bytes.length })))
  return { path, kind: 'file', stat: stat({ size }), content: { chunker: 1, size, chunks: list } }
}

export function each(ids: Uint8Array): Uint8Array[] {
  return Array.from({ length: ids.length / 32 }, (_, at) => ids.subarray(at * 32, at * 32 + 32))
}

export function some(count: number, length = 40): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(randomBytes(length)))
}

export function put(there: Map<string, Uint8Array>, chunks: readonly Uint8Array[]): void {
  for (const bytes of chunks) there.set(named(bytes), bytes)
}
