import { decode, encode } from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  byDot,
  CborReader,
  CborWriter,
  decodeRecord,
  deviceIdOf,
  devicePublicKey,
  encodeRecord,
  packChunks,
  recordTime,
  type ChunkId,
  type Dot,
  type VersionBody,
} from '#model'

const safe = fc.maxSafeInteger()
const natural = fc.maxSafeNat()
const path = fc
  .array(fc.stringMatching(/^[^/\0.]{1,40}$/u), { minLength: 1, maxLength: 5 })
  .map((names) => names.join('/').toWellFormed())
const dots = (least: number): fc.Arbitrary<Dot[]> =>
  fc
    .uniqueArray(fc.tuple(fc.nat(5), natural), { selector: ([device]) => device, minLength: least, maxLength: 4 })
    .map((pairs) => pairs.map(([device, counter]): Dot => [deviceIdOf(new Uint8Array(32).fill(device)), counter]).sort(byDot))

const file = fc
  .record({
    path,
    mode: fc.nat(0o777),
    mtime: safe,
    hlc: natural,
    vector: dots(1),
    beside: dots(0),
    lengths: fc.array(fc.integer({ min: 1, max: 2 ** 21 }), { maxLength: 6 }),
  })
  .map(({ lengths, beside, ...plain }): VersionBody => {
    const chunks = packChunks(lengths.map((length, at) => ({ id: `${at}`.repeat(64) as ChunkId, length })))
    const size = lengths.reduce((sum, length) => sum + length, 0)
    const body: VersionBody = { ...plain, kind: 'file', size, chunker: 1, chunks, manifest: false, target: '' }
    return beside.length === 0 ? body : { ...body, beside }
  })

/** The same fields as a general codec is given them. */
function fieldsOf({
  path: name,
  mode,
  mtime,
  size,
  hlc,
  vector,
  chunker,
  chunks,
  manifest,
  target,
  beside = [],
}: VersionBody): unknown[] {
  const pairs = (list: readonly Dot[]): unknown[] => list.map(([device, counter]) => [devicePublicKey(device), counter])
  return [1, name, mode, mtime, size, hlc, pairs(vector), chunker, chunks, manifest, target, pairs(beside)]
}

