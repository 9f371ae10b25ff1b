import { createCipheriv, createHash } from 'node:crypto'
import { CHUNKERS, type ChunkerId } from '#content'

/**
 * The definition in docs/format/content.md, written down again for comparison: no rolling, no WASM, no BigInt. Lengths of
 * the chunks of `bytes`; `gear` is the 2048-byte table.
 */
export function referenceLengths(bytes: Uint8Array, gear: Uint8Array, chunkerId: ChunkerId): number[] {
  const lengths: number[] = []
  for (let start = 0; start < bytes.length; start += lengths.at(-1)!) {
    lengths.push(referenceCut(bytes.subarray(start), gear, chunkerId))
  }
  return lengths
}

function referenceCut(rest: Uint8Array, gear: Uint8Array, chunkerId: ChunkerId): number {
  const chunker = CHUNKERS[chunkerId]
  if (chunker.kind === 'fixed') return Math.min(rest.length, chunker.max)
  const { min, normal, max, bits } = chunker
  const table = new DataView(gear.buffer, gear.byteOffset, gear.byteLength)
  const end = Math.min(rest.length, max)
  // The 64-bit hash as two unsigned halves.
  let high = 0
  let low = 0
  for (let at = min - 64; at < end; at++) {
    if (at >= min && high >>> (32 - (at < normal ? bits + 2 : bits - 2)) === 0) return at
    const byte = rest[at]!
    const sum = ((low << 1) >>> 0) + table.getUint32(byte * 8, true)
    const carry = (low >>> 31) + (sum > 0xffffffff ? 1 : 0)
    high = ((high << 1) + table.getUint32(byte * 8 + 4, true) + carry) >>> 0
    low = sum >>> 0
  }
  return end
}

/** Reproducible bytes that depend on nothing of ours: the AES-256-CTR keystream of key SHA-256(seed), counter from 0. */
export function keystream(seed: string, length: number): Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  return new Uint8Array(cipher.update(Buffer.alloc(length)))
}

/** The kinds of input of test/format/cut-points.json. */
export function fixtureInput(kind: string, seed: string, length: number): Uint8Array {
  switch (kind) {
    case 'random':
      return keystream(seed, length)
    case 'zeros':
      return new Uint8Array(length)
    case 'period': {
      // The same 40,000 random bytes over and over.
      const period = keystream(seed, 40_000)
      return Uint8Array.from({ length }, (_, at) => period[at % period.length]!)
    }
    case 'letters':
      // Few distinct bytes, as in text.
      return keystream(seed, length).map((byte) => 97 + (byte % 20))
    default:
      throw new Error(`no such kind of input: ${kind}`)
  }
}
