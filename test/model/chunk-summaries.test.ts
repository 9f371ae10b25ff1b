import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beforePartition, ChunkSummaries, partitionIn } from '#model'

const id = fc.uint8Array({ minLength: 32, maxLength: 32 })
const salt = fc.uint8Array({ minLength: 16, maxLength: 16 })

function numberOf(bytes: Uint8Array): bigint {
  return Buffer.from(bytes).readBigUInt64LE(0) + (Buffer.from(bytes).readBigUInt64LE(8) << 64n)
}

test('summaries are the counts and sums of salted digests by partition, in whatever order chunks come', () => {
  fc.assert(
    fc.property(salt, fc.nat(16), fc.array(id, { maxLength: 40 }), fc.nat(), (some, bits, ids, turn) => {
      const [summaries, turned] = [new ChunkSummaries({ salt: some, bits }), new ChunkSummaries({ salt: some, bits })]
      for (const each of ids) summaries.add(each)
      const at = turn % (ids.length + 1)
      for (const each of [...ids.slice(at), ...ids.slice(0, at)]) turned.add(each)
      const partitionOf = (of: Uint8Array): number =>
        parseInt(`0${Buffer.from(of).readUInt16BE(0).toString(2).padStart(16, '0').slice(0, bits)}`, 2)
      const expected = [...Map.groupBy(ids, partitionOf)]
        .toSorted(([a], [b]) => a - b)
        .map(([partition, those]) => {
          const digests = those.map((of) => numberOf(createHash('sha256').update(some).update(of).digest()))
          return {
            partition,
            count: those.length,
            sum: BigInt.asUintN(
              128,
              digests.reduce((sum, digest) => sum + digest, 0n),
            ),
          }
        })
      const all = [...summaries.all()]
      expect(all.map((summary) => ({ ...summary, sum: numberOf(summary.sum) }))).toEqual(expected)
      expect([...turned.all()]).toEqual(all)
      for (const summary of all) {
        expect(turned.isSame(summary)).toBe(true)
        expect(turned.isSame({ ...summary, count: summary.count + 1 })).toBe(false)
        expect(turned.isSame({ ...summary, sum: summary.sum.map((byte, where) => (where === 15 ? byte ^ 1 : byte)) })).toBe(false)
      }
    }),
  )
})

test('sums carry from one word into the next', () => {
  const summaries = new ChunkSummaries({ salt: new Uint8Array(16), bits: 0 })
  const ids = Array.from({ length: 1_000 }, () => randomBytes(32))
  for (const each of ids) summaries.add(each)
  const digests = ids.map((each) => numberOf(createHash('sha256').update(new Uint8Array(16)).update(each).digest()))
  const { sum } = [...summaries.all()][0]!
  expect(numberOf(sum)).toBe(
    BigInt.asUintN(
      128,
      digests.reduce((all, digest) => all + digest, 0n),
    ),
  )
})

test('ids come after what is before their partition, and after what is before those before it, and no others do', () => {
  fc.assert(
    fc.property(id, fc.integer({ min: 1, max: 16 }), fc.nat(0xffff), (each, bits, other) => {
      const [partition, any] = [partitionIn(each, bits), other >>> (16 - bits)]
      expect(Buffer.compare(each, beforePartition(any, bits)) > 0).toBe(any <= partition)
    }),
    { examples: [[new Uint8Array(32), 16, 0]] },
  )
})
