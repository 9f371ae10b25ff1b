import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { blockDigest } from '#content'
import { openStoreDatabase, rebuildStoreDatabase, storeDatabaseFault } from '#db'
import { deviceIdOf, publicKeyOf, sameBytes, signingKey, signSegment, toHex, type ChunkId, type Segment } from '#model'
import { newForeign, newSealing, newStore, openStore, packIds, temporaryDirectory } from './subjects.ts'

const key = signingKey(new Uint8Array(32).fill(1))
const author = deviceIdOf(publicKeyOf(key))
const sealing = newSealing()
const { folder } = sealing
const FIRST = '0'.repeat(64) as ChunkId
const id = (): ChunkId => toHex(randomBytes(32)) as ChunkId

function segment(first: number, last: number, length = 1_000, epoch = 7): { segment: Segment; block: Uint8Array } {
  const block = new Uint8Array(randomBytes(length))
  const names = { before: id(), end: id(), chunk: id() }
  const head = { folder, signer: author, author, epoch, first, last, ...names, digest: blockDigest(block), length }
  return { segment: signSegment(head, key), block }
}

describe('index segments in the store', () => {
  test('give way to one of the same chain that has all their records, and to no other', async () => {
    const { segments, foreign } = newStore()
    const [a, b, c, other, all] = [segment(1, 4), segment(5, 6), segment(7, 9), segment(5, 6, 1_000, 8), segment(5, 9)]
    for (const { segment: each, block } of [a, b, c, other, all])
      expect(await segments.takeSegment(each, block, null)).toBe('stored')
    const named = await segments.segments(folder, 'all', FIRST, 9)
    const there = [a, other, all].map((each) => each.segment).toSorted((x, y) => (x.chunk < y.chunk ? -1 : 1))
    expect(named.map(toHex)).toEqual(there.map(({ encoded }) => toHex(encoded)))
    expect((await segments.segments(folder, 'all', there[0]!.chunk, 1)).map(toHex)).toEqual([toHex(there[1]!.encoded)])
    expect((await segments.segments(folder, 'last', FIRST, 9)).map(toHex).toSorted()).toEqual(
      [all, other].map((each) => toHex(each.segment.encoded)).toSorted(),
    )
    expect(await foreign.sealed(folder, packIds(all.segment.chunk, b.segment.chunk), 1e6)).toEqual([all.block, null])
    expect(await segments.takeSegment(all.segment, all.block, null)).toBe('had')
  })

  test('count in what is given to others, less what they take the place of, and are none of the blocks that can go', async () => {
    const { segments, foreign, table, disk } = newStore()
    const allowance = { bytes: 5_000, except: [] }
    const block = newForeign(sealing, 1_000)
    await foreign.take(folder, [block], allowance)
    const used = block.bytes.length
    const [small, large] = [segment(1, 2, 3_000), segment(1, 3, 4_900 - used)]
    expect(await segments.takeSegment(small.segment, small.block, allowance)).toBe('stored')
    expect(table.sizes()).toEqual([{ folder, bytes: used + 3_000 }])
    const [more] = [segment(3, 4, 2_000)]
    expect(await segments.takeSegment(more.segment, more.block, allowance)).toBe('full')
    expect((await foreign.take(folder, [newForeign(sealing, 1_500)], allowance))[0]).toBe('full')
    expect(await segments.takeSegment(large.segment, large.block, allowance)).toBe('stored')
    expect(table.sizes()).toEqual([{ folder, bytes: 4_900 }])
    expect(table.unneeded.held(folder, new Uint8Array(0), 9).lengths).toEqual([used])
    disk.hasRoom = false
    const [last] = [segment(4, 4, 10)]
    expect(await segments.takeSegment(last.segment, last.block, allowance)).toBe('full')
  })

  test('are never given when they are not what was signed: they go, and are brought again', async () => {
    const { segments, table } = newStore()
    const { segment: one, block } = segment(1, 4)
    await segments.takeSegment(one, block, null)
    table.segments.put({ ...one, head: one.encoded, bytes: block.map((byte) => byte ^ 1) })
    expect(segments.blockOfSegment(folder, one.chunk)).toBeNull()
    expect(await segments.segments(folder, 'all', FIRST, 9)).toEqual([])
    expect(await segments.takeSegment(one, block, null)).toBe('stored')
    expect(segments.blockOfSegment(folder, one.chunk)).toEqual(block)
  })

  test('stay when the database is made anew, but for those whose bytes are not theirs', async () => {
    const store = openStore(temporaryDirectory())
    const [one, two] = [segment(1, 4), segment(5, 9, 100_000)]
    for (const { segment: each, block } of [one, two]) await store.segments.takeSegment(each, block, null)
    const { segment: bad, block } = segment(10, 11)
    store.table.segments.put({ ...bad, head: bad.encoded, bytes: block.map((byte) => byte ^ 1) })
    store.table.close()
    const file = join(store.directory, 'store.db')
    rebuildStoreDatabase(file, { time: 1, isBlock: (digest, bytes) => sameBytes(blockDigest(bytes), digest) })
    const table = openStoreDatabase(file)
    expect(table.segments.heads(folder, 'all', FIRST, 9).length).toBe(2)
    expect(table.segments.get(folder, two.segment.chunk)?.bytes).toEqual(two.block)
    expect(table.segments.get(folder, bad.chunk)).toBeUndefined()
    table.close()
    expect(storeDatabaseFault(file)).toBeNull()
  })
})
