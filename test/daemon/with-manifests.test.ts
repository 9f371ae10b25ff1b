import { expect, test } from 'vitest'
import type { KeepItem } from '#db'
import { withManifests } from '../../src/daemon/with-manifests.ts'

test('versions of which more was learned are read once more', async () => {
  const reads: number[] = []
  let isKnown = false
  const index = withManifests(
    {
      recordsAfter: async (after) => {
        reads.push(after)
        return [{ record: 1, chunks: isKnown ? new Uint8Array(36) : null }] as unknown as KeepItem[]
      },
    },
    async ([item]) => {
      const isNew = item?.chunks === null && after > 7
      isKnown ||= isNew
      return isNew
    },
  )
  let after = 7
  expect((await index.recordsAfter(after, 256))[0]!.chunks).toBeNull()
  after = 8
  for (let time = 0; time < 2; time++) expect((await index.recordsAfter(after, 256))[0]!.chunks?.length).toBe(36)
  expect(reads).toEqual([7, 8, 8, 8])
})
