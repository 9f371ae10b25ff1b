import { HoldfastError } from '#base'
import { folderIdOf, fromHex, idBytes, toHex, type ChunkId, type FolderId } from '#model'

// What the frames of the bulk channel have in common: u8 type, u32 number, and those about a folder its 16 bytes after that (big endian).

const FOLDER_AT = 5
const FLAG_AT = 21
const AFTER_AT = 22
const PAGE_REQUEST_BYTES = 54

/** Asks for the first of many, from after an id on; the next question goes on after the last of the answer. */
export interface PageRequest {
  number: number
  folder: FolderId
  /** 32 zeros: from the first. */
  after: ChunkId
}

/** A frame of so many bytes, of which the first five are written. */
export function startFrame(type: number, number: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  bytes.writeUInt8(type, 0)
  bytes.writeUInt32BE(number, 1)
  return bytes
}

/** The same for one about a folder, which is written, too. */
export function startRequest(type: number, { number, folder }: { number: number; folder: FolderId }, length: number): Buffer {
  const bytes = startFrame(type, number, length)
  bytes.set(idBytes(folder), FOLDER_AT)
  return bytes
}

export function numberIn(bytes: Buffer): number {
  return bytes.readUInt32BE(1)
}

export function folderIn(bytes: Buffer): FolderId {
  return folderIdOf(new Uint8Array(bytes.subarray(FOLDER_AT, FOLDER_AT + 16)))
}

/** Type, number, folder, u8 flag, 32 bytes of the id. */
export function encodePageRequest(type: number, request: PageRequest, flag: boolean): Uint8Array {
  const bytes = startRequest(type, request, PAGE_REQUEST_BYTES)
  bytes.writeUInt8(flag ? 1 : 0, FLAG_AT)
  bytes.set(fromHex(request.after), AFTER_AT)
  return bytes
}

/** Throws `corrupt`. */
export function decodePageRequest(bytes: Buffer, what: string): PageRequest & { flag: number } {
  if (bytes.length !== PAGE_REQUEST_BYTES) throw cutOff(what)
  return {
    number: numberIn(bytes),
    folder: folderIn(bytes),
    flag: bytes.readUInt8(FLAG_AT),
    after: toHex(bytes.subarray(AFTER_AT)) as ChunkId,
  }
}

/** The word that a number stands for; `otherwise` for one that only a newer version knows. */
export function wordOf<Word extends string>(words: Readonly<Record<Word, number>>, number: number, otherwise: Word): Word {
  return (Object.keys(words) as Word[]).find((word) => words[word] === number) ?? otherwise
}

export function cutOff(what: string): HoldfastError {
  return new HoldfastError('corrupt', `${what}: cut off, or not as it says`)
}
