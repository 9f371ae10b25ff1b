import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeFrame,
  encodeDrop,
  encodeDropped,
  encodeList,
  encodeListed,
  encodeNamed,
  encodeSegmentHead,
  encodeSegments,
  encodeSummaries,
  encodeSummarize,
  readDropList,
  signDropList,
  type DropKind,
  type DropOutcome,
} from '#exchange'
import {
  deviceIdOf,
  folderIdOf,
  publicKeyOf,
  readSegment,
  signingKey,
  signSegment,
  toHex,
  verifySegment,
  type ChunkId,
} from '#model'

const folder = folderIdOf(new Uint8Array(16).fill(7))
const key = signingKey(new Uint8Array(32).fill(1))
const [author, holder] = [deviceIdOf(publicKeyOf(key)), deviceIdOf(publicKeyOf(signingKey(new Uint8Array(32).fill(2))))]

const number = fc.nat(0xffffffff)
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes) as ChunkId)
const bytes = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength })
const chunks = fc
  .uniqueArray(fc.record({ id, length: number, isPending: fc.boolean() }), {
    selector: (chunk) => chunk.id,
    minLength: 1,
    maxLength: 20,
  })
  .map((some) => some.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
const place = fc.record({ author: fc.constantFrom(author, holder), epoch: fc.nat(), seq: fc.nat() })
const list = fc
  .record({
    kind: fc.constantFrom<DropKind>('unneeded', 'moved', 'keep'),
    hlc: fc.maxSafeNat(),
    horizon: fc.array(place, { maxLength: 5 }),
    ids: fc.array(id, { maxLength: 5 }).map((ids) => new Uint8Array(Buffer.from(ids.join(''), 'hex'))),
  })
  .map((some) => ({ ...some, folder, holder, author }))
const head = fc
  .record({
    epoch: fc.integer({ min: 1 }),
    first: fc.integer({ min: 1, max: 999 }),
    last: fc.integer({ min: 999, max: 9_999 }),
    before: id,
    end: id,
    chunk: id,
  })
  .map((some) => ({ ...some, folder, author, signer: author, digest: new Uint8Array(32).fill(3), length: 4_000 }))

const sum = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const summaries = fc
  .uniqueArray(fc.record({ partition: fc.nat(65_535), count: fc.integer({ min: 1, max: 0xffffffff }), sum: sum(16) }), {
    selector: ({ partition }) => partition,
    maxLength: 20,
  })
  .map((some) => some.toSorted((a, b) => a.partition - b.partition))
const basis = fc
  .record({ salt: sum(16), bits: fc.nat(16), part: fc.double({ min: 0, max: 0.999, noNaN: true }) })
  .map(({ salt, bits, part }) => ({ salt, bits, first: Math.floor(part * 2 ** bits) }))

/** Each frame by which blocks go, index segments come, and what is there is compared, with what it is read as. */
const frames = fc
  .record({
    number,
    after: id,
    flag: fc.boolean(),
    chunks,
    list: bytes(60),
    heads: fc.array(bytes(60), { minLength: 1, maxLength: 10 }),
    block: bytes(60),
    outcome: fc.constantFrom<DropOutcome>('taken', 'behind', 'stale', 'refused'),
    hlc: fc.maxSafeNat(),
    basis,
    summaries,
  })
  .map(({ number: at, after, flag, chunks: listed, list: drop, heads, block, outcome, hlc, basis: asked, summaries: some }) => {
    const page = { number: at, folder, after }
    const which = flag ? ('last' as const) : ('all' as const)
    const segment = { number: at, head: heads[0]! }
    return [
      [encodeList({ ...page, isPendingOnly: flag }), { list: { ...page, isPendingOnly: flag } }],
      [encodeListed({ number: at, isLast: flag, chunks: listed }), { listed: { number: at, isLast: flag, chunks: listed } }],
      [encodeDrop({ number: at, list: drop }), { drop: { number: at, list: drop } }],
      [encodeDropped({ number: at, outcome, hlc }), { dropped: { number: at, outcome, hlc } }],
      [encodeSegments({ ...page, which }), { segments: { ...page, which } }],
      [encodeNamed({ number: at, isLast: flag, heads }), { named: { number: at, isLast: flag, heads } }],
      [Buffer.concat([encodeSegmentHead(segment), block]), { segment: { ...segment, block } }],
      [encodeSummarize({ number: at, folder, ...asked }), { summarize: { number: at, folder, ...asked } }],
      [
        encodeSummaries({ number: at, next: 65_536, summaries: some }),
        { summaries: { number: at, next: 65_536, summaries: some } },
      ],
    ] as const
  })

const corrupt = expect.objectContaining({ code: 'corrupt' }) as Error

/** What `read` gives, or 'refused' where it says that it is no such thing; whatever else it throws is thrown. */
function orRefused<T>(read: () => T): T | 'refused' {
  try {
    return read()
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(corrupt|unsupported)$/) })
    return 'refused'
  }
}

