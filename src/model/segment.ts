import type { KeyObject } from 'node:crypto'
import { CborReader } from './cbor.ts'
import { Envelope } from './envelope.ts'
import {
  deviceIdOf,
  devicePublicKey,
  folderIdOf,
  fromHex,
  idBytes,
  toHex,
  type ChunkId,
  type DeviceId,
  type FolderId,
} from './ids.ts'
import { natural } from './record.ts'

/** Bytes of an encoded head at most. */
export const MAX_SEGMENT_HEAD_BYTES = 512
/** Segments of this epoch hold no records, but what their signer has: no device begins an epoch of that number. */
export const SUMMARY_EPOCH = 0
const FIELDS = 12
const ENVELOPE = new Envelope({
  name: 'the head of an index segment',
  context: 'holdfast/v1/segment',
  format: 1,
  maxBytes: MAX_SEGMENT_HEAD_BYTES,
})

/** A run of an author's batches, sealed as one block for devices that may not read them (docs/format/segment.md). */
export interface SegmentHead {
  readonly folder: FolderId
  /** Whoever sealed it. */
  readonly signer: DeviceId
  readonly author: DeviceId
  readonly epoch: number
  /** The first and the last record; of a summary 1 and the time when it was made, an Hlc. */
  readonly first: number
  readonly last: number
  /** What names, for the folder's readers alone, the end of the batch before, and of its last batch: equal ones follow each other. */
  readonly before: ChunkId
  readonly end: ChunkId
  /** What its block is sealed as. */
  readonly chunk: ChunkId
  /** SHA-256 of the block, and its bytes. */
  readonly digest: Uint8Array
  readonly length: number
}

export interface Segment extends SegmentHead {
  /** As it is stored and sent. */
  readonly encoded: Uint8Array
}

export function signSegment(head: SegmentHead, key: KeyObject): Segment {
  return { ...head, encoded: ENVELOPE.sign(encodeHeader(head), key) }
}

/** Reads a segment's head, and checks its shape, not its signature; throws `corrupt`, or `unsupported` for a newer format. */
export function readSegment(bytes: Uint8Array): Segment {
  return { ...decodeHeader(ENVELOPE.header(bytes)), encoded: new Uint8Array(bytes) }
}

/** Is it signed by the device that it names? */
export function verifySegment({ encoded, signer }: Segment): boolean {
  return ENVELOPE.isSignedBy(encoded, signer)
}

/** Encoded batches one after another: a sequence of CBOR (RFC 8742). */
export function joinBatches(batches: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(batches))
}

/** The batches in a segment, views into `content`; throws `corrupt` where that is no sequence of CBOR. */
export function splitBatches(content: Uint8Array): Uint8Array[] {
  const reader = new CborReader(content)
  const batches: Uint8Array[] = []
  while (reader.at < content.length) {
    const from = reader.at
    reader.skip(1)
    batches.push(content.subarray(from, reader.at))
  }
  return batches
}

function encodeHeader(head: SegmentHead): Uint8Array {
  const writer = ENVELOPE.writer(FIELDS)
  writer.bytes(idBytes(head.folder))
  writer.bytes(devicePublicKey(head.signer))
  writer.bytes(devicePublicKey(head.author))
  for (const number of [head.epoch, head.first, head.last]) writer.integer(number)
  for (const id of [head.before, head.end, head.chunk]) writer.bytes(fromHex(id))
  writer.bytes(head.digest)
  writer.integer(head.length)
  return writer.take()
}

function decodeHeader(header: Uint8Array): SegmentHead {
  const reader = ENVELOPE.reader(header, FIELDS)
  const folder = folderIdOf(reader.bytes())
  const signer = deviceIdOf(reader.bytes())
  const author = deviceIdOf(reader.bytes())
  const [epoch, first, last] = [natural(reader.integer()), natural(reader.integer()), natural(reader.integer())]
  const [before, end, chunk, digest] = [id(reader), id(reader), id(reader), fromHex(id(reader))]
  const length = natural(reader.integer(), 0xffffffff)
  reader.end()
  if (first < 1 || last < first) throw ENVELOPE.corrupt('has no records')
  if (epoch === SUMMARY_EPOCH && (author !== signer || first !== 1)) throw ENVELOPE.corrupt('speaks for somebody else')
  return { folder, signer, author, epoch, first, last, before, end, chunk, digest, length }
}

function id(reader: CborReader): ChunkId {
  const bytes = reader.bytes()
  if (bytes.length !== 32) throw ENVELOPE.corrupt('has a name of another length')
  return toHex(bytes) as ChunkId
}
