import { randomBytes } from 'node:crypto'

/** Smaller pieces may be parts of a pool, and are not worth it. */
const LEAST = 4096
/** From here on buffers are kept to be used again. */
const LEAST_KEPT = 128 * 1024
/** Those that are kept are multiples of this, and the mark. */
const UNIT = 512 * 1024
/** Bytes kept at most, for as long as there is work. */
const MAX_KEPT = 16 * 1024 * 1024

/** In the last bytes of a buffer that may be kept, which nobody else sees: it stays with the memory wherever that goes. */
const mark = randomBytes(16)
const spare: ArrayBuffer[] = []

/**
 * Bytes, not zeroed, of a buffer of their own that may be longer. To be given back when they are read: then the next ones cost no fresh
 * memory, whose every page is a fault of its own, and zeroed by the system, before a byte comes into it.
 */
export function takeBytes(length: number): Uint8Array {
  if (length < LEAST_KEPT) return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
  const least = Math.ceil(length / UNIT) * UNIT + mark.length
  const at = spare.findIndex(({ byteLength }) => byteLength >= least && byteLength <= 2 * least)
  const [found] = at < 0 ? [] : spare.splice(at, 1)
  const buffer = found ?? Buffer.allocUnsafeSlow(least).buffer
  if (found === undefined) new Uint8Array(buffer).set(mark, least - mark.length)
  return new Uint8Array(buffer, 0, length)
}

/**
 * Gives the memory of bytes back that nobody will read again, if they are all of their ArrayBuffer, or were taken above: whoever still
 * has them sees nothing more. V8 does not see such memory in its heap, only counts it, and answers each 64 MiB of it with a
 * collection of the whole heap; a gigabyte on its way through a thread then costs more in collections than in everything else.
 */
export function giveBack(bytes: Uint8Array): void {
  const buffer = ownBuffer(bytes)
  if (buffer === null || buffer.byteLength < LEAST) return
  const isKept = isMarked(buffer) && spare.reduce((sum, { byteLength }) => sum + byteLength, 0) + buffer.byteLength <= MAX_KEPT
  if (isKept) spare.push(buffer.transfer())
  else buffer.transfer(0)
}

/** Lets go of the memory that was kept to be used again. */
export function dropSpareBuffers(): void {
  for (const buffer of spare.splice(0)) buffer.transfer(0)
}

/** The buffer of bytes that have it for themselves, to be handed over; null where others may be in it. */
export function ownBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer | null {
  if (!(buffer instanceof ArrayBuffer)) return null
  return byteLength === buffer.byteLength || (byteOffset === 0 && isMarked(buffer)) ? buffer : null
}

function isMarked(buffer: ArrayBuffer): boolean {
  const at = buffer.byteLength - mark.length
  return at > 0 && at % UNIT === 0 && mark.equals(new Uint8Array(buffer, at))
}
