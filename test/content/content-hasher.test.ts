import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chunkId,
  CHUNKERS,
  ContentHasher,
  cutManifest,
  deriveFolderKeys,
  readBytes,
  type ChunkerId,
  type ContentChunker,
  type Read,
} from '#content'
import { unpackChunks, type ChunkRef } from '#model'
import { gearTable } from '../../src/content/keys.ts'
import { keystream, referenceLengths } from './reference.ts'

const MIB = 1024 * 1024
const keys = deriveFolderKeys(keystream('secret', 32))
const hasher = new ContentHasher()
const chunkerIds: ChunkerId[] = [0, 1, 2, 3]

function chunksOf(bytes: Uint8Array, chunker: ChunkerId, read: Read = readBytes(bytes)): ChunkRef[] {
  return unpackChunks(hasher.hash(read, keys, chunker).chunks)
}

/** Gives the bytes in pieces whose lengths come from `lengths`, round and round. */
function readPieces(bytes: Uint8Array, lengths: number[]): Read {
  let at = 0
  let turn = 0
  return (into) => {
    const piece = bytes.subarray(at, at + Math.min(into.length, lengths[turn++ % lengths.length]!))
    into.set(piece)
    at += piece.length
    return piece.length
  }
}

/** Random bytes between runs of one byte and repeats of themselves, where a bad chunker would go astray. */
const content = fc
  .array(
    fc.record({
      kind: fc.constantFrom('random', 'run', 'repeat'),
      seed: fc.nat(5),
      length: fc.integer({ min: 1, max: 700_000 }),
    }),
    {
      maxLength: 8,
    },
  )
  .map((parts) =>
    Buffer.concat(
      parts.map(({ kind, seed, length }) => {
        if (kind === 'random') return keystream(`${seed}`, length)
        if (kind === 'run') return new Uint8Array(length).fill(seed)
        return Buffer.alloc(length, keystream(`${seed}`, 1000 + seed))
      }),
    ),
  )

