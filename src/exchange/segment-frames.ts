import { MAX_SEGMENT_HEAD_BYTES } from '#model'
import { cutOff, decodePageRequest, encodePageRequest, numberIn, startFrame, type PageRequest } from './frame-parts.ts'

/** Heads in one answer at most. */
export const MAX_NAMED = 256
export const SEGMENT = 9
export const SEGMENTS = 10
export const NAMED = 11
const SEGMENT_HEAD = 7
const NAMED_HEAD = 8

/** Gives an index segment to be held: u8 9, u32 number, u16 length of its head, the head, then its block (big endian). The answer is that to a hold of one block. */
export interface SegmentRequest {
  number: number
  head: Uint8Array
  block: Uint8Array
}

/** Asks which segments are there: u8 10, u32 number, 16 bytes folder, u8 (0: all; 1: of each chain the last), 32 bytes: those of chunks after this one. */
export interface SegmentsRequest extends PageRequest {
  which: 'all' | 'last'
}

/** The first of them, in the order of their chunks: u8 11, u32 number, u8 (1: there are no more), u16 count, count × (u16 length, head). */
export interface NamedAnswer {
  number: number
  isLast: boolean
  heads: Uint8Array[]
}

/** What goes in front of the block. */
export function encodeSegmentHead({ number, head }: Omit<SegmentRequest, 'block'>): Uint8Array {
  const bytes = startFrame(SEGMENT, number, SEGMENT_HEAD + head.length)
  bytes.writeUInt16BE(head.length, 5)
  bytes.set(head, SEGMENT_HEAD)
  return bytes
}

/** The block is a view into `message`, the head a copy. Throws `corrupt`. */
export function decodeSegment(bytes: Buffer, message: Uint8Array): SegmentRequest {
  const length = bytes.length < SEGMENT_HEAD ? 0 : bytes.readUInt16BE(5)
  const at = SEGMENT_HEAD + length
  if (length === 0 || length > MAX_SEGMENT_HEAD_BYTES || at >= bytes.length) throw cutOff('an index segment')
  return {
    number: numberIn(bytes),
    head: new Uint8Array(bytes.subarray(SEGMENT_HEAD, at)),
    block: message.subarray(at),
  }
}

export function encodeSegments({ which, ...request }: SegmentsRequest): Uint8Array {
  return encodePageRequest(SEGMENTS, request, which === 'last')
}

export function decodeSegments(bytes: Buffer): SegmentsRequest {
  const what = 'a question about index segments'
  const { flag, ...request } = decodePageRequest(bytes, what)
  if (flag > 1) throw cutOff(what)
  return { ...request, which: flag === 1 ? 'last' : 'all' }
}

export function encodeNamed({ number, isLast, heads }: NamedAnswer): Uint8Array {
  const bytes = startFrame(NAMED, number, NAMED_HEAD + heads.reduce((sum, head) => sum + 2 + head.length, 0))
  bytes.writeUInt8(isLast ? 1 : 0, 5)
  bytes.writeUInt16BE(heads.length, 6)
  let at = NAMED_HEAD
  for (const head of heads) {
    at = bytes.writeUInt16BE(head.length, at)
    bytes.set(head, at)
    at += head.length
  }
  return bytes
}

export function decodeNamed(bytes: Buffer): NamedAnswer {
  const what = 'an answer about index segments'
  if (bytes.length < NAMED_HEAD || bytes.readUInt8(5) > 1 || bytes.readUInt16BE(6) > MAX_NAMED) throw cutOff(what)
  const heads: Uint8Array[] = []
  let at = NAMED_HEAD
  for (let left = bytes.readUInt16BE(6); left > 0; left--) {
    const from = at + 2
    at = from > bytes.length ? Infinity : from + bytes.readUInt16BE(at)
    if (at > bytes.length) throw cutOff(what)
    heads.push(new Uint8Array(bytes.subarray(from, at)))
  }
  const isLast = bytes.readUInt8(5) === 1
  if (at !== bytes.length || (heads.length === 0 && !isLast)) throw cutOff(what)
  return { number: numberIn(bytes), isLast, heads }
}
