import { describe, expect, it } from 'vitest'
import type { Random } from '#base'

/** What a Random promises (see there), for every one that there is. */
export function randomSuite(name: string, open: () => Random): void {
  describe(`the random source ${name}`, () => {
    it.each([0, 1, 32, 100_000])('gives %d bytes, over a buffer of their own', (count) => {
      const bytes = open().bytes(count)
      expect(bytes.length).toBe(count)
      expect(bytes.constructor).toBe(Uint8Array)
      expect(bytes.buffer.byteLength).toBe(count)
    })

    it('gives every byte about as often, and others each time', () => {
      const random = open()
      const counts = new Uint32Array(256)
      for (const byte of random.bytes(256 * 400)) counts[byte]!++
      // Six standard deviations (20 each): true random numbers miss that less than once in a million runs.
      for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(120)
      expect(random.bytes(16)).not.toEqual(random.bytes(16))
    })

    it('gives fractions from 0 up to but not 1, in each part as often', () => {
      const random = open()
      const counts = new Uint32Array(16)
      for (let at = 0; at < 16 * 400; at++) {
        const fraction = random.fraction()
        expect(fraction >= 0 && fraction < 1).toBe(true)
        counts[Math.floor(fraction * 16)]!++
      }
      for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(120)
    })
  })
}
