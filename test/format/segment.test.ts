import { describe, expect, test } from 'vitest'
import { HoldfastError } from '#base'
import { decodeFrame } from '#exchange'
import { decodeSummary, fromHex, readSegment, signSegment, splitBatches, toHex, verifySegment } from '#model'
import index from './index.json' with { type: 'json' }
import { have, key, madeNow, named, question, segment, segments } from './segment-cases.ts'
import frozen from './segment.json' with { type: 'json' }

const batches = [fromHex(index.batch), fromHex(index.withoutBody)]
const CORRUPT = expect.objectContaining({ code: 'corrupt' }) as Error

describe('the frozen formats of index segments', () => {
  test('are still written the same', () => {
    expect(madeNow(batches)).toEqual(frozen)
  })

  test('are still read', () => {
    for (const kind of ['records', 'summary'] as const) {
      const read = readSegment(fromHex(frozen[kind]))
      expect(read).toEqual(segments[kind])
      expect(verifySegment(read)).toBe(true)
    }
    expect(splitBatches(fromHex(frozen.content)).map(toHex)).toEqual(batches.map(toHex))
    expect(decodeSummary(fromHex(frozen['content of a summary']))).toEqual(have)
    expect(decodeFrame(fromHex(frozen.segment))).toEqual({ segment })
    expect(decodeFrame(fromHex(frozen.segments))).toEqual({ segments: question })
    expect(decodeFrame(fromHex(frozen.named))).toEqual({ named })
  })

  test('are refused when anything of them is missing, or a bit of a head is another', () => {
    for (const hex of [frozen.records, frozen.summary]) {
      const whole = fromHex(hex)
      for (let length = 0; length < whole.length; length++) {
        expect(() => readSegment(whole.subarray(0, length))).toThrow(CORRUPT)
      }
      for (let at = 0; at < whole.length; at++) {
        const other = whole.slice()
        other[at]! ^= 1
        expect(isRefused(other)).toBe(true)
      }
    }
    const summary = fromHex(frozen['content of a summary'])
    for (let length = 0; length < summary.length; length++)
      expect(() => decodeSummary(summary.subarray(0, length))).toThrow(CORRUPT)
    for (const hex of [frozen.segments, frozen.named]) {
      const whole = fromHex(hex)
      for (let length = 1; length < whole.length; length++) expect(() => decodeFrame(whole.subarray(0, length))).toThrow(CORRUPT)
    }
    expect(() => decodeFrame(fromHex(frozen.segment).subarray(0, -segment.block.length))).toThrow(CORRUPT)
    expect(() => splitBatches(fromHex(frozen.content).subarray(0, -1))).toThrow(CORRUPT)
  })

  test('tell of heads what they must not say: no records, or a summary for another device', () => {
    const { records, summary } = segments
    for (const bad of [
      { ...records, first: 0 },
      { ...records, first: 4000 },
      { ...summary, author: records.author },
      { ...summary, first: 2 },
    ])
      expect(() => readSegment(signSegment(bad, key).encoded)).toThrow(CORRUPT)
  })
})

function isRefused(bytes: Uint8Array): boolean {
  try {
    return !verifySegment(readSegment(bytes))
  } catch (error) {
    return error instanceof HoldfastError && (error.code === 'corrupt' || error.code === 'unsupported')
  }
}
