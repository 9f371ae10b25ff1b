import { HoldfastError } from '#base'
import { fromHex, type ChunkId } from '#model'

/** Of `hash_ring_size`, which is a group's number of partitions. */
export const MAX_PARTITIONS = 65_536

/** The partition of a chunk: the first log2(`partitions`) bits of its id, given as text or as its bytes. */
export function partitionOf(chunk: ChunkId | Uint8Array, partitions: number): number {
  const head = typeof chunk === 'string' ? fromHex(chunk.slice(0, 4)) : chunk
  return Math.floor(((head[0]! * 256 + head[1]!) * partitions) / 65_536)
}

/** Throws `usage` for what no group can have as its number of partitions. */
export function checkPartitions(partitions: number): void {
  if (isPartitions(partitions)) return
  throw new HoldfastError('usage', `hash_ring_size is ${partitions}, and has to be a power of two from 1 to ${MAX_PARTITIONS}`)
}

export function isPartitions(partitions: number): boolean {
  return Number.isInteger(partitions) && partitions >= 1 && partitions <= MAX_PARTITIONS && (partitions & (partitions - 1)) === 0
}
