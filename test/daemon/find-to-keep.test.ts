import { expect, test } from 'vitest'
import type { ChunkSources } from '#exchange'
import type { FolderId } from '#model'
import { findToKeep } from '../../src/daemon/find-to-keep.ts'

test('a chunk of a file that is being written to is not said to be nowhere, as nobody is asked for it', async () => {
  const absent: string[] = []
  const sources: ChunkSources = {
    folder: 'f' as FolderId,
    idKey: new Uint8Array(32),
    here: { index: { locate: async () => [[]], manifestPieces: async () => [null] }, disk: null, store: null },
    exchange: { sources: () => 0, fetch: () => Promise.reject(new Error('nobody is there')), strike: () => undefined },
    absent: (id) => absent.push(id),
  }
  const ids = Buffer.concat([new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)])
  const isLive = async (): Promise<boolean[]> => [true, false]
  expect(await findToKeep(sources, isLive, ids, [5, 5], new AbortController().signal)).toEqual([null, null])
  expect(absent).toEqual(['02'.repeat(32)])
})
