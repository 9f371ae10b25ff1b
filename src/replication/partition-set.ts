/** A set of partitions, a bit for each. */
export type PartitionSet = Uint32Array

export function noPartitions(partitions: number): PartitionSet {
  return new Uint32Array(Math.ceil(partitions / 32))
}

export function allPartitions(partitions: number): PartitionSet {
  const all = noPartitions(partitions)
  for (let at = 0; at < partitions; at++) put(all, at)
  return all
}

export function has(set: PartitionSet, partition: number): boolean {
  return ((set[partition >>> 5]! >>> (partition & 31)) & 1) === 1
}

export function put(set: PartitionSet, partition: number): void {
  set[partition >>> 5]! |= 1 << (partition & 31)
}

export function drop(set: PartitionSet, partition: number): void {
  set[partition >>> 5]! &= ~(1 << (partition & 31))
}

/** The lowest one of a word of 32 that is not empty. */
export function lowest(word: number): number {
  return 31 - Math.clz32(word & -word)
}
