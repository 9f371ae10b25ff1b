import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '#base'
import { openThreadedStore, type Allowance, type ForeignBlock } from '#store'
import { nodeSpawner } from '../../src/daemon/node-spawner.ts'
import { filesOf, newChunk, newForeign, newSealing, newStore, openStore, packIds, SMALL, temporaryDirectory } from './subjects.ts'

const sealing = newSealing()
const { folder } = sealing
const ALL = Infinity

function idsOf(blocks: readonly ForeignBlock[]): Uint8Array {
  return packIds(...blocks.map(({ id }) => id))
}

function bytesOf(...blocks: readonly ForeignBlock[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

function only(bytes: number): Allowance {
  return { bytes, except: [] }
}

describe('blocks that others sealed', () => {
  it('come back as they came, small and large, and as the chunks that they are, to who has the key', async () => {
    const { foreign, chunks } = newStore()
    const given = [10, SMALL, 300_000].map((length) => newForeign(sealing, length))
    expect(await foreign.take(folder, given, null)).toEqual(['stored', 'stored', 'stored'])
    const sealed = await foreign.sealed(folder, idsOf(given), ALL)
    given.forEach(({ bytes }, at) => expect(Buffer.compare(sealed[at]!, bytes)).toBe(0))
    const opened = await foreign.open(
      sealing,
      given.map(({ id }, at) => ({ id, bytes: sealed[at]! })),
    )
    expect(opened).toEqual(await chunks.read(sealing, idsOf(given)))
    expect(opened.map((each) => each.length)).toEqual([10, SMALL, 300_000])
  })

  it('do so from its thread', async () => {
    const store = openThreadedStore(
      { spawner: nodeSpawner(), clock: systemClock },
      { directory: temporaryDirectory(), idleMs: 50 },
    )
    onTestFinished(() => store.close())
    const given = [10, 300_000].map((length) => newForeign(sealing, length))
    expect(await store.take(folder, given, only(ALL))).toEqual(['stored', 'stored'])
    expect((await store.totals()).blocks).toBe(2)
    expect(await store.sizes()).toEqual([{ folder, bytes: bytesOf(...given) }])
    const [first] = await store.sealed(folder, idsOf(given), 1)
    expect(Buffer.compare(first!, given[0]!.bytes)).toBe(0)
    expect(await store.open(sealing, [{ id: given[1]!.id, bytes: first! }])).toEqual(['wrong'])
  })

  it('are told from what is no block of that chunk, and from what a key is lacking for', async () => {
    const { foreign } = newStore()
    const [one, other] = [newForeign(sealing, 50), newForeign(sealing, 50)]
    const altered = new Uint8Array(one.bytes)
    altered[80]! ^= 1
    const open = (bytes: Uint8Array, keys = sealing.keys) => foreign.open({ ...sealing, keys }, [{ id: one.id, bytes }])
    expect(await open(other.bytes)).toEqual(['wrong'])
    expect(await open(altered)).toEqual(['wrong'])
    expect(await open(new Uint8Array(0))).toEqual(['wrong'])
    expect(await open(one.bytes, newSealing().keys)).toEqual(['unreadable'])
  })

  it('are the first ones that came of a chunk', async () => {
    const store = newStore()
    const chunk = newChunk(sealing, 3 * SMALL)
    const [first, second, third] = [1, 2, 3].map(() => newForeign(sealing, 3 * SMALL, chunk))
    expect(await store.foreign.take(folder, [first!, second!], null)).toEqual(['stored', 'had'])
    expect(await store.foreign.take(folder, [third!], null)).toEqual(['had'])
    expect(await store.foreign.sealed(folder, packIds(chunk.id), ALL)).toEqual([Buffer.from(first!.bytes)])
    expect((await filesOf(store)).length).toBe(1)
  })

  it('are not taken under the name of another chunk', async () => {
    const { foreign, chunks } = newStore()
    const one = newForeign(sealing, 50)
    await foreign.take(folder, [one], null)
    const lie = { ...newForeign(sealing, 50), bytes: one.bytes }
    expect(await foreign.take(folder, [lie], null)).toEqual(['damaged'])
    expect((await chunks.lacking(folder, packIds(lie.id))).length).toBe(32)
  })

  it('are given up to so many bytes at once, and one at least', async () => {
    const { foreign } = newStore()
    const given = Array.from({ length: 5 }, () => newForeign(sealing, 1_000))
    await foreign.take(folder, given, null)
    const [{ bytes }] = given as [ForeignBlock]
    for (const [limit, count] of [
      [1, 1],
      [bytes.length, 1],
      [bytes.length + 1, 2],
      [ALL, 5],
    ])
      expect((await foreign.sealed(folder, idsOf(given), limit!)).length).toBe(count)
    expect(await foreign.sealed(newSealing().folder, idsOf(given), 1)).toEqual([null, null, null, null, null])
  })

  it('stay below what is allowed for them, of all folders but some, also over a restart; what there is stays', async () => {
    const directory = temporaryDirectory()
    const first = openStore(directory)
    const [mine, theirs] = [newSealing(), newSealing()]
    const [a, b, c] = [newForeign(sealing, 9_000), newForeign(theirs, 100), newForeign(sealing, 9_000)]
    const own = newForeign(mine, 50_000)
    await first.foreign.take(mine.folder, [own], null)
    const allowance = { bytes: bytesOf(a, b, c) - 1, except: [mine.folder] }
    expect(await first.foreign.take(folder, [a], allowance)).toEqual(['stored'])
    expect(await first.foreign.take(theirs.folder, [b], allowance)).toEqual(['stored'])
    first.table.close()
    const { foreign, table } = openStore(directory)
    onTestFinished(() => table.close())
    expect(await foreign.take(folder, [c], allowance)).toEqual(['full'])
    expect(await foreign.take(folder, [a], { ...allowance, bytes: 0 })).toEqual(['had'])
    expect(await foreign.take(folder, [c], { ...allowance, bytes: allowance.bytes + 1 })).toEqual(['stored'])
    expect((await foreign.sealed(folder, idsOf([a, c]), ALL)).every((block) => block !== null)).toBe(true)
    expect(new Map((await foreign.sizes()).map((each) => [each.folder, each.bytes]))).toEqual(
      new Map([
        [mine.folder, bytesOf(own)],
        [theirs.folder, bytesOf(b)],
        [folder, bytesOf(a, c)],
      ]),
    )
  })

  it('share what room there is also within one call', async () => {
    const { foreign } = newStore()
    const given = [1_000, 2_000, 1_000].map((length) => newForeign(sealing, length))
    const room = bytesOf(given[0]!, given[2]!)
    expect(await foreign.take(folder, given, only(room))).toEqual(['stored', 'full', 'stored'])
    expect((await foreign.sizes())[0]!.bytes).toBe(room)
  })

  it('are not taken where the disk has no more room than is to stay free, and are had all the same', async () => {
    const { foreign, disk } = newStore()
    const [one, other] = [newForeign(sealing, 50), newForeign(sealing, 50)]
    await foreign.take(folder, [one], null)
    disk.hasRoom = false
    expect(await foreign.take(folder, [one, other], null)).toEqual(['had', 'full'])
    expect((await foreign.sealed(folder, idsOf([other]), ALL))[0]).toBeNull()
  })

  it('take the place of damaged ones where all is full, and what is removed gives its room back', async () => {
    const { foreign, table, blocks, chunks } = newStore()
    const chunk = newChunk(sealing, 1_000)
    const [one, again, other] = [newForeign(sealing, 1_000, chunk), newForeign(sealing, 1_000, chunk), newForeign(sealing, 1_000)]
    const room = only(bytesOf(one))
    await foreign.take(folder, [one], room)
    await blocks.condemn([table.blockOf(folder, one.id)!.digest])
    expect(await foreign.sealed(folder, idsOf([one]), ALL)).toEqual([null])
    expect((await foreign.sizes())[0]!.bytes).toBe(bytesOf(one))
    expect(await foreign.take(folder, [other, again], room)).toEqual(['full', 'stored'])
    expect(await chunks.read(sealing, packIds(chunk.id))).toEqual([chunk.bytes])
    await chunks.remove(folder, packIds(chunk.id))
    expect((await foreign.sizes())[0]!.bytes).toBe(0)
    expect(await foreign.take(folder, [other], room)).toEqual(['stored'])
  })

  it('count as needed when they come a second time', async () => {
    const { foreign, table } = newStore()
    const one = newForeign(sealing, 50)
    await foreign.take(folder, [one], null)
    table.unneeded.note(folder, { unneeded: packIds(one.id), needed: new Uint8Array(0) }, 5)
    await foreign.take(folder, [one], null)
    expect(table.unneeded.held(folder, new Uint8Array(0), 9).since).toEqual([null])
  })
})
