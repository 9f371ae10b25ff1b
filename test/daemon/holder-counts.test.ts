import { expect, test } from 'vitest'
import type { ChunkId, DeviceId } from '#model'
import type { BlockHolder } from '#replication'
import { HolderCounts } from '../../src/daemon/holder-counts.ts'
import { packIds } from '../store/subjects.ts'

const NAS = 'nas' as DeviceId
const ANY = new AbortController().signal
const [a, b, c] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(32) as ChunkId) as [ChunkId, ChunkId, ChunkId]

test('copies that a device lacks are counted once each while somebody waits, and those of them that it is brought', async () => {
  let answer: 'stored' | 'full' = 'full'
  const counts = new HolderCounts()
  const holder = counts.of({
    device: NAS,
    lacking: async (ids) => ids,
    summaries: async () => null,
    hold: async (chunks) => chunks.map(() => answer),
    isThere: async () => true,
  } satisfies BlockHolder)
  const hold = (...ids: ChunkId[]): Promise<unknown> =>
    holder.hold(
      ids.map((id) => ({ id: packIds(id), length: 1, block: new Uint8Array(1) })),
      ANY,
    )
  await holder.lacking(packIds(a), ANY)
  counts.begin()
  await holder.lacking(packIds(b, c), ANY)
  await hold(b)
  expect(counts.counts).toEqual([{ device: NAS, missing: 2, repaired: 0 }])
  await holder.lacking(packIds(b), ANY)
  answer = 'stored'
  await hold(a, b)
  expect(counts.counts).toEqual([{ device: NAS, missing: 2, repaired: 1 }])
  counts.end()
  await holder.lacking(packIds(a), ANY)
  expect(counts.counts).toEqual([])
  expect(await holder.isThere(packIds(a), 1, ANY)).toBe(true)
})
