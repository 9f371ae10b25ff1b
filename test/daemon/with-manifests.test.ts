import { expect, test } from 'vitest'
import type { KeepItem } from '#db'
import { withManifests } from '../../src/daemon/with-manifests.ts'

test('what a version consists of is got where the index does not know it, and stays unknown where nobody does', async () => {
  const known = new Set(['a'])
  const reads: number[] = []
  const item = (path: string): KeepItem =>
    ({ record: 1, version: { path }, chunks: known.has(path) ? new Uint8Array(36) : null }) as unknown as KeepItem
  const index = withManifests(
    {
      recordsAfter: async (after) => {
        reads.push(after)
        return ['a', 'b', 'c'].map(item)
      },
    },
    async ({ path }) => {
      if (path === 'c') throw new Error('nobody has it')
      known.add(path)
      return new Uint8Array(36)
    },
  )
  expect((await index.recordsAfter(7, 256)).map(({ chunks }) => chunks?.length)).toEqual([36, 36, undefined])
  expect(reads).toEqual([7, 7])
})
