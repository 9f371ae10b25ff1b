import { expect, test } from 'vitest'
import type { PastVersion } from '#db'
import { keepingOf } from '../../src/history/keeping.ts'

const version = { kind: 'file', size: 5, chunks: new Uint8Array(36), path: 'f', id: '0'.repeat(32), manifest: false }

function state(of: { here?: boolean; within?: boolean; kept?: boolean; sources?: boolean; protected?: boolean; past?: object }) {
  const past = { version, isHead: false, isForgotten: false, ...of.past } as unknown as PastVersion
  const parts = {
    here: {
      index: { locate: async () => [[]], manifestPieces: async () => [null] },
      disk: null,
      store: { lengths: async () => [of.here === true ? 5 : null] },
    },
    index: { chunksOf: async () => version.chunks },
    isKept: async () => of.kept !== false,
    isProtected: () => of.protected === true,
    isWithinReach: () => of.within === true,
  }
  return keepingOf(parts as unknown as Parameters<typeof keepingOf>[0], past, of.sources !== false)
}

test('a version that this device is done with is kept where it is here, or on devices that are connected', async () => {
  expect(await state({ here: true })).toBe('kept')
  expect(await state({ within: true })).toBe('kept')
  expect(await state({})).toBe('at-risk')
  expect(await state({ sources: false })).toBe('incomplete')
  expect(await state({ within: true, kept: false })).toBe('at-risk')
})

test('what is protected is so wherever it is, but not what was forgotten, or lost', async () => {
  expect(await state({ protected: true })).toBe('protected')
  const past = { isForgotten: true, isLost: true }
  expect([await state({ protected: true, past }), await state({ here: true, past })]).toEqual(['incomplete', 'at-risk'])
})
