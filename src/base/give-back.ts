/** Smaller pieces may be parts of a pool, and are not worth it. */
const LEAST = 4096

/**
 * Gives the memory of bytes back that nobody will read again, if they are all of their ArrayBuffer. V8 does not see such memory in
 * its heap, only counts it, and answers each 64 MiB of it with a collection of the whole heap; a gigabyte on its way through a
 * thread then costs more in collections than in everything else.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (byteLength >= LEAST && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
