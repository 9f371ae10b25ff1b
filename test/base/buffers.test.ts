import { afterEach, describe, expect, it } from 'vitest'
import { dropSpareBuffers, giveBack, ownBuffer, takeBytes } from '#base'

const KIB = 1024
const MIB = 1024 * KIB

afterEach(() => dropSpareBuffers())

let marks = 0

/** Takes bytes, and gives back whether others are of the same memory, as long as that is not freed. */
function take(length: number): { bytes: Uint8Array; isSame(other: Uint8Array): boolean } {
  const bytes = takeBytes(length)
  const mark = ++marks
  bytes.set([1, 2, 3, mark])
  return { bytes, isSame: (other) => Buffer.from(other.subarray(0, 4)).equals(Uint8Array.of(1, 2, 3, mark)) }
}

const heldBytes = (): number => process.memoryUsage().arrayBuffers

describe('buffers that are used again', () => {
  it('gives memory that was given back to the next one, who alone has it', () => {
    const { bytes: first, isSame } = take(MIB)
    giveBack(first)
    expect(first.length).toBe(0)
    const second = takeBytes(MIB - 5)
    expect([second.length, isSame(second)]).toEqual([MIB - 5, true])
    second.set([9])
    expect(isSame(takeBytes(MIB))).toBe(false)
  })

  it('takes none that is far too long, nor one that is too short', () => {
    const long = take(3 * MIB)
    giveBack(long.bytes)
    expect(long.isSame(takeBytes(200 * KIB))).toBe(false)
    expect(long.isSame(takeBytes(3.5 * MIB))).toBe(false)
    const again = takeBytes(2 * MIB)
    expect([again.length, long.isSame(again)]).toEqual([2 * MIB, true])
  })

  it('keeps the same memory for what went through another thread', () => {
    const { bytes, isSame } = take(MIB)
    const there = structuredClone(bytes, { transfer: [ownBuffer(bytes)!] })
    expect(bytes.length).toBe(0)
    giveBack(new Uint8Array(there.buffer))
    expect(isSame(takeBytes(MIB))).toBe(true)
  })

  it('keeps no more than a bound, and nothing once it is told to let go', () => {
    const before = heldBytes()
    const taken = Array.from({ length: 40 }, () => takeBytes(MIB))
    for (const bytes of taken) giveBack(bytes)
    const kept = heldBytes() - before
    expect(kept > 14 * MIB && kept <= 16 * MIB).toBe(true)
    dropSpareBuffers()
    expect(heldBytes() - before < MIB).toBe(true)
  })

  it('leaves alone what may be a part of something', () => {
    const whole = new Uint8Array(2 * MIB)
    const part = whole.subarray(0, MIB)
    giveBack(part)
    giveBack(whole.subarray(MIB))
    expect([part.length, whole.length]).toEqual([MIB, 2 * MIB])
    expect(ownBuffer(part)).toBe(null)
    const taken = takeBytes(MIB)
    expect(ownBuffer(taken.subarray(10))).toBe(null)
    giveBack(taken.subarray(10))
    expect(taken.length).toBe(MIB)
  })

  it('frees what has its buffer for itself, and was not taken', () => {
    const before = heldBytes()
    const own = new Uint8Array(8 * MIB)
    giveBack(own)
    expect(own.length).toBe(0)
    expect(heldBytes() - before < MIB).toBe(true)
  })
})
