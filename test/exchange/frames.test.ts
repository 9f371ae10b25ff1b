import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame, encodeRequest, encodeResponseHead } from '#exchange'
import { folderIdOf } from '#model'

const folder = folderIdOf(new Uint8Array(16).fill(7))
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

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

  it('that are cut off are refused', () => {
    const whole = encodeRequest({ number: 1, folder, ids: new Uint8Array(64) })
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeFrame(whole.subarray(0, length))).toThrow()
    }
  })
})
