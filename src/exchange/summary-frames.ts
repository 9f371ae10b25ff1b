import {
  MAX_PARTITION_BITS,
  SUMMARY_SALT_BYTES,
  SUMMARY_SUM_BYTES,
  type FolderId,
  type PartitionSummary,
  type SummaryBasis,
} from '#model'
import { cutOff, folderIn, numberIn, startFrame, startRequest } from './frame-parts.ts'

export const SUMMARIZE = 21
export const SUMMARIES = 22
/** Partitions in one answer at most. */
export const MAX_SUMMARIES = 32_768
const REQUEST_BYTES = 40
const ANSWER_HEAD = 11
const ITEM_BYTES = 6 + SUMMARY_SUM_BYTES

/** Asks which chunks are there, by partition: u8 21, u32 number, 16 bytes folder, 16 bytes salt, u8 bits, u16 first partition (big endian). */
export interface SummarizeRequest extends SummaryBasis {
  number: number
  folder: FolderId
  /** Partitions before it are left out. */
  first: number
}

/**
 * Those from the first one on, up to the one before `next`, that have chunks, in their order: u8 22, u32 number, u32 next (2^bits: there are no more),
 * u16 count, count × (u16 partition, u32 chunks, 16 bytes sum).
 */
export interface SummariesAnswer {
  number: number
  next: number
  summaries: PartitionSummary[]
}

export function encodeSummarize({ salt, bits, first, ...request }: SummarizeRequest): Uint8Array {
  const bytes = startRequest(SUMMARIZE, request, REQUEST_BYTES)
  bytes.set(salt, 21)
  bytes.writeUInt8(bits, 37)
  bytes.writeUInt16BE(first, 38)
  return bytes
}

/** Throws `corrupt`. */
export function decodeSummarize(bytes: Buffer): SummarizeRequest {
  const what = 'a question for summaries'
  if (bytes.length !== REQUEST_BYTES) throw cutOff(what)
  const [bits, first] = [bytes.readUInt8(37), bytes.readUInt16BE(38)]
  if (bits > MAX_PARTITION_BITS || first >= 2 ** bits) throw cutOff(what)
  const salt = new Uint8Array(bytes.subarray(21, 21 + SUMMARY_SALT_BYTES))
  return { number: numberIn(bytes), folder: folderIn(bytes), salt, bits, first }
}

export function encodeSummaries({ number, next, summaries }: SummariesAnswer): Uint8Array {
  const bytes = startFrame(SUMMARIES, number, ANSWER_HEAD + summaries.length * ITEM_BYTES)
  bytes.writeUInt32BE(next, 5)
  bytes.writeUInt16BE(summaries.length, 9)
  summaries.forEach(({ partition, count, sum }, item) => {
    const at = ANSWER_HEAD + item * ITEM_BYTES
    bytes.writeUInt16BE(partition, at)
    bytes.writeUInt32BE(count, at + 2)
    bytes.set(sum, at + 6)
  })
  return bytes
}

/** Throws `corrupt`, also where partitions are not in order, or one has no chunks. */
export function decodeSummaries(bytes: Buffer): SummariesAnswer {
  const what = 'summaries'
  const length = bytes.length < ANSWER_HEAD ? 0 : bytes.readUInt16BE(9)
  if (length > MAX_SUMMARIES || bytes.length !== ANSWER_HEAD + length * ITEM_BYTES) throw cutOff(what)
  const next = bytes.readUInt32BE(5)
  const summaries = Array.from({ length }, (_, item): PartitionSummary => {
    const at = ANSWER_HEAD + item * ITEM_BYTES
    const sum = new Uint8Array(bytes.subarray(at + 6, at + ITEM_BYTES))
    return { partition: bytes.readUInt16BE(at), count: bytes.readUInt32BE(at + 2), sum }
  })
  const isFit = summaries.every(({ partition, count }, at) => {
    const before = at === 0 ? -1 : summaries[at - 1]!.partition
    return partition > before && partition < next && count > 0
  })
  if (!isFit || next === 0 || next > 2 ** MAX_PARTITION_BITS) throw cutOff(what)
  return { number: numberIn(bytes), next, summaries }
}
