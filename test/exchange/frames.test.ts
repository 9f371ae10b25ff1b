import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeFrame,
  encodeHeld,
  encodeHere,
  encodeHoldHead,
  encodeRequest,
  encodeResponseHead,
  type HoldOutcome,
} from '#exchange'
import { folderIdOf, toHex, type ChunkId } from '#model'

const folder = folderIdOf(new Uint8Array(16).fill(7))
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const OUTCOMES: HoldOutcome[] = ['stored', 'had', 'full', 'refused', 'damaged']
const blocks = fc.array(
  fc.record({
    id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes) as ChunkId),
    length: fc.nat(0xffffffff),
    bytes: fc.uint8Array({ maxLength: 50 }),
  }),
  { minLength: 1, maxLength: 20 },
)

describe('frames of the bulk channel', () => {
  it('have the bytes of docs/format.md', () => {
    const request = encodeRequest({ number: 5, folder, ids: new Uint8Array(32).fill(0xab) })
    expect(hex(request)).toBe(`0100000005${'07'.repeat(16)}0001${'ab'.repeat(32)}`)
    const head = encodeResponseHead({ number: 5, start: 1, chunks: [Uint8Array.of(1, 2, 3), null] })
    expect(hex(head)).toBe('020000000500010002' + '00000003' + 'ffffffff')
  })

  it('come back as they were sent', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.nat(255),
        fc.array(fc.option(fc.uint8Array({ maxLength: 50 })), { minLength: 1, maxLength: 20 }),
        (number, start, chunks) => {
          const head = encodeResponseHead({ number, start, chunks })
          const message = Buffer.concat([head, ...chunks.filter((chunk) => chunk !== null)])
          expect(decodeFrame(message)).toEqual({
            response: { number, start, chunks: chunks.map((chunk) => chunk && Buffer.from(chunk)) },
          })
        },
      ),
    )
  })

  it('of any other bytes are refused, and never read beyond their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const frame = decodeFrame(bytes)
          const size = 'request' in frame ? 23 + frame.request.ids.length : bytes.length
          expect(size).toBe(bytes.length)
        } catch (error) {
          expect(error).toMatchObject({ code: 'corrupt' })
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('of blocks come back as they were sent', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), blocks, fc.array(fc.boolean(), { minLength: 1, maxLength: 256 }), (number, some, has) => {
        const head = encodeHoldHead({ number, folder, blocks: some })
        const hold = decodeFrame(Buffer.concat([head, ...some.map(({ bytes }) => bytes)]))
        expect(hold).toEqual({
          hold: { number, folder, blocks: some.map((block) => ({ ...block, bytes: Buffer.from(block.bytes) })) },
        })
        expect(decodeFrame(encodeHere({ number, has }))).toEqual({ here: { number, has } })
        const outcomes = has.map((each, at) => OUTCOMES[(at + Number(each)) % OUTCOMES.length]!)
        expect(decodeFrame(encodeHeld({ number, outcomes }))).toEqual({ held: { number, outcomes } })
      }),
    )
  })

  it('of blocks are refused where anything of them is missing, is more, or is altered so that it does not fit', () => {
    fc.assert(
      fc.property(blocks, fc.nat(), fc.integer({ min: 0, max: 255 }), (some, at, byte) => {
        const bytes = some.map(({ bytes }) => bytes)
        const outcomes = some.map(() => 'had' as const)
        const frames = [
          Buffer.concat([encodeHoldHead({ number: 1, folder, blocks: some }), ...bytes]),
          encodeHeld({ number: 1, outcomes }),
          encodeHere({ number: 1, has: some.map(() => true) }),
          Buffer.concat([encodeResponseHead({ number: 1, start: 0, chunks: bytes }, 'blocks'), ...bytes]),
        ]
        for (const frame of frames) {
          const refused = expect.objectContaining({ code: 'corrupt' }) as Error
          expect(() => decodeFrame(frame.subarray(0, at % frame.length))).toThrow(refused)
          expect(() => decodeFrame(Buffer.concat([frame, Uint8Array.of(byte)]))).toThrow(refused)
          const altered = Buffer.from(frame)
          altered[at % altered.length] = byte
          try {
            const read = decodeFrame(altered)
            if ('hold' in read)
              expect(23 + read.hold.blocks.reduce((sum, block) => sum + 40 + block.bytes.length, 0)).toBe(frame.length)
          } catch (error) {
            expect(error).toMatchObject({ code: 'corrupt' })
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('of blocks are refused where there are none, or too many; and what is said of one is bounded', () => {
    const none = { id: toHex(new Uint8Array(32)) as ChunkId, length: 1, bytes: new Uint8Array(0) }
    const hold = (count: number) => encodeHoldHead({ number: 1, folder, blocks: new Array(count).fill(none) as (typeof none)[] })
    const refused = expect.objectContaining({ code: 'corrupt' }) as Error
    expect(decodeFrame(hold(256))).toMatchObject({ hold: { number: 1 } })
    for (const count of [0, 257]) {
      expect(() => decodeFrame(hold(count))).toThrow(refused)
      expect(() => decodeFrame(encodeHere({ number: 1, has: new Array(count).fill(true) as true[] }))).toThrow(refused)
      expect(() => decodeFrame(encodeHeld({ number: 1, outcomes: new Array(count).fill('full') as 'full'[] }))).toThrow(refused)
      expect(() => decodeFrame(encodeRequest({ number: 1, folder, ids: new Uint8Array(32 * count) }, 'has'))).toThrow(refused)
      expect(() => decodeFrame(encodeRequest({ number: 1, folder, ids: new Uint8Array(32 * count) }, 'blocks'))).toThrow(refused)
    }
    expect(decodeFrame(Uint8Array.of(4, 0, 0, 0, 9, 0, 3, 0, 99, 5))).toEqual({
      held: { number: 9, outcomes: ['refused', 'refused', 'damaged'] },
    })
    expect(() => decodeFrame(Uint8Array.of(6, 0, 0, 0, 9, 0, 3, 0b1000))).toThrow(refused)
  })

  it('that are cut off are refused', () => {
    const whole = encodeRequest({ number: 1, folder, ids: new Uint8Array(64) })
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeFrame(whole.subarray(0, length))).toThrow()
    }
  })
})
