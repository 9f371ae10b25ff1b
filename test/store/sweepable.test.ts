import { mkdirSync, utimesSync, writeFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '#base'
import { toHex } from '#model'
import { openThreadedStore, SweptBlocks, type ChunkStore, type Sweepable } from '#store'
import { nodeSpawner } from '../../src/daemon/node-spawner.ts'
import { cidOf } from '../../src/store/cid.ts'
import { shards } from '../../src/store/shards.ts'
import {
  filesOf,
  newBlock,
  newChunk,
  newSealing,
  newStore,
  packIds,
  SMALL,
  temporaryDirectory,
  type OpenStore,
} from './subjects.ts'

const sealing = newSealing()
const { folder } = sealing
const NONE = new Uint8Array(0)
const FIRST = new Uint8Array(0)
const LARGE = 3 * SMALL

function here(): ChunkStore & Sweepable {
  return both(newStore())
}

function both({ chunks, blocks, table, files }: OpenStore): ChunkStore & Sweepable {
  const swept = new SweptBlocks({ blocks, table, files })
  const targets = [swept, chunks]
  return new Proxy({} as ChunkStore & Sweepable, {
    get: (_, verb) => {
      const target = targets.find((each) => verb in each)!
      return (Reflect.get(target, verb) as () => unknown).bind(target)
    },
  })
}

function inThread(): ChunkStore & Sweepable {
  const store = openThreadedStore({ spawner: nodeSpawner(), clock: systemClock }, { directory: temporaryDirectory(), idleMs: 50 })
  onTestFinished(() => store.close())
  return store
}

async function noted(store: Sweepable): Promise<(number | null)[]> {
  return (await store.held(folder, FIRST, 99)).since
}

describe.each([
  ['here', here],
  ['in its thread', inThread],
])('chunks in a store %s', (_, open) => {
  it('are listed in pages, by folder, with the bytes that their blocks take', async () => {
    const store = open()
    const other = newSealing()
    const chunks = Array.from({ length: 5 }, (_, at) => newChunk(sealing, at === 4 ? LARGE : 10))
    expect(await store.folders()).toEqual([])
    await store.seal(sealing, chunks)
    await store.seal(other, [newChunk(other, 10)])
    expect((await store.folders()).toSorted()).toEqual([folder, other.folder].toSorted())
    const sorted = chunks.map(({ id }) => id).toSorted()
    const first = await store.held(folder, FIRST, 3)
    expect(toHex(first.ids)).toBe(sorted.slice(0, 3).join(''))
    const second = await store.held(folder, first.ids.slice(-32), 3)
    expect(toHex(second.ids)).toBe(sorted.slice(3).join(''))
    const bytes = [...first.lengths, ...second.lengths].reduce((sum, length) => sum + length)
    expect(bytes + (await store.held(other.folder, FIRST, 9)).lengths[0]!).toBe((await store.totals()).bytes)
    expect(first.since).toEqual([null, null, null])
  })

  it('go when they are noted as not needed for long enough, and not before; the first note counts', async () => {
    const store = open()
    const [small, large, kept] = [newChunk(sealing, 10), newChunk(sealing, LARGE), newChunk(sealing, 10)]
    const ids = packIds(small.id, large.id)
    const all = packIds(small.id, large.id, kept.id)
    await store.seal(sealing, [small, large, kept])
    expect(await store.sweep(folder, all, Infinity)).toEqual({ blocks: 0, bytes: 0 })
    await store.note(folder, { unneeded: ids, needed: NONE }, 1_000)
    await store.note(folder, { unneeded: ids, needed: NONE }, 5_000)
    expect(await store.sweep(folder, all, 999)).toEqual({ blocks: 0, bytes: 0 })
    const before = await store.totals()
    const removed = await store.sweep(folder, all, 1_000)
    expect(removed.blocks).toBe(2)
    expect(await store.totals()).toMatchObject({ blocks: 1, bytes: before.bytes - removed.bytes })
    expect(await store.sweep(folder, all, Infinity)).toEqual({ blocks: 0, bytes: 0 })
    expect(await store.lacking(folder, all)).toEqual(new Uint8Array(ids))
  })

  it.each([
    ['says that they are needed', (store, ids) => store.note(folder, { unneeded: NONE, needed: ids }, 0)],
    ['asks which are lacking', (store, ids) => store.lacking(folder, ids)],
    ['asks how long they are', (store, ids) => store.lengths(folder, ids)],
    ['puts them there again', (store, _, chunk) => store.seal(sealing, [{ ...chunk, bytes: new Uint8Array(chunk.bytes) }])],
  ] as [string, (store: ChunkStore & Sweepable, ids: Uint8Array, chunk: ReturnType<typeof newChunk>) => Promise<unknown>][])(
    'stay when somebody %s',
    async (_, ask) => {
      const store = open()
      const chunk = newChunk(sealing, LARGE)
      const copy = { id: chunk.id, bytes: new Uint8Array(chunk.bytes) }
      const ids = packIds(chunk.id)
      await store.seal(sealing, [chunk])
      await store.note(folder, { unneeded: ids, needed: NONE }, 1_000)
      expect(await noted(store)).toEqual([1_000])
      await ask(store, ids, copy)
      expect(await noted(store)).toEqual([null])
      expect((await store.sweep(folder, ids, Infinity)).blocks).toBe(0)
      expect((await store.read(sealing, ids))[0]?.length).toBe(LARGE)
    },
  )
})

describe('chunks in a store', () => {
  it('do not inherit the note of a block that went', async () => {
    const open = newStore()
    const store = both(open)
    for (const remove of [
      (ids: Uint8Array) => store.sweep(folder, ids, Infinity),
      (ids: Uint8Array) => store.remove(folder, ids),
    ]) {
      const old = newChunk(sealing, 10)
      await store.seal(sealing, [old])
      await store.note(folder, { unneeded: packIds(old.id), needed: NONE }, 1)
      // Removing asks for nothing.
      await remove(packIds(old.id))
      await store.seal(sealing, [newChunk(sealing, 10)])
      expect(await noted(store)).toEqual([null])
      await store.remove(folder, (await store.held(folder, FIRST, 9)).ids)
    }
  })

  it('go where they are damaged, too, and are not counted twice', async () => {
    const open = newStore()
    const store = both(open)
    const [chunk, other] = [newChunk(sealing, 10), newChunk(sealing, 20)]
    await store.seal(sealing, [chunk, other])
    const totals = await store.totals()
    open.table.markDamaged(open.table.blockOf(folder, chunk.id)!.digest)
    await store.note(folder, { unneeded: packIds(chunk.id), needed: NONE }, 1)
    expect(await store.sweep(folder, packIds(chunk.id), 1)).toMatchObject({ blocks: 1 })
    expect((await store.totals()).blocks).toBe(1)
    expect((await store.totals()).bytes).toBeLessThan(totals.bytes)
    expect(open.table.damaged()).toEqual([])
  })

  it('leave no file behind', async () => {
    const open = newStore()
    const store = both(open)
    const [chunk, kept] = [newChunk(sealing, LARGE), newChunk(sealing, LARGE)]
    await store.seal(sealing, [chunk, kept])
    await store.note(folder, { unneeded: packIds(chunk.id), needed: NONE }, 1)
    await store.sweep(folder, packIds(chunk.id), 1)
    expect(await filesOf(open)).toEqual([open.table.blockOf(folder, kept.id)!.digest])
  })
})

describe('files of no block', () => {
  async function tidy(store: Sweepable, before: number): Promise<{ files: number; bytes: number }> {
    const total = { files: 0, bytes: 0 }
    for (const directory of await store.directories()) {
      const tidied = await store.tidy(directory, before, [sealing], NONE)
      total.files += tidied.files
      total.bytes += tidied.bytes
    }
    return total
  }

  it('go when they are old: what a crash left, and writes that did not end; nothing else', async () => {
    const open = newStore()
    const store = both(open)
    const [chunk, damaged] = [newChunk(sealing, LARGE), newChunk(sealing, LARGE)]
    await store.seal(sealing, [chunk, damaged])
    open.table.markDamaged(open.table.blockOf(folder, damaged.id)!.digest)
    const blocks = join(open.directory, 'blocks')
    const put = (directory: string, name: string, days: number): string => {
      mkdirSync(join(blocks, directory), { recursive: true })
      const path = join(blocks, directory, name)
      writeFileSync(path, 'x'.repeat(100))
      const time = Date.now() / 1000 - days * 86_400
      utimesSync(path, time, time)
      return path
    }
    const stray = (): [string, string] => {
      const { dir, file } = shards.encode(cidOf(newBlock(1).digest))
      return [dir, file]
    }
    const gone = [put(...stray(), 2), put(...stray(), 3), put('ab', '.x.block123.tmp', 2)]
    const stay = [put(...stray(), 0.5), put('ab', '.y.block123.tmp', 0.5), put('ab', 'mine.txt', 9), put('ab', 'mine.block', 9)]
    const old = Date.now() / 1000 - 9 * 86_400
    for (const digest of await filesOf(open)) {
      if (open.table.block(digest) === undefined) continue
      const { dir, file } = shards.encode(cidOf(digest))
      stay.push(join(blocks, dir, file))
      utimesSync(stay.at(-1)!, old, old)
    }
    writeFileSync(join(blocks, 'no-directory'), '')
    expect(await tidy(store, Date.now() - 86_400_000)).toEqual({ files: 3, bytes: 300 })
    expect(gone.filter((path) => existsSync(path))).toEqual([])
    expect(stay.filter((path) => !existsSync(path))).toEqual([])
    expect(stay.length).toBe(6)
    expect((await store.read(sealing, packIds(chunk.id)))[0]?.length).toBe(LARGE)
  })

  it('are none where nothing was stored', async () => {
    expect(await tidy(here(), Infinity)).toEqual({ files: 0, bytes: 0 })
  })
})
