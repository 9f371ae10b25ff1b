import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '#model'
import { decodeLayout, verifyLayout } from '#replication'
import { layouts, madeNow } from './layout-cases.ts'
import frozen from './layout.json' with { type: 'json' }

describe('the frozen layouts', () => {
  test('are still made the same', () => {
    expect(madeNow()).toEqual(frozen)
  })

  test('are still read', () => {
    const read = Object.entries(frozen.layouts).map(([name, { bytes }]) => [name, decodeLayout(fromHex(bytes))] as const)
    expect(Object.fromEntries(read)).toEqual(layouts())
    for (const [name, layout] of read) {
      expect(verifyLayout(layout)).toBe(true)
      expect(toHex(layout.hash)).toBe(Object.entries(frozen.layouts).find(([key]) => key === name)?.[1].hash)
    }
  })

  test('are refused when anything of them is missing, or a bit is another', () => {
    for (const { bytes } of Object.values(frozen.layouts)) {
      const whole = fromHex(bytes)
      for (let length = 0; length < whole.length; length++) {
        expect(() => decodeLayout(whole.subarray(0, length))).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error)
      }
      for (let at = 0; at < whole.length; at++) {
        const other = whole.slice()
        other[at]! ^= 1
        expect(isRefused(other)).toBe(true)
      }
    }
  })
})

function isRefused(bytes: Uint8Array): boolean {
  try {
    return !verifyLayout(decodeLayout(bytes))
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/corrupt|unsupported/) as string })
    return true
  }
}
