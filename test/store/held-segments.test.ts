import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '#base'
import { blockDigest } from '#content'
import { openStoreDatabase, rebuildStoreDatabase, storeDatabaseFault } from '#db'
import { deviceIdOf, publicKeyOf, sameBytes, signingKey, signSegment, toHex, type ChunkId, type Segment } from '#model'
import { inspectSegments, type InspectedSegments } from '#store'
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
    expect(await segments.blockOfSegment(folder, one.chunk)).toBeNull()
    expect(await segments.segments(folder, 'all', FIRST, 9)).toEqual([])
    expect(await segments.takeSegment(one, block, null)).toBe('stored')
    expect(await segments.blockOfSegment(folder, one.chunk)).toEqual(block)
  })

  test('are looked at by a scrub: what is not what was signed, or not noted as that, goes, and is counted no longer', async () => {
    const store = openStore(temporaryDirectory())
    const { segments, table } = store
    const many = Array.from({ length: 10 }, (_, at) => segment(at * 2 + 1, at * 2 + 2))
    for (const { segment: each, block } of many) await segments.takeSegment(each, block, null)
    expect(table.segments.totalBytes()).toBe(10_000)
    const look = (): InspectedSegments[] => {
      const pages = [inspectSegments({ segments: table.segments, random: systemRandom }, 0, 1)]
      while (pages.at(-1)!.next !== null)
        pages.push(inspectSegments({ segments: table.segments, random: systemRandom }, pages.at(-1)!.next!, 1))
      return pages
    }
    expect(look()).toMatchObject([
      { checked: 8, suspects: [] },
      { checked: 2, suspects: [] },
    ])
    const [altered, misnamed, unsigned] = [many[1]!, many[4]!, many[9]!]
    const put = table.segments.put.bind(table.segments)
    put({ ...altered.segment, head: altered.segment.encoded, bytes: altered.block.map((byte) => byte ^ 1) })
    put({ ...misnamed.segment, head: many[5]!.segment.encoded, bytes: many[5]!.block })
    const head = new Uint8Array(unsigned.segment.encoded)
    head[head.length - 1]! ^= 1
    put({ ...unsigned.segment, head, bytes: unsigned.block })
    const suspects = look().flatMap((page) => page.suspects)
    const chunks = [altered, misnamed, unsigned].map((each) => each.segment.chunk).toSorted()
    expect(suspects.map(({ chunk }) => chunk).toSorted()).toEqual(chunks)
    // One of them was brought again meanwhile.
    put({ ...altered.segment, head: altered.segment.encoded, bytes: altered.block })
    expect((await segments.dropSegments(suspects)).map(({ chunk }) => chunk).toSorted()).toEqual(
      [misnamed, unsigned].map((each) => each.segment.chunk).toSorted(),
    )
    expect(look().flatMap((page) => page.suspects)).toEqual([])
    expect(table.segments.totalBytes()).toBe(8_000)
    expect(table.sizes()).toEqual([{ folder, bytes: 8_000 }])
    expect(await store.chunks.totals()).toMatchObject({ blocks: 0, bytes: 0, segmentBytes: 8_000 })
    table.close()
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
