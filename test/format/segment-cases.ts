import { encodeNamed, encodeSegmentHead, encodeSegments } from '#exchange'
import {
  deviceIdOf,
  encodeSummary,
  folderIdOf,
  joinBatches,
  publicKeyOf,
  signingKey,
  signSegment,
  SUMMARY_EPOCH,
  toHex,
  type ChunkId,
  type Segment,
} from '#model'

function bytes(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (first + at) & 0xff)
}

export const key = signingKey(bytes(0, 32))
const signer = deviceIdOf(publicKeyOf(key))
const author = deviceIdOf(bytes(33, 32))
const epoch = Date.UTC(2026, 0, 1) * 1024
const folder = folderIdOf(bytes(0x10, 16))
const name = (first: number): ChunkId => toHex(bytes(first, 32)) as ChunkId

/** A segment of another device's records, and a summary of what its signer has. */
export const segments: Record<'records' | 'summary', Segment> = {
  records: signSegment(
    {
      folder,
      signer,
      author,
      epoch,
      first: 1025,
      last: 3072,
      before: name(1),
      end: name(2),
      chunk: name(3),
      digest: bytes(4, 32),
      length: 300_000,
    },
    key,
  ),
  summary: signSegment(
    {
      folder,
      signer,
      author: signer,
      epoch: SUMMARY_EPOCH,
      first: 1,
      last: epoch + 5,
      before: name(5),
      end: name(5),
      chunk: name(6),
      digest: bytes(7, 32),
      length: 200,
    },
    key,
  ),
}

/** What is in a summary. */
export const have = [
  { author, epoch, seq: 3072 },
  { author, epoch: epoch + 7, seq: 1 },
  { author: signer, epoch, seq: 23 },
]

export const segment = { number: 0x01020304, head: segments.records.encoded, block: bytes(1, 5) }
export const question = { number: 0x01020304, folder, which: 'last' as const, after: name(9) }
export const named = {
  number: 0x01020304,
  isLast: false,
  heads: [segments.records.encoded, segments.summary.encoded],
}

/** What these become now: to be the same for ever. */
export function madeNow(batches: readonly Uint8Array[]): Record<string, string> {
  return {
    records: toHex(segments.records.encoded),
    summary: toHex(segments.summary.encoded),
    content: toHex(joinBatches(batches)),
    'content of a summary': toHex(encodeSummary(have)),
    segment: toHex(Buffer.concat([encodeSegmentHead(segment), segment.block])),
    segments: toHex(encodeSegments(question)),
    named: toHex(encodeNamed(named)),
  }
}
