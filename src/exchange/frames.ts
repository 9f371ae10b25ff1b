import { HoldfastError } from '#base'
import { CHUNK_ID_BYTES, idCount, type FolderId } from '#model'
import {
  decodeHeld,
  decodeHere,
  decodeHold,
  HAS,
  HELD,
  HERE,
  HOLD,
  MAX_REQUEST_CHUNKS,
  type HasAnswer,
  type HoldAnswer,
  type HoldRequest,
} from './block-frames.ts'
import {
  decodeDrop,
  decodeDropped,
  decodeList,
  decodeListed,
  DROP,
  DROPPED,
  LIST,
  LISTED,
  type DropAnswer,
  type DropRequest,
  type ListAnswer,
  type ListRequest,
} from './drop-frames.ts'
import { folderIn, numberIn, startFrame, startRequest } from './frame-parts.ts'
import {
  decodeNamed,
  decodeSegment,
  decodeSegments,
  NAMED,
  SEGMENT,
  SEGMENTS,
  type NamedAnswer,
  type SegmentRequest,
  type SegmentsRequest,
} from './segment-frames.ts'
import {
  decodeSummaries,
  decodeSummarize,
  SUMMARIES,
  SUMMARIZE,
  type SummariesAnswer,
  type SummarizeRequest,
} from './summary-frames.ts'

/** What a request is for: chunks, a word on which have a block there, or these blocks as they are. Its type, and that of its response. */
const REQUESTS = { chunks: 1, has: HAS, blocks: 7 } as const
const RESPONSES = { chunks: 2, blocks: 8 } as const
const REQUEST_HEAD = 23
const RESPONSE_HEAD = 9
/** Stands for a length where the sender does not have the chunk. */
const ABSENT = 0xffffffff
/** In place of a chunk that the sender has, and cannot read now. No chunk is empty. */
export const UNREAD = new Uint8Array(0)

/** Asks for chunks of a folder: u8 1 (5 and 7: about and for their blocks), u32 number, 16 bytes folder, u16 count, count × 32 bytes of id (big endian). */
export interface ChunkRequest {
  number: number
  folder: FolderId
  /** Packed, 32 bytes each. */
  ids: Uint8Array
}

/**
 * Answers part of a request, chunks `start` and following: u8 2 (8: blocks), u32 number, u16 start, u16 count, count × u32 length
 * (0xffffffff = absent, 0 = it is there, and cannot be read now), then the chunks' bytes one after another.
 */
export interface ChunkResponse {
  number: number
  start: number
  chunks: (Uint8Array | null)[]
}

/** A frame as it came. */
export type Frame =
  | { request: ChunkRequest }
  | { response: ChunkResponse }
  | { hold: HoldRequest }
  | { held: HoldAnswer }
  | { has: ChunkRequest }
  | { here: HasAnswer }
  | { blocks: ChunkRequest }
  | { sealed: ChunkResponse }
  | { list: ListRequest }
  | { listed: ListAnswer }
  | { drop: DropRequest }
  | { dropped: DropAnswer }
  | { segment: SegmentRequest }
  | { segments: SegmentsRequest }
  | { named: NamedAnswer }
  | { summarize: SummarizeRequest }
  | { summaries: SummariesAnswer }

export function encodeRequest({ number, folder, ids }: ChunkRequest, of: keyof typeof REQUESTS = 'chunks'): Uint8Array {
  const bytes = startRequest(REQUESTS[of], { number, folder }, REQUEST_HEAD + ids.length)
  bytes.writeUInt16BE(idCount(ids), 21)
  bytes.set(ids, REQUEST_HEAD)
  return bytes
}

/** The head of a response, to be sent in front of the chunks' bytes. */
export function encodeResponseHead({ number, start, chunks }: ChunkResponse, of: keyof typeof RESPONSES = 'chunks'): Uint8Array {
  const bytes = startFrame(RESPONSES[of], number, RESPONSE_HEAD + chunks.length * 4)
  bytes.writeUInt16BE(start, 5)
  bytes.writeUInt16BE(chunks.length, 7)
  chunks.forEach((chunk, at) => bytes.writeUInt32BE(chunk === null ? ABSENT : chunk.length, RESPONSE_HEAD + at * 4))
  return bytes
}

/** Reads a frame of the bulk channel; throws `corrupt` for anything else. Chunks are views into `message`. */
export function decodeFrame(message: Uint8Array): Frame {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  switch (bytes[0]) {
    case REQUESTS.chunks:
      return { request: decodeRequest(bytes) }
    case RESPONSES.chunks:
      return { response: decodeResponse(bytes, message) }
    case HOLD:
      return { hold: decodeHold(bytes, message) }
    case HELD:
      return { held: decodeHeld(bytes) }
    case HAS:
      return { has: decodeRequest(bytes) }
    case HERE:
      return { here: decodeHere(bytes) }
    case REQUESTS.blocks:
      return { blocks: decodeRequest(bytes) }
    case RESPONSES.blocks:
      return { sealed: decodeResponse(bytes, message) }
    case LIST:
      return { list: decodeList(bytes) }
    case LISTED:
      return { listed: decodeListed(bytes) }
    case DROP:
      return { drop: decodeDrop(bytes) }
    case DROPPED:
      return { dropped: decodeDropped(bytes) }
    case SEGMENT:
      return { segment: decodeSegment(bytes, message) }
    case SEGMENTS:
      return { segments: decodeSegments(bytes) }
    case NAMED:
      return { named: decodeNamed(bytes) }
    case SUMMARIZE:
      return { summarize: decodeSummarize(bytes) }
    case SUMMARIES:
      return { summaries: decodeSummaries(bytes) }
    default:
      throw new HoldfastError('corrupt', 'a frame of an unknown type on the bulk channel')
  }
}

function decodeRequest(bytes: Buffer): ChunkRequest {
  if (bytes.length < REQUEST_HEAD) throw new HoldfastError('corrupt', 'a chunk request is cut off')
  const count = bytes.readUInt16BE(21)
  if (count === 0 || count > MAX_REQUEST_CHUNKS || bytes.length !== REQUEST_HEAD + count * CHUNK_ID_BYTES) {
    throw new HoldfastError('corrupt', `a chunk request of ${bytes.length} bytes for ${count} chunks`)
  }
  return {
    number: numberIn(bytes),
    folder: folderIn(bytes),
    ids: new Uint8Array(bytes.subarray(REQUEST_HEAD)),
  }
}

function decodeResponse(bytes: Buffer, message: Uint8Array): ChunkResponse {
  if (bytes.length < RESPONSE_HEAD) throw new HoldfastError('corrupt', 'a chunk response is cut off')
  const count = bytes.readUInt16BE(7)
  let at = RESPONSE_HEAD + count * 4
  if (count === 0 || at > bytes.length) throw new HoldfastError('corrupt', 'a chunk response is cut off')
  const chunks: (Uint8Array | null)[] = []
  for (let i = 0; i < count; i++) {
    const length = bytes.readUInt32BE(RESPONSE_HEAD + i * 4)
    if (length === ABSENT) {
      chunks.push(null)
      continue
    }
    if (at + length > bytes.length) throw new HoldfastError('corrupt', 'a chunk response claims more bytes than it has')
    chunks.push(message.subarray(at, at + length))
    at += length
  }
  if (at !== bytes.length) throw new HoldfastError('corrupt', 'a chunk response has bytes left over')
  return { number: numberIn(bytes), start: bytes.readUInt16BE(5), chunks }
}