describe('ContentHasher', () => {
  it('cuts an empty file into no chunks', () => {
    for (const chunker of chunkerIds)
      expect(hasher.hash(readBytes(new Uint8Array(0)), keys, chunker)).toEqual({ chunks: new Uint8Array(0), size: 0 })
  })

  it('cuts into chunks within bounds that make up the file and are named by what they hold', () => {
    fc.assert(
      fc.property(content, fc.constantFrom(...chunkerIds), (bytes, chunkerId) => {
        const chunker = CHUNKERS[chunkerId]
        const chunks = chunksOf(bytes, chunkerId)
        let at = 0
        for (const [index, { id, length }] of chunks.entries()) {
          const last = index === chunks.length - 1
          expect(length).toBeLessThanOrEqual(chunker.max)
          expect(length).toBeGreaterThanOrEqual(last ? 1 : chunker.kind === 'fixed' ? chunker.max : chunker.min)
          expect(chunkId(keys.idKey, bytes.subarray(at, (at += length)))).toBe(id)
        }
        expect(at).toBe(bytes.length)
      }),
      { numRuns: 40 },
    )
  })

  it('cuts where the reference cuts', () => {
    const gear = gearTable(keys.chunkerKey)
    fc.assert(
      fc.property(content, fc.constantFrom(1, 2), (bytes, chunkerId) => {
        expect(chunksOf(bytes, chunkerId as ChunkerId).map(({ length }) => length)).toEqual(
          referenceLengths(bytes, gear, chunkerId as ChunkerId),
        )
      }),
      { numRuns: 25 },
    )
  })

  describe('at the borders of chunker 1', () => {
    const { min, normal, max } = CHUNKERS[1] as ContentChunker
    const gear = gearTable(keys.chunkerKey)
    const large = keystream('large', 24 * MIB)

    /** 64 bytes that end in a cut of a chunk from `least` to `most` long, whose oldest byte decides too. */
    function window(least: number, most: number): Uint8Array {
      let at = 0
      for (const { length } of chunksOf(large, 1)) {
        at += length
        const found = large.subarray(at - 64, at)
        if (length >= least && length <= most && gear[found[0]! * 8]! % 2 === 1) return found
      }
      throw new Error('no such window: take more bytes')
    }
    const strict = window(min, normal - 1)
    const loose = window(normal, max - 1)

    /** The first chunk's length when the window ends at `place` and all other bytes are 0. */
    function firstLength(inWindow: Uint8Array, place: number): number {
      const bytes = new Uint8Array(2 * max)
      bytes.set(inWindow, place - 64)
      expect(chunksOf(bytes, 1).map(({ length }) => length)).toEqual(referenceLengths(bytes, gear, 1))
      return chunksOf(bytes, 1)[0]!.length
    }

    it.each([min, min + 1, min + 7, min + 8, min + 9, normal - 1])('a strict window ends the chunk at %d', (place) => {
      expect(firstLength(strict, place)).toBe(place)
    })

    it.each([normal, normal + 1, normal + 8, max - 1, max])('a loose window ends the chunk at %d', (place) => {
      expect(firstLength(loose, place)).toBe(place)
    })

    it.each([min, normal - 1])('a loose window does not end the chunk at %d', (place) => {
      expect(firstLength(loose, place)).toBe(max)
    })

    it('no window ends the chunk before the least length', () => {
      expect(firstLength(strict, min - 1)).toBe(max)
    })
  })

  it('cuts alike however the bytes arrive', () => {
    fc.assert(
      fc.property(
        content,
        fc.constantFrom(...chunkerIds),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 2 * MIB })), { minLength: 1, maxLength: 6 }),
        (bytes, chunkerId, lengths) => {
          const pieces = lengths.every((length) => length < 1000) ? [...lengths, 100_000] : lengths
          expect(chunksOf(bytes, chunkerId, readPieces(bytes, pieces))).toEqual(chunksOf(bytes, chunkerId))
        },
      ),
      { numRuns: 40 },
    )
  })

  it.each([1, 2] as const)('finds its way back after a byte inserted at the front (chunker %d)', (chunker) => {
    const before = keystream('large', 24 * MIB)
    const known = new Set(chunksOf(before, chunker).map(({ id }) => id))
    const after = chunksOf(Buffer.concat([Uint8Array.of(1), before]), chunker)
    const fresh = after.filter(({ id }) => !known.has(id))
    expect(fresh.length).toBeGreaterThan(0)
    expect(fresh.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(4 * CHUNKERS[chunker].max)
  })

  it('cuts at other places with another key', () => {
    const bytes = keystream('large', 4 * MIB)
    const other = unpackChunks(hasher.hash(readBytes(bytes), deriveFolderKeys(keystream('other', 32)), 1).chunks)
    expect(other.map(({ length }) => length)).not.toEqual(chunksOf(bytes, 1).map(({ length }) => length))
    // And the first folder's table is back afterwards.
    expect(chunksOf(bytes, 1).map(({ length }) => length)).toEqual(referenceLengths(bytes, gearTable(keys.chunkerKey), 1))
  })

  it('makes chunks of about the normal length', () => {
    const bytes = keystream('large', 24 * MIB)
    const mean = bytes.length / chunksOf(bytes, 1).length
    expect(mean).toBeGreaterThan(100 * 1024)
    expect(mean).toBeLessThan(200 * 1024)
  })

  it('passes on what a read throws, and works again afterwards', () => {
    const bytes = keystream('again', 3 * MIB)
    let reads = 0
    const failing: Read = (into) => {
      if (reads++ === 2) throw new Error('EIO')
      return into.fill(7).length
    }
    expect(() => hasher.hash(failing, keys, 2)).toThrow('EIO')
    expect(chunksOf(bytes, 2)).toEqual(unpackChunks(new ContentHasher().hash(readBytes(bytes), keys, 2).chunks))
  })
})

describe('cutManifest', () => {
  it('gives the pieces of the list and the chunks that name them', () => {
    const list = keystream('list', 36 * 20_000)
    const { chunks, pieces } = cutManifest(hasher, list, keys)
    expect(Buffer.concat(pieces).equals(list)).toBe(true)
    expect(pieces.length).toBeGreaterThan(1)
    expect(unpackChunks(chunks)).toEqual(pieces.map((piece) => ({ id: chunkId(keys.idKey, piece), length: piece.length })))
  })
})
