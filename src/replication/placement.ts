import { HoldfastError } from '#base'
import { assign } from './assignment.ts'
import { checkPartitions } from './partition.ts'
import { allPartitions, has, noPartitions, put, type PartitionSet } from './partition-set.ts'
import { hashNumbers, rank, score } from './score.ts'
import { shareOut, type Holders, type PlacedDevice, type Share } from './shares.ts'

export interface PlacementInput {
  /** In any order, each once. */
  readonly devices: readonly PlacedDevice[]
  /** `replication_factor`: holders of a partition, where there are so many devices. */
  readonly replicas: number
  /** `hash_ring_size`: a power of two. */
  readonly partitions: number
  /** What it was before, or null for a first layout. */
  readonly last: Holders | null
}

/** Above every score. */
const LAST_OF_ALL = 2 ** 50

/**
 * Who holds what: capacity-capped weighted rendezvous hashing that remembers the last layout. Each device holds a number of partitions
 * in proportion to its capacity, so that all disks fill at once, and of the ways to do so it is one that moves least from
 * `last`. The same values in any order give the same answer on every machine: docs/format/layout.md has each step of it.
 */
export function place({ devices, replicas, partitions, last }: PlacementInput): Holders {
  checkPartitions(partitions)
  if (!Number.isInteger(replicas) || replicas < 1) throw new HoldfastError('usage', `replication_factor is ${replicas}, below 1`)
  if (last !== null && last.length !== partitions) {
    throw new HoldfastError('usage', `the last layout has ${last.length} partitions, and the group has ${partitions}`)
  }
  const shares = shareOut(devices, replicas, partitions, last)
  const numbers = shares.map(({ device }) => hashNumbers(device, partitions))
  const scores = numbers.map((of, at) => Float64Array.from(of, (number) => score(number, shares[at]!.partitions, partitions)))
  const ranks = numbers.map((of) => Float64Array.from(of, rank))
  const former = formerSets(shares, partitions, last, (rank) => rank >= 0)
  const anchored = formerSets(shares, partitions, last, (rank) => rank === 0)
  const held = assign({
    partitions,
    each: shares.reduce((sum, share) => sum + share.partitions, 0) / partitions,
    quotas: shares.map((share) => share.partitions),
    allowed: shares.map(() => allPartitions(partitions)),
    former,
    scores: shares.map((share, at) => keepAnchors(scores[at]!, anchored[at]!, share.anchors)),
  })
  const anchors = assign({
    partitions,
    each: shares.length === 0 ? 0 : 1,
    quotas: shares.map((share) => share.anchors),
    allowed: held,
    former: anchored,
    scores: ranks,
  })
  return Array.from({ length: partitions }, (_, partition) => {
    const holders = shares.map((_share, at) => at).filter((at) => has(held[at]!, partition))
    const place = (at: number): number => (has(anchors[at]!, partition) ? -1 : ranks[at]![partition]!)
    return holders.toSorted((a, b) => place(a) - place(b) || a - b).map((at) => shares[at]!.device)
  })
}

/** What each device was in, in the last layout, at a rank that counts. */
function formerSets(
  shares: readonly Share[],
  partitions: number,
  last: Holders | null,
  counts: (rank: number) => boolean,
): PartitionSet[] {
  return shares.map(({ device }) => {
    const former = noPartitions(partitions)
    last?.forEach((holders, partition) => {
      if (counts(holders.indexOf(device))) put(former, partition)
    })
    return former
  })
}

/**
 * A device that holds too much gives up last what it stays the anchor of, having it sealed already, and first what it is
 * one too often of: whoever takes that can be its anchor.
 */
function keepAnchors(scores: Float64Array, anchored: PartitionSet, count: number): Float64Array {
  const kept = scores.slice()
  const partitions = [...scores.keys()].filter((partition) => has(anchored, partition))
  partitions
    .toSorted((a, b) => scores[a]! - scores[b]! || a - b)
    .forEach((partition, at) => (kept[partition] = at < count ? -1 : LAST_OF_ALL))
  return kept
}
