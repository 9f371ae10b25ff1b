import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import type * as Zlib from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { blockDigest, blockKeyId, chunkId, MAX_BLOCK_LENGTH, MAX_CHUNK_LENGTH, openBlock, sealBlock } from '#content'
import { folderIdOf, toHex, type ChunkId } from '#model'
import { entropy } from '../../src/content/entropy.ts'
import { paddedLength } from '../../src/content/padding.ts'

/** Bytes of chunks that somebody has tried to pack. */
const tried = vi.hoisted(() => [] as number[])
vi.mock('node:zlib', async (original) => {
  const real = await original<typeof Zlib>()
  const zstdCompressSync: typeof real.zstdCompressSync = (bytes, options) => {
    tried.push((bytes as Uint8Array).length)
    return real.zstdCompressSync(bytes, options)
  }
  return { ...real, zstdCompressSync }
})

const key = { id: randomBytes(16), key: randomBytes(32) }
const folder = folderIdOf(randomBytes(16))
const keyOf = (id: string): Uint8Array | undefined => (id === toHex(key.id) ? key.key : undefined)
const idKey = randomBytes(32)
const text = Buffer.from('the kelp holds on to the rock\n'.repeat(400))

function seal(bytes: Uint8Array): { block: Uint8Array; place: { folder: typeof folder; chunk: ChunkId } } {
  const place = { folder, chunk: chunkId(idKey, bytes) }
  return { place, block: sealBlock(bytes, place, key, randomBytes(32)) }
}

describe('a block', () => {
  it('opens to the chunk it was made of, whatever that is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), fc.nat(6), (bytes, doublings) => {
        const chunk = Buffer.concat(Array.from({ length: 2 ** doublings }, () => bytes))
        const { block, place } = seal(chunk)
        expect(Buffer.compare(openBlock(block, place, keyOf), chunk)).toBe(0)
        expect(block.length).toBeLessThanOrEqual(MAX_BLOCK_LENGTH)
      }),
      { numRuns: 200 },
    )
  })

  it('holds the longest chunk, and text in a fraction of its length', () => {
    const longest = randomBytes(MAX_CHUNK_LENGTH)
    const { block, place } = seal(longest)
    expect(block.length).toBe(MAX_BLOCK_LENGTH)
    expect(Buffer.compare(openBlock(block, place, keyOf), longest)).toBe(0)
    expect(seal(text).block.length).toBeLessThan(text.length / 10)
  })

  it('is another one each time, under another name, and shows nothing of the chunk', () => {
    const [one, other] = [seal(text), seal(text)]
    expect(blockDigest(one.block)).not.toEqual(blockDigest(other.block))
    expect(Buffer.from(one.block).includes('kelp')).toBe(false)
    expect(blockKeyId(one.block)).toBe(toHex(key.id))
  })

  it('opens as no other chunk, in no other folder, without its key not at all', () => {
    const { block, place } = seal(text)
    const elsewhere = { ...place, folder: folderIdOf(randomBytes(16)) }
    const other = { ...place, chunk: chunkId(idKey, randomBytes(9)) }
    for (const wrong of [elsewhere, other])
      expect(() => openBlock(block, wrong, keyOf)).toThrow(expect.objectContaining({ code: 'corrupt' }))
    expect(() => openBlock(block, place, () => undefined)).toThrow(expect.objectContaining({ code: 'denied' }))
    expect(() => openBlock(block, place, () => randomBytes(32))).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })

  it('is refused whatever bit of it is flipped, and however it is cut', () => {
    const { block, place } = seal(randomBytes(64))
    for (let bit = 0; bit < block.length * 8; bit++) {
      const flipped = new Uint8Array(block)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => openBlock(flipped, place, keyOf), `bit ${bit}`).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(corrupt|unsupported|denied)$/) }),
      )
    }
    for (let length = 0; length < block.length; length++)
      expect(() => openBlock(block.subarray(0, length), place, keyOf)).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })
})

describe('what is sealed', () => {
  /** All that a block has but its content: header, salt, tag, and how the content is packed. */
  const FRAME = 4 + 16 + 32 + 16 + 5
  const packed = (chunk: Uint8Array): { length: number; isTried: boolean } => {
    tried.length = 0
    const { block, place } = seal(chunk)
    expect(Buffer.compare(openBlock(block, place, keyOf), chunk)).toBe(0)
    return { length: block.length, isTried: tried.length > 0 }
  }
  const raw = (length: number): number => paddedLength(5 + length) + FRAME - 5
  const words = Buffer.from(Array.from({ length: 30_000 }, (_, at) => `${at} fathoms deep\n`).join(''))

  it('is packed where that helps, also where a part of it does not get smaller', () => {
    const half = Buffer.concat([words.subarray(0, 100_000), randomBytes(100_000)])
    expect(packed(words.subarray(0, 200_000)).length).toBeLessThan(raw(70_000))
    expect(packed(half).length).toBeLessThan(raw(140_000))
    expect(packed(half).length).toBeGreaterThan(raw(100_000))
  })

  it('is left as it is, and not even tried, where it is packed or encrypted already', () => {
    // The probe looks at the beginning, at the end, and at two places between.
    const mostly = Buffer.concat([randomBytes(20_000), words.subarray(0, 10_000), randomBytes(170_000)])
    for (const chunk of [randomBytes(200_000), mostly])
      expect(packed(chunk)).toEqual({ length: raw(chunk.length), isTried: false })
  })

  it('is left as it is where packing saves next to nothing', () => {
    // Of so few bytes the probe says nothing.
    const short = randomBytes(200)
    expect(packed(short)).toEqual({ length: raw(200), isTried: true })
  })
})

describe('padding', () => {
  it('never shortens, costs at most 12 %, and little of what is long', () => {
    const wrong: number[] = []
    for (let length = 1; length < 300_000; length++) {
      const padded = paddedLength(length)
      if (padded < length || padded > length * (length < 65_536 ? 1.12 : 1.032)) wrong.push(length)
    }
    expect(wrong).toEqual([])
  })

  it('leaves few lengths to tell apart', () => {
    const lengths = new Set(Array.from({ length: MAX_CHUNK_LENGTH / 64 }, (_, at) => paddedLength(at * 64)))
    expect(lengths.size).toBeLessThan(450)
  })
})

describe('entropy', () => {
  it('tells text, and what is packed already, from each other', () => {
    expect(entropy(new Uint8Array(9_000))).toBe(0)
    expect(entropy(text)).toBeLessThan(4.5)
    expect(entropy(randomBytes(4_096))).toBeGreaterThan(7.9)
    expect(entropy(randomBytes(1_000_000))).toBeGreaterThan(7.9)
    expect(entropy(Buffer.from(randomBytes(30_000).toString('base64')))).toBeLessThan(6.1)
  })
})