function altered(of: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = Uint8Array.from(of)
  changed[at % changed.length]! ^= byte
  return changed
}

describe('frames of drop lists, index segments and summaries', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(frames, (all) => {
        for (const [frame, read] of all) expect(decodeFrame(Uint8Array.from(frame))).toEqual(read)
      }),
    )
  })

  it('are refused where something is missing, or is more than they say, and as nothing else whatever is altered in them', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, at, byte) => {
        for (const [frame, read] of all) {
          // How long a list or a block is, the frame alone tells.
          if (!('drop' in read) && !('segment' in read)) {
            expect(() => decodeFrame(frame.subarray(0, at % frame.length))).toThrow(corrupt)
            expect(() => decodeFrame(Buffer.concat([frame, Uint8Array.of(byte)]))).toThrow(corrupt)
          }
          const other = orRefused(() => decodeFrame(altered(frame, at, byte)))
          if (other === 'refused') continue
          if ('listed' in other) expect(other.listed.chunks.length * 37 + 8).toBe(frame.length)
          if ('named' in other) expect(other.named.heads.reduce((sum, { length }) => sum + length + 2, 8)).toBe(frame.length)
          if ('summaries' in other) expect(other.summaries.summaries.length * 22 + 11).toBe(frame.length)
          if ('segment' in other) expect(other.segment.head.length + other.segment.block.length + 7).toBe(frame.length)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('name no more than what bounds them, and where there are none, no more to come', () => {
    const none = { number: 1, isLast: false }
    for (const frame of [encodeListed({ ...none, chunks: [] }), encodeNamed({ ...none, heads: [] })])
      expect(() => decodeFrame(frame)).toThrow(corrupt)
    const heads = Array.from({ length: 257 }, () => Uint8Array.of(1))
    expect(() => decodeFrame(encodeNamed({ number: 1, isLast: true, heads }))).toThrow(corrupt)
    const many = Array.from({ length: 1_025 }, (_, at) => ({
      id: at.toString(16).padStart(64, '0') as ChunkId,
      length: 1,
      isPending: false,
    }))
    expect(() => decodeFrame(encodeListed({ number: 1, isLast: true, chunks: many }))).toThrow(corrupt)
  })
})

describe('summaries', () => {
  const one = { partition: 3, count: 1, sum: new Uint8Array(16) }
  it.each<[string, number, (typeof one)[]]>([
    ['twice of one partition', 9, [one, one]],
    ['out of order', 9, [one, { ...one, partition: 2 }]],
    ['of a partition without chunks', 9, [{ ...one, count: 0 }]],
    ['of one that is still to come', 3, [one]],
    ['up to none', 0, []],
    ['up to more partitions than there can be', 65_537, [one]],
  ])('that are %s are refused', (_, next, some) => {
    expect(() => decodeFrame(encodeSummaries({ number: 1, next, summaries: some }))).toThrow(corrupt)
  })

  it('are asked for by no more bits than there can be, and from a partition on that there is', () => {
    const asked = { number: 1, folder, salt: new Uint8Array(16) }
    for (const [bits, first] of [
      [17, 0],
      [2, 4],
    ] as const)
      expect(() => decodeFrame(encodeSummarize({ ...asked, bits, first }))).toThrow(corrupt)
    expect(decodeFrame(encodeSummarize({ ...asked, bits: 0, first: 0 }))).toMatchObject({ summarize: { bits: 0 } })
  })
})

describe('what is signed in them', () => {
  it('is read as it was signed', () => {
    fc.assert(
      fc.property(list, head, (drop, segment) => {
        expect(readDropList(signDropList(drop, key))).toEqual(drop)
        expect(readSegment(signSegment(segment, key).encoded)).toMatchObject(segment)
        expect(verifySegment(readSegment(signSegment(segment, key).encoded))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('counts for nothing where a bit of it is another one, it is cut, or it is rubbish', () => {
    fc.assert(
      fc.property(list, head, fc.nat(), fc.nat(7), bytes(300), (drop, segment, at, bit, rubbish) => {
        const signed = signDropList(drop, key)
        const { encoded } = signSegment(segment, key)
        for (const wrong of [altered(signed, at, 1 << bit), signed.subarray(0, at % signed.length), rubbish])
          expect(orRefused(() => readDropList(wrong))).toBe('refused')
        for (const wrong of [altered(encoded, at, 1 << bit), encoded.subarray(0, at % encoded.length), rubbish]) {
          const read = orRefused(() => readSegment(wrong))
          expect(read === 'refused' || !verifySegment(read)).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })
})
