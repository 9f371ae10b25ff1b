import { fromHex, toHex, type ChunkId, type Hlc } from '#model'
import { MAX_LISTED_CHUNKS } from './drop-list.ts'
import { cutOff, decodePageRequest, encodePageRequest, numberIn, startFrame, wordOf, type PageRequest } from './frame-parts.ts'

export const LIST = 17
export const LISTED = 18
export const DROP = 19
export const DROPPED = 20
const LISTED_HEAD = 8
const ITEM_BYTES = 37
const DROP_HEAD = 5
const DROPPED_BYTES = 14

/** What became of a drop list; any other number is read as `refused`. */
const OUTCOMES = { taken: 1, behind: 2, stale: 3, refused: 4 } as const
/**
 * `taken`: what it says is noted. `behind`: somebody else has told of records that it does not know of. `stale`: its author has said something
 * later, or its time is far ahead. `refused`: not from this device, or not of this folder.
 */
export type DropOutcome = keyof typeof OUTCOMES

/** Asks which chunks have a block there: u8 17, u32 number, 16 bytes folder, u8 (1: only those that are to go), 32 bytes: those after this id (big endian). */
export interface ListRequest extends PageRequest {
  isPendingOnly: boolean
}

/** A chunk that has a block there: how long that is, bytes, and whether it is to go. */
export interface ListedChunk {
  id: ChunkId
  length: number
  isPending: boolean
}

/** The first of them, in their order: u8 18, u32 number, u8 (1: there are no more), u16 count, count × (32 bytes of id, u32 length, u8 to go). */
export interface ListAnswer {
  number: number
  isLast: boolean
  chunks: ListedChunk[]
}

/** u8 19, u32 number, then a signed drop list (drop-list.ts). */
export interface DropRequest {
  number: number
  list: Uint8Array
}

/** u8 20, u32 number, u8 outcome, u64 the time of the last list that came from this device. */
export interface DropAnswer {
  number: number
  outcome: DropOutcome
  hlc: Hlc
}

export function encodeList({ isPendingOnly, ...request }: ListRequest): Uint8Array {
  return encodePageRequest(LIST, request, isPendingOnly)
}

export function decodeList(bytes: Buffer): ListRequest {
  const { flag, ...request } = decodePageRequest(bytes, 'a question for what is held')
  return { ...request, isPendingOnly: flag === 1 }
}

export function encodeListed({ number, isLast, chunks }: ListAnswer): Uint8Array {
  const bytes = startFrame(LISTED, number, LISTED_HEAD + chunks.length * ITEM_BYTES)
  bytes.writeUInt8(isLast ? 1 : 0, 5)
  bytes.writeUInt16BE(chunks.length, 6)
  chunks.forEach(({ id, length, isPending }, at) => {
    const start = LISTED_HEAD + at * ITEM_BYTES
    bytes.set(fromHex(id), start)
    bytes.writeUInt32BE(length, start + 32)
    bytes.writeUInt8(isPending ? 1 : 0, start + 36)
  })
  return bytes
}

export function decodeListed(bytes: Buffer): ListAnswer {
  const count = bytes.length < LISTED_HEAD ? Infinity : bytes.readUInt16BE(6)
  const isLast = bytes[5] === 1
  if (count > MAX_LISTED_CHUNKS || bytes.length !== LISTED_HEAD + count * ITEM_BYTES || (count === 0 && !isLast))
    throw cutOff('a list of what is held')
  const chunks = Array.from({ length: count }, (_, at): ListedChunk => {
    const start = LISTED_HEAD + at * ITEM_BYTES
    const id = toHex(bytes.subarray(start, start + 32)) as ChunkId
    return { id, length: bytes.readUInt32BE(start + 32), isPending: bytes[start + 36] === 1 }
  })
  // Whoever asks goes on after the last one, and has to come to an end.
  if (chunks.some(({ id }, at) => at > 0 && chunks[at - 1]!.id >= id)) throw cutOff('a list of what is held')
  return { number: numberIn(bytes), isLast, chunks }
}

export function encodeDrop({ number, list }: DropRequest): Uint8Array {
  const bytes = startFrame(DROP, number, DROP_HEAD + list.length)
  bytes.set(list, DROP_HEAD)
  return bytes
}

export function decodeDrop(bytes: Buffer): DropRequest {
  if (bytes.length <= DROP_HEAD) throw cutOff('a drop list')
  return { number: numberIn(bytes), list: new Uint8Array(bytes.subarray(DROP_HEAD)) }
}

export function encodeDropped({ number, outcome, hlc }: DropAnswer): Uint8Array {
  const bytes = startFrame(DROPPED, number, DROPPED_BYTES)
  bytes.writeUInt8(OUTCOMES[outcome], 5)
  bytes.writeBigUInt64BE(BigInt(hlc), 6)
  return bytes
}

export function decodeDropped(bytes: Buffer): DropAnswer {
  if (bytes.length !== DROPPED_BYTES) throw cutOff('an answer to a drop list')
  const hlc = Number(bytes.readBigUInt64BE(6))
  if (!Number.isSafeInteger(hlc)) throw cutOff('an answer to a drop list')
  return { number: numberIn(bytes), outcome: wordOf(OUTCOMES, bytes[5]!, 'refused'), hlc }
}
