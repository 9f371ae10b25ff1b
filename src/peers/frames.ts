import { HoldfastError } from '#base'
import { MAX_MESSAGE_BYTES } from './link.ts'

/** Bytes before each message: its length, big endian. */
export const FRAME_HEADER_BYTES = 4

/** The header of a message of `length` bytes; throws `usage` for a length that no message may have. */
export function frameHeader(length: number): Uint8Array {
  if (length < 1 || length > MAX_MESSAGE_BYTES) {
    throw new HoldfastError('usage', `a message of ${length} bytes; 1 to ${MAX_MESSAGE_BYTES} can be sent`)
  }
  return Uint8Array.of(length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff)
}

/** Puts messages together from a stream of bytes, each into an ArrayBuffer of its own, with one copy. */
export class FrameReader {
  readonly #max: number
  readonly #take: (length: number) => Uint8Array
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES)
  #headerBytes = 0
  #message: Uint8Array | null = null
  #filled = 0

  /** `max`: bytes of a message at most; `take`: where their memory comes from. */
  constructor(max: number = MAX_MESSAGE_BYTES, take: (length: number) => Uint8Array = ownBytes) {
    this.#max = max
    this.#take = take
  }

  /** Bytes of a message that is not whole yet. */
  get partial(): number {
    return this.#message === null ? this.#headerBytes : FRAME_HEADER_BYTES + this.#filled
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
      const taken = Math.min(bytes.length - at, this.#message.length - this.#filled)
      this.#message.set(bytes.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
      if (this.#filled === this.#message.length) {
        messages.push(this.#message)
        this.#message = null
        this.#headerBytes = 0
      }
    }
    return messages
  }

  #begin(): void {
    const length = Buffer.from(this.#header.buffer).readUInt32BE()
    if (length < 1 || length > this.#max)
      throw new HoldfastError('corrupt', `a frame of ${length} bytes; ${this.#max} are allowed`)
    this.#message = this.#take(length)
    this.#filled = 0
  }
}

/** Not zeroed: every byte is overwritten before a message is handed on. An ArrayBuffer of its own can be transferred. */
function ownBytes(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
