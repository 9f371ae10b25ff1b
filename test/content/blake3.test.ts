import { describe, expect, it } from 'vitest'
import { blake3, chunkId, chunkIdBytes, chunkNamer } from '#content'
import { nativeBlake3 } from '../../src/content/blake3-native.ts'
import { portableBlake3 } from '../../src/content/blake3-portable.ts'
import { keystream } from './reference.ts'

/** Around every border of the tree: blocks of 64, chunks of 1024, and powers of two of them. */
const LENGTHS = [0, 1, 3, 4, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2048, 2049, 3072, 3073, 5120, 7169, 102_400, 131_072]
const key = keystream('key', 32)

describe('portable BLAKE3', () => {
  it('gives the known digests of nothing and of "abc"', () => {
    expect(portableBlake3.hex(new Uint8Array(0))).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262')
    expect(portableBlake3.hex(Buffer.from('abc'))).toBe('6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85')
  })

  it.skipIf(nativeBlake3() === undefined).each(LENGTHS)('agrees with the native one on %d bytes', (length) => {
    const native = nativeBlake3()!
    const bytes = keystream('input', length + 1).subarray(1)
    expect(portableBlake3.hex(bytes)).toBe(native.hex(bytes))
    expect(portableBlake3.keyed(key)(bytes)).toBe(native.keyed(key)(bytes))
  })

  it('is the same as the one in use', () => {
    const bytes = keystream('input', 5000)
    expect(Buffer.from(blake3(bytes)).toString('hex')).toBe(portableBlake3.hex(bytes))
  })

  it('refuses a key of another length', () => {
    expect(() => portableBlake3.keyed(new Uint8Array(31))).toThrow(RangeError)
  })
})

describe('chunk ids', () => {
  it('depend on the key and on every byte', () => {
    const bytes = keystream('chunk', 5000)
    const changed = bytes.slice()
    changed[4999]! ^= 1
    const ids = [chunkId(key, bytes), chunkId(keystream('other key', 32), bytes), chunkId(key, changed)]
    expect(new Set(ids).size).toBe(3)
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/)
  })

  it('are the same as bytes, as hex, and by a namer used again and again', () => {
    const name = chunkNamer(key)
    for (const length of [10, 5000, 10]) {
      const bytes = keystream('chunk', length)
      expect(name(bytes)).toBe(chunkId(key, bytes))
      expect(Buffer.from(chunkIdBytes(key, bytes)).toString('hex')).toBe(chunkId(key, bytes))
    }
  })
})