describe('a record', () => {
  test('has the bytes that a general DAG-CBOR codec gives it, and is read back the same', () => {
    fc.assert(
      fc.property(file, (body) => {
        const bytes = encodeRecord(body)
        expect(Buffer.compare(bytes, encode(fieldsOf(body)))).toBe(0)
        expect(decodeRecord(bytes)).toEqual(body)
      }),
    )
  })

  test('has one encoding: whatever other bytes are read as one are what it would be written as', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.boolean() })
    fc.assert(
      fc.property(file, fc.array(change, { minLength: 1, maxLength: 3 }), (body, changes) => {
        let bytes = encodeRecord(body)
        for (const { at, byte, cut } of changes) {
          const place = at % bytes.length
          if (cut) bytes = bytes.slice(0, Math.max(1, place))
          else bytes[place] = byte
        }
        let read: VersionBody
        try {
          read = decodeRecord(bytes)
        } catch (error) {
          expect(error).toMatchObject({ name: 'HoldfastError' })
          return
        }
        expect(encodeRecord(read)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  test('is refused with a number as a float, in more bytes than it needs, in an array of no end, or with something behind it', () => {
    const bytes = encodeRecord(fc.sample(file, { numRuns: 1, seed: 7 })[0]!)
    const refused = (wrong: Uint8Array): void => expect(() => decodeRecord(wrong)).toThrow(/CBOR|fields/)
    refused(Uint8Array.of(bytes[0]!, 0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, ...bytes.slice(2)))
    refused(Uint8Array.of(bytes[0]!, 0x18, 1, ...bytes.slice(2)))
    refused(Uint8Array.of(0x9f, ...bytes.slice(1), 0xff))
    refused(Uint8Array.of(...bytes, 0))
    refused(bytes.slice(0, -1))
    refused(new Uint8Array(0))
  })
})

describe('the time in a record', () => {
  const withTime = (mtime: number): VersionBody => ({
    ...{ path: 'a', kind: 'file', mode: 0, mtime, size: 0, hlc: 1, vector: [[deviceIdOf(new Uint8Array(32)), 1]] },
    ...{ chunker: 0, chunks: new Uint8Array(0), manifest: false, target: '' },
  })
  const far = fc.integer({ min: -recordTime(Infinity) / 1024, max: recordTime(Infinity) / 1024 }).map((time) => time * 1024)

  test.each([recordTime(9_999_936_000_123.5), recordTime(-99_999_936_000_123.5), recordTime(Infinity), recordTime(-Infinity)])(
    'may be any that a disk can hold: %d µs',
    (mtime) => {
      const body = withTime(mtime)
      expect(decodeRecord(encodeRecord(body))).toEqual(body)
    },
  )

  test('has the bytes that a general codec gives it beyond the safe integers, too', () => {
    fc.assert(
      fc.property(far, (mtime) => {
        const fields = fieldsOf(withTime(mtime)).map((field, at) => (at === 3 ? BigInt(mtime) : field))
        const bytes = encodeRecord(withTime(mtime))
        expect(Buffer.compare(bytes, encode(fields))).toBe(0)
        expect(decodeRecord(bytes)).toEqual(withTime(mtime))
      }),
    )
  })

  test.each([
    ['that no double holds', 2n ** 53n + 1n],
    ['that no double holds, before 1970', -(2n ** 53n) - 1n],
    ['that no date can say', 8_640_000_000_000_001_024n],
    ['that no date can say, before 1970', -8_640_000_000_000_001_024n],
    ['beyond 64 bits with a sign', 2n ** 63n],
  ])('is refused when it is one %s', (_, mtime) => {
    const fields = fieldsOf(withTime(0)).map((field, at) => (at === 3 ? mtime : field))
    expect(() => decodeRecord(encode(fields))).toThrow(/CBOR|time/)
  })
})

describe('CBOR', () => {
  test('is written as a general codec writes it, and read the same, at every length', () => {
    const value = fc.oneof(
      safe,
      fc.uint8Array({ maxLength: 70_000 }),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.boolean(),
    )
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), (values) => {
        const writer = new CborWriter()
        writer.array(values.length)
        for (const item of values) {
          if (typeof item === 'number') writer.integer(item)
          else if (typeof item === 'string') writer.text(item.toWellFormed())
          else if (typeof item === 'boolean') writer.boolean(item)
          else writer.bytes(item)
        }
        const bytes = writer.take()
        const plain = values.map((item) => (typeof item === 'string' ? item.toWellFormed() : item))
        expect(Buffer.compare(bytes, encode(plain))).toBe(0)
        expect(decode(bytes)).toEqual(plain)
        const reader = new CborReader(bytes)
        expect(reader.array()).toBe(values.length)
        for (const item of plain) {
          if (typeof item === 'number') expect(reader.integer()).toBe(item)
          else if (typeof item === 'string') expect(reader.text()).toBe(item)
          else if (typeof item === 'boolean') expect(reader.boolean()).toBe(item)
          else expect(Buffer.compare(reader.bytes(), item)).toBe(0)
        }
        reader.end()
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    ['text that is no UTF-8', [0x62, 0xc3, 0x28], 'text'],
    ['text that ends in the middle of a character', [0x61, 0xc3], 'text'],
    ['bytes that end early', [0x45, 1, 2], 'bytes'],
    ['an integer beyond the safe ones', [0x1b, 0x00, 0x20, 0, 0, 0, 0, 0, 0], 'integer'],
    ['a negative integer beyond the safe ones', [0x3b, 0x00, 0x20, 0, 0, 0, 0, 0, 0], 'integer'],
    ['a length in a reserved form', [0x5c, 0], 'bytes'],
    ['nothing at all', [], 'boolean'],
  ] as const)('is refused: %s', (_, bytes, kind) => {
    expect(() => new CborReader(Uint8Array.from(bytes))[kind]()).toThrow(/deterministic CBOR/)
  })

  test('keeps a replacement character that is there by right', () => {
    const writer = new CborWriter()
    writer.text('a\ufffdb')
    expect(new CborReader(writer.take()).text()).toBe('a\ufffdb')
  })
})
