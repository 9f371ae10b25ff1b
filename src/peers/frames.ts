import { HoldfastError } from '#base'
import { MAX_MESSAGE_BYTES } from './link.ts'

/** Bytes before each message: its length, big endian. */
export const FRAME_HEADER_BYTES = 4

/** Bits of a header, on links that know of parts: it gives the length of a message that comes in parts, or that of its next part. */
const IN_PARTS = 0x80000000
const PART = 0x40000000

/** The header of a message of `length` bytes; throws `usage` for a length that no message may have. */
export function frameHeader(length: number): Uint8Array {
  if (length < 1 || length > MAX_MESSAGE_BYTES) {
    throw new HoldfastError('usage', `a message of ${length} bytes; 1 to ${MAX_MESSAGE_BYTES} can be sent`)
  }
  return header(length)
}

/** The header of a message of `length` bytes that comes in parts, each with a header of its own; whole messages may come between them. */
export function partedHeader(length: number): Uint8Array {
  frameHeader(length)
  return header(IN_PARTS + length)
}

export function partHeader(length: number): Uint8Array {
  return header(PART + length)
}

function header(word: number): Uint8Array {
  return Uint8Array.of(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff)
}

/** What is filled with what comes. */
interface Filling {
  readonly bytes: Uint8Array
  filled: number
}

/** Puts messages together from a stream of bytes, each into an ArrayBuffer of its own, with one copy. */
export class FrameReader {
  readonly #max: number
  readonly #take: (length: number) => Uint8Array
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES)
  readonly #knowsParts: boolean
  #headerBytes = 0
  #message: Filling | null = null
  /** The message that comes in parts. */
  #parted: Filling | null = null
  /** Up to where what is filled now is to be. */
  #end = 0

  /** `max`: bytes of a message at most; `take`: where their memory comes from. */
  constructor(max: number = MAX_MESSAGE_BYTES, take: (length: number) => Uint8Array = ownBytes, knowsParts = false) {
    this.#max = max
    this.#take = take
    this.#knowsParts = knowsParts
  }

  /** Bytes of messages that are not whole yet. */
  get partial(): number {
    const parted = this.#parted?.filled ?? 0
    if (this.#message === null) return parted + this.#headerBytes
    return FRAME_HEADER_BYTES + (this.#message === this.#parted ? parted : parted + this.#message.filled)
  }

  get isInParts(): boolean {
    return this.#parted !== null
  }

  /** Takes the stream's next bytes, which it does not keep, and returns the messages they complete. Throws `corrupt` for a bad length. */
  push(bytes: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = []
    let at = 0
    while (at < bytes.length) {
      if (this.#message === null) {
        this.#header[this.#headerBytes++] = bytes[at++] ?? 0
        if (this.#headerBytes === FRAME_HEADER_BYTES) this.#begin()
        continue
      }
      const message = this.#message
      const taken = Math.min(bytes.length - at, this.#end - message.filled)
      message.bytes.set(bytes.subarray(at, at + taken), message.filled)
      message.filled += taken
      at += taken
      if (message.filled < this.#end) continue
      this.#message = null
      this.#headerBytes = 0
      if (message.filled < message.bytes.length) continue
      messages.push(message.bytes)
      if (message === this.#parted) this.#parted = null
    }
    return messages
  }

  #begin(): void {
    const word = Buffer.from(this.#header.buffer).readUInt32BE()
    if (this.#knowsParts && word >= PART) return this.#beginParts(word)
    this.#message = this.#filling(word)
    this.#end = word
  }

  #beginParts(word: number): void {
    if (word < IN_PARTS) {
      const [message, length] = [this.#parted, word - PART]
      if (message === null || length < 1 || length > message.bytes.length - message.filled)
        throw new HoldfastError('corrupt', `a part of ${length} bytes, which is of no message`)
      this.#message = message
      this.#end = message.filled + length
      return
    }
    if (this.#parted !== null) throw new HoldfastError('corrupt', 'a message in parts within another one')
    this.#parted = this.#filling(word - IN_PARTS)
    this.#headerBytes = 0
  }

  #filling(length: number): Filling {
    if (length < 1 || length > this.#max)
      throw new HoldfastError('corrupt', `a frame of ${length} bytes; ${this.#max} are allowed`)
    return { bytes: this.#take(length), filled: 0 }
  }
}

/** Not zeroed: every byte is overwritten before a message is handed on. An ArrayBuffer of its own can be transferred. */
function ownBytes(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
