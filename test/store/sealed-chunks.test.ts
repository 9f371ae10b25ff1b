import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock, type Spawner } from '#base'
import { blockDigest, sealBlock } from '#content'
import { openThreadedStore, type ChunkStore } from '#store'
import { nodeSpawner } from '../../src/daemon/node-spawner.ts'
import { filesOf, newChunk, newDataKey, newSealing, newStore, packIds, SMALL, temporaryDirectory } from './subjects.ts'

const sealing = newSealing()

function inThread(): ChunkStore {
  const store = openThreadedStore({ spawner: nodeSpawner(), clock: systemClock }, { directory: temporaryDirectory(), idleMs: 50 })
  onTestFinished(() => store.close())
  return store
}

describe.each([
  ['here', () => newStore().chunks],
  ['in its thread', inThread],
])('chunks in a store %s', (_, open: () => ChunkStore) => {
  it('come back as they were, small and large', async () => {
    const store = open()
    const chunks = [1, 100, SMALL, 300_000, 2 * 1024 * 1024].map((length) => newChunk(sealing, length))
    const copies = chunks.map(({ bytes }) => Buffer.from(bytes))
    const ids = packIds(...chunks.map(({ id }) => id))
    expect(await store.lacking(sealing.folder, ids)).toEqual(new Uint8Array(ids))
    await store.seal(sealing, chunks)
    expect((await store.lacking(sealing.folder, ids)).length).toBe(0)
    const read = await store.read(sealing, ids)
    copies.forEach((bytes, at) => expect(Buffer.compare(read[at]!, bytes)).toBe(0))
    expect((await store.totals()).blocks).toBe(chunks.length)
  })

  it('are sealed once, and are of one folder alone', async () => {
    const store = open()
    const chunk = newChunk(sealing, 50)
    await store.seal(sealing, [{ ...chunk, bytes: Buffer.from(chunk.bytes) }])
    await store.seal(sealing, [chunk, chunk])
    expect((await store.totals()).blocks).toBe(1)
    const other = newSealing()
    expect(await store.read({ ...sealing, folder: other.folder }, packIds(chunk.id))).toEqual([null])
    expect((await store.lacking(other.folder, packIds(chunk.id))).length).toBe(32)
  })

  it('are listed in the order of their ids, and are gone when they were removed', async () => {
    const store = open()
    const chunks = Array.from({ length: 10 }, () => newChunk(sealing, 10))
    await store.seal(sealing, chunks)
    const ids = chunks.map(({ id }) => id).toSorted()
    expect(await store.chunks(sealing.folder, '', 4)).toEqual(ids.slice(0, 4))
    expect(await store.chunks(sealing.folder, ids[3]!, 99)).toEqual(ids.slice(4))
    await store.remove(sealing.folder, packIds(...ids.slice(1)))
    expect(await store.chunks(sealing.folder, '', 99)).toEqual([ids[0]])
    expect((await store.totals()).blocks).toBe(1)
  })
})

it('a store that has nothing of a folder says so without its thread, until it has something', async () => {
  const spawner = nodeSpawner()
  const posted: unknown[] = []
  const worker: Spawner['worker'] = (name, data) => {
    const port = spawner.worker(name, data)
    const post = (message: unknown, transfer?: ArrayBuffer[]): void => {
      posted.push(message)
      port.post(message, transfer)
    }
    return { ...port, post, onMessage: port.onMessage.bind(port), onExit: port.onExit.bind(port), stop: port.stop.bind(port) }
  }
  const parts = { spawner: { ...spawner, worker }, clock: systemClock }
  const store = openThreadedStore(parts, { directory: temporaryDirectory(), idleMs: 50 })
  onTestFinished(() => store.close())
  const [one, two] = [newChunk(sealing, 10), newChunk(sealing, 20)]
  const lacking = (): Promise<Uint8Array> => store.lacking(sealing.folder, packIds(one.id, two.id))
  for (let time = 0; time < 5; time++) expect((await lacking()).length).toBe(64)
  expect(posted.length).toBe(1)
  const sealed = store.seal(sealing, [one])
  await lacking()
  await sealed
  expect(await lacking()).toEqual(new Uint8Array(packIds(two.id)))
  expect(await store.lacking(newSealing().folder, packIds(one.id))).toHaveLength(32)
})

describe('chunks in a store', () => {
  it('open with the key they were sealed with, also when a newer one seals; without it they are not there, but not damaged', async () => {
    const { chunks, table } = newStore()
    const old = newChunk(sealing, 99)
    await chunks.seal(sealing, [old])
    const turned = { ...sealing, keys: [newDataKey(), ...sealing.keys] }
    const fresh = newChunk(sealing, 99)
    await chunks.seal(turned, [fresh])
    expect((await chunks.read(turned, packIds(old.id, fresh.id))).map((each) => each?.length)).toEqual([99, 99])
    expect(await chunks.read(sealing, packIds(fresh.id))).toEqual([null])
    expect(table.damaged()).toEqual([])
    await expect(chunks.seal({ ...sealing, keys: [] }, [newChunk(sealing, 5)])).rejects.toMatchObject({ code: 'denied' })
  })

  it('are not given where somebody sealed other bytes under their name; then the right ones take the place', async () => {
    const { chunks, table, blocks } = newStore()
    const right = newChunk(sealing, 80)
    const lie = sealBlock(
      newChunk(sealing, 80).bytes,
      { folder: sealing.folder, chunk: right.id },
      sealing.keys[0]!,
      new Uint8Array(32),
    )
    const seal = { folder: sealing.folder, chunk: right.id, length: 80 }
    await blocks.add([{ digest: blockDigest(lie), bytes: lie, seal }])
    expect((await chunks.lacking(sealing.folder, packIds(right.id))).length).toBe(0)
    expect(await chunks.read(sealing, packIds(right.id))).toEqual([null])
    expect((await chunks.lacking(sealing.folder, packIds(right.id))).length).toBe(32)
    await chunks.seal(sealing, [right])
    expect(await chunks.read(sealing, packIds(right.id))).toEqual([right.bytes])
    expect(table.totals().blocks).toBe(1)
    expect(table.damaged()).toEqual([])
  })

  it('leave no file behind when a second seal of the same chunk is refused', async () => {
    const store = newStore()
    const { blocks, table } = store
    const chunk = newChunk(sealing, 3 * SMALL)
    const twice = [1, 2].map((salt) => {
      const bytes = sealBlock(
        chunk.bytes,
        { folder: sealing.folder, chunk: chunk.id },
        sealing.keys[0]!,
        new Uint8Array(32).fill(salt),
      )
      return { digest: blockDigest(bytes), bytes, seal: { folder: sealing.folder, chunk: chunk.id, length: chunk.bytes.length } }
    })
    for (const block of twice) await blocks.add([block])
    const kept = await filesOf(store)
    expect(kept.map((digest) => Buffer.from(digest).toString('hex'))).toEqual([Buffer.from(twice[0]!.digest).toString('hex')])
    expect(table.totals().blocks).toBe(1)
  })
})
