import { hash } from 'node:crypto'
import { CHUNK_ID_BYTES } from './packed-ids.ts'

export const SUMMARY_SALT_BYTES = 16
export const SUMMARY_SUM_BYTES = 16
/** Of a ChunkId as many bits name its partition at most. */
export const MAX_PARTITION_BITS = 16
const WORDS = SUMMARY_SUM_BYTES / 4

/** By what two devices summarize, to be compared. The salt is new each time: by one that is known before, chunks could be made whose sums are those of others. */
export interface SummaryBasis {
  salt: Uint8Array
  /** The first bits of a ChunkId, 0 to 16, that name its partition. */
  bits: number
}

/** Some chunks of one partition: how many, and the sum of their digests modulo 2^128, little endian. */
export interface PartitionSummary {
  partition: number
  count: number
  sum: Uint8Array
}

/** Sums up chunks by partition, in any order; a chunk's digest is the first 16 bytes of SHA-256 over the salt and its id. */
export class ChunkSummaries {
  readonly #bits: number
  /** Salt and id, to be hashed. */
  readonly #salted: Buffer
  readonly #counts: Uint32Array
  readonly #sums: Uint32Array

  constructor({ salt, bits }: SummaryBasis) {
    this.#bits = bits
    this.#salted = Buffer.concat([salt, Buffer.alloc(CHUNK_ID_BYTES)])
    this.#counts = new Uint32Array(2 ** bits)
    this.#sums = new Uint32Array(2 ** bits * WORDS)
  }

  digestOf(id: Uint8Array): Buffer {
    this.#salted.set(id, SUMMARY_SALT_BYTES)
    return hash('sha256', this.#salted, 'buffer').subarray(0, SUMMARY_SUM_BYTES)
  }

  partitionOf(id: Uint8Array): number {
    return partitionIn(id, this.#bits)
  }

  /** A chunk that was not added before. */
  add(id: Uint8Array, digest = this.digestOf(id)): void {
    const partition = this.partitionOf(id)
    this.#counts[partition]!++
    let carry = 0
    for (let word = 0; word < WORDS; word++) {
      const at = partition * WORDS + word
      const sum = this.#sums[at]! + digest.readUInt32LE(word * 4) + carry
      carry = sum > 0xffffffff ? 1 : 0
      this.#sums[at] = sum
    }
  }

  /** Those of partitions below `end` that have chunks, in their order. */
  *all(end = this.#counts.length): Generator<PartitionSummary> {
    for (let partition = 0; partition < end; partition++) if (this.#counts[partition] !== 0) yield this.#of(partition)
  }

  isSame({ partition, count, sum }: PartitionSummary): boolean {
    return this.#counts[partition] === count && this.#of(partition).sum.every((byte, at) => byte === sum[at])
  }

  #of(partition: number): PartitionSummary {
    const sum = Buffer.alloc(SUMMARY_SUM_BYTES)
    for (let word = 0; word < WORDS; word++) sum.writeUInt32LE(this.#sums[partition * WORDS + word]!, word * 4)
    return { partition, count: this.#counts[partition]!, sum: new Uint8Array(sum) }
  }
}

/** The number that the first bits of an id are. */
export function partitionIn(id: Uint8Array, bits: number): number {
  return (id[0]! * 256 + id[1]!) >>> (MAX_PARTITION_BITS - bits)
}

/** What all ids of a partition, and of those after it, are greater than, and no others. */
export function beforePartition(partition: number, bits: number): Uint8Array {
  if (partition === 0) return new Uint8Array(0)
  const first = partition * 2 ** (MAX_PARTITION_BITS - bits)
  return Uint8Array.of(first >>> 8, first & 0xff)
}
