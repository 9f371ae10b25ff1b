import { expect, onTestFinished, test } from 'vitest'
import { systemClock, systemRandom } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { ChunkSummaries, fromHex, type SummaryBasis } from '#model'
import { AgreedChunks } from '../../src/replication/agreed-chunks.ts'
import { QuietWork } from '../../src/replication/quiet-work.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, open } from '../db/fixtures.ts'
import { fileOf, named, some } from './files.ts'

const NOW = { now: 1 }

function idOf(chunk: Uint8Array): Uint8Array {
  return fromHex(named(chunk))
}

/** Compares with a device that has these chunks, once `before` is done. */
async function compare(index: SqliteFolderIndex, there: readonly Uint8Array[], before = (): void => undefined) {
  const work = new QuietWork({
    pace: { isBusy: () => false, isAwaited: () => true },
    work: async () => null,
    failed: () => undefined,
    clock: systemClock,
  })
  onTestFinished(() => work.stop())
  const asked: SummaryBasis[] = []
  const summaries = async (basis: SummaryBasis) => {
    asked.push(basis)
    before()
    const all = new ChunkSummaries(basis)
    for (const chunk of there) all.add(idOf(chunk))
    return [...all.all()]
  }
  const parts = {
    index: inProcess<FolderIndex>(index),
    holder: { summaries },
    isHolderOf: () => true,
    partitions: 1,
    random: systemRandom,
  }
  return { agreed: await AgreedChunks.of({ ...parts, work }), asked }
}

test('chunks of a partition are agreed on where both have the same, in however many versions they are', async () => {
  const index = open(A)
  const chunks = some(300)
  index.author([...chunks.map((bytes, at) => fileOf(`f${at}`, [bytes])), fileOf('all', chunks.slice(0, 60))], NOW)
  const { agreed, asked } = await compare(index, chunks.slice(1))
  const left = chunks.filter((chunk) => agreed?.has(idOf(chunk), 1) !== true)
  // Those in the partition of the one that is not there.
  const partition = (chunk: Uint8Array): number => (idOf(chunk)[0]! << 2) | (idOf(chunk)[1]! >> 6)
  expect(left).toEqual(chunks.filter((chunk) => partition(chunk) === partition(chunks[0]!)))
  expect(asked.map(({ bits }) => bits)).toEqual([10])
  const again = await compare(index, chunks)
  expect(chunks.every((chunk) => again.agreed?.has(idOf(chunk), 1))).toBe(true)
  expect(again.asked[0]!.salt).not.toEqual(asked[0]!.salt)
})

test('what came to be known after the comparison began is not agreed on', async () => {
  const index = open(A)
  const [a, later] = some(2) as [Uint8Array, Uint8Array]
  index.author([fileOf('one', [a])], NOW)
  // Another version of the same: the device was not told of it when it said what it has.
  const { agreed } = await compare(index, [a], () => void index.author([fileOf('two', [a])], NOW))
  expect([agreed?.has(idOf(a), 1), agreed?.has(idOf(a), 2)]).toEqual([true, false])
  // In the same partition, and not one of those that were compared.
  const other = idOf(later)
  other.set(idOf(a).subarray(0, 2))
  expect(agreed?.has(other, 1)).toBe(false)
})

test('a device is asked nothing where there is nothing that it is to have', async () => {
  expect(await compare(open(A), [])).toEqual({ agreed: null, asked: [] })
})
