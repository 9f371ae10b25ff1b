import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HoldfastError } from '#base'
import { encodeCbor } from '#model'
import { decodeControl } from '../../src/peers/control.ts'
import { FrameReader } from '../../src/peers/frames.ts'
import { decodeInvite } from '../../src/peers/invite-code.ts'
import { decodeOperation } from '../../src/peers/operation.ts'
import { decodePairing } from '../../src/peers/pairing-messages.ts'
import { controls, messages, operations } from '../format/peers-cases.ts'
import { encodeControl } from '../../src/peers/control.ts'
import { encodePairing } from '../../src/peers/pairing-messages.ts'

/** Runs; anything but success or an error that says what is wrong fails the test. */
function survives(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    expect(['corrupt', 'unsupported', 'usage']).toContain(error.code)
  }
}

/** Genuine bytes with some of them changed, cut off or added. */
function damaged(genuine: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(
      fc.constantFrom(...genuine),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(8),
      fc.uint8Array({ maxLength: 4 }),
    )
    .map(([bytes, changes, cut, tail]) => {
      const copy = new Uint8Array([...bytes.subarray(0, bytes.length - cut), ...tail])
      for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value
      return copy
    })
}

const anything = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(
      fc.oneof(fc.nat(40), fc.uint8Array({ maxLength: 40 }), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.nat(9))),
      { maxLength: 9 },
    )
    .map((value) => encodeCbor(value)),
)

describe('rubbish from another device', () => {
  const readers = [
    ['an operation', decodeOperation, operations.map(({ bytes }) => bytes)],
    ['a message on the group link', decodeControl, controls.map(encodeControl)],
    ['a pairing message', decodePairing, messages.map(encodePairing)],
  ] as const

  test.each(readers)('in place of %s is an error, never worse', (_, read, genuine) => {
    fc.assert(
      fc.property(fc.oneof(anything, damaged(genuine)), (bytes) => survives(() => read(bytes))),
      { numRuns: 2_000 },
    )
  })

  test('in place of an invite code is an error, never worse', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `hf1${text}`),
        ),
        (text) => survives(() => decodeInvite(text)),
      ),
      { numRuns: 1_000 },
    )
  })

  test('in place of frames takes no more memory than a message may have', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (pieces) =>
        survives(() => {
          const reader = new FrameReader(64)
          for (const piece of pieces) for (const message of reader.push(piece)) expect(message.length).toBeLessThanOrEqual(64)
        }),
      ),
      { numRuns: 1_000 },
    )
  })
})
