import { HoldfastError } from '#base'
import { fromHex, toHex, type ChunkId, type FolderId } from '#model'
import type { ForeignBlock } from '#store'
import { cutOff, folderIn, numberIn, startFrame, startRequest, wordOf } from './frame-parts.ts'

/** Chunks or blocks in one request at most. */
export const MAX_REQUEST_CHUNKS = 256
export const HOLD = 3
export const HELD = 4
export const HAS = 5
export const HERE = 6
const REQUEST_HEAD = 23
const ANSWER_HEAD = 7
/** Of one block in the head: its chunk's id and length, and its own length. */
const BLOCK_HEAD = 40

/** What became of a block that was to be held; any other number is read as `refused`. */
const OUTCOMES = { stored: 1, had: 2, full: 3, refused: 4, damaged: 5 } as const
/**
 * `stored`: it is durable. `had`: the chunk has a block there, which stays. `full`: there is no room for it. `refused`: not from this device,
 * or not now. `damaged`: it is none, longer than one can be, or another chunk's.
 */
export type HoldOutcome = keyof typeof OUTCOMES

/**
 * Gives sealed blocks to be held: u8 3, u32 number, 16 bytes folder, u16 count, count × (32 bytes of id, u32 chunk length, u32 block
 * length), then the blocks' bytes one after another (big endian).
 */
export interface HoldRequest {
  number: number
  folder: FolderId
  blocks: ForeignBlock[]
}

/** u8 4, u32 number, u16 count, count × u8 outcome. */
export interface HoldAnswer {
  number: number
  outcomes: HoldOutcome[]
}

/** Asks which chunks have a block there: u8 5, and on as a chunk request. The answer: u8 6, u32 number, u16 count, a bit each. */
export interface HasAnswer {
  number: number
  has: boolean[]
}

/** The head, to be sent in front of the blocks' bytes. */
export function encodeHoldHead({ number, folder, blocks }: HoldRequest): Uint8Array {
  const bytes = startRequest(HOLD, { number, folder }, REQUEST_HEAD + blocks.length * BLOCK_HEAD)
  bytes.writeUInt16BE(blocks.length, 21)
  blocks.forEach((block, at) => {
    const head = REQUEST_HEAD + at * BLOCK_HEAD
    bytes.set(fromHex(block.id), head)
    bytes.writeUInt32BE(block.length, head + 32)
    bytes.writeUInt32BE(block.bytes.length, head + 36)
  })
  return bytes
}

/** Throws `corrupt` where it is not whole. The blocks are views into `message`. */
export function decodeHold(bytes: Buffer, message: Uint8Array): HoldRequest {
  const count = bytes.length < REQUEST_HEAD ? 0 : bytes.readUInt16BE(21)
  let at = REQUEST_HEAD + count * BLOCK_HEAD
  if (count === 0 || count > MAX_REQUEST_CHUNKS || at > bytes.length) throw cutOff('blocks to be held')
  const blocks: ForeignBlock[] = []
  for (let head = REQUEST_HEAD; blocks.length < count; head += BLOCK_HEAD) {
    const end = at + bytes.readUInt32BE(head + 36)
    if (end > bytes.length) throw cutOff('blocks to be held')
    const id = toHex(bytes.subarray(head, head + 32)) as ChunkId
    blocks.push({ id, length: bytes.readUInt32BE(head + 32), bytes: message.subarray(at, end) })
    at = end
  }
  if (at !== bytes.length) throw new HoldfastError('corrupt', 'blocks to be held have bytes left over')
  return { number: numberIn(bytes), folder: folderIn(bytes), blocks }
}

export function encodeHeld({ number, outcomes }: HoldAnswer): Uint8Array {
  const bytes = answerHead(HELD, number, outcomes.length, outcomes.length)
  outcomes.forEach((outcome, at) => (bytes[ANSWER_HEAD + at] = OUTCOMES[outcome]))
  return bytes
}

export function decodeHeld(bytes: Buffer): HoldAnswer {
  const count = countIn(bytes, 'an answer about held blocks', (number) => number)
  const outcomes = Array.from({ length: count }, (_, at) => wordOf(OUTCOMES, bytes[ANSWER_HEAD + at]!, 'refused'))
  return { number: numberIn(bytes), outcomes }
}

export function encodeHere({ number, has }: HasAnswer): Uint8Array {
  const bytes = answerHead(HERE, number, has.length, Math.ceil(has.length / 8))
  has.forEach((each, at) => {
    if (each) bytes[ANSWER_HEAD + (at >> 3)]! |= 1 << (at & 7)
  })
  return bytes
}

export function decodeHere(bytes: Buffer): HasAnswer {
  const count = countIn(bytes, 'an answer about blocks', (number) => Math.ceil(number / 8))
  const has = Array.from({ length: count }, (_, at) => ((bytes[ANSWER_HEAD + (at >> 3)]! >> (at & 7)) & 1) === 1)
  if (count % 8 !== 0 && bytes.at(-1)! >> (count % 8) !== 0)
    throw new HoldfastError('corrupt', 'an answer about blocks says too much')
  return { number: numberIn(bytes), has }
}

function answerHead(type: number, number: number, count: number, more: number): Buffer {
  const bytes = startFrame(type, number, ANSWER_HEAD + more)
  bytes.writeUInt16BE(count, 5)
  return bytes
}

function countIn(bytes: Buffer, what: string, bytesOf: (count: number) => number): number {
  const count = bytes.length < ANSWER_HEAD ? 0 : bytes.readUInt16BE(5)
  if (count === 0 || count > MAX_REQUEST_CHUNKS || bytes.length !== ANSWER_HEAD + bytesOf(count)) throw cutOff(what)
  return count
}
