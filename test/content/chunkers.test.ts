import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHUNKERS, chooseChunker, isChunkerId, MAX_CHUNK_LENGTH } from '#content'

const KIB = 1024
const MIB = 1024 * KIB

describe('chooseChunker', () => {
  it.each([
    ['a.txt', 0, 0],
    ['a.txt', 32 * KIB, 0],
    ['a.txt', 32 * KIB + 1, 1],
    ['a.txt', 32 * MIB - 1, 1],
    ['a.txt', 32 * MIB, 2],
    ['films/holiday.MP4', 3 * MIB, 2],
    ['thumb.jpg', 9 * KIB, 0],
    ['vm/disk.qcow2', 40 * MIB, 3],
    ['Library/Mail.SQLite', MIB, 3],
    ['sqlite', MIB, 1],
    ['dir.img/readme', MIB, 1],
    ['.db', MIB, 1],
  ])('%s of %d bytes gets chunker %d', (path, size, chunker) => {
    expect(chooseChunker(path, size)).toBe(chunker)
  })

  it.each([
    [0, 64 * KIB, 0],
    [0, 64 * KIB + 1, 1],
    [1, 16 * KIB + 1, 1],
    [1, 16 * KIB, 0],
    [1, 64 * MIB - 1, 1],
    [1, 64 * MIB, 2],
    [2, 16 * MIB, 2],
    [2, 16 * MIB - 1, 1],
    [3, MIB, 3],
    [3, 10 * KIB, 0],
  ])('a file last cut by %d, now %d bytes long, gets %d', (previous, size, chunker) => {
    expect(chooseChunker('data.bin', size, previous)).toBe(chunker)
  })

  it('takes a number it does not know, and none, as no lineage', () => {
    expect(chooseChunker('data.bin', MIB, 200)).toBe(1)
    expect(chooseChunker('data.bin', MIB, null)).toBe(1)
  })

  it('does not waver while a file grows and shrinks a little around a border', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 20 * MIB, max: 50 * MIB }), { minLength: 2 }), ([first, ...sizes]) => {
        const chosen = chooseChunker('data.bin', first!)
        let previous = chosen
        for (const size of sizes) previous = chooseChunker('data.bin', size, previous)
        expect(previous).toBe(chosen)
      }),
    )
  })
})

describe('the chunkers', () => {
  it('keep to the greatest chunk length, and their bits to their normal length', () => {
    for (const [id, chunker] of Object.entries(CHUNKERS)) {
      expect(isChunkerId(Number(id))).toBe(true)
      expect(chunker.max).toBeLessThanOrEqual(MAX_CHUNK_LENGTH)
    }
    const contentDefined = Object.values(CHUNKERS).filter((chunker) => chunker.kind === 'fastcdc')
    expect(contentDefined.map(({ bits }) => 2 ** bits)).toEqual(contentDefined.map(({ normal }) => normal))
    expect([4, -1, 1.5, '1', null].some(isChunkerId)).toBe(false)
  })
})
