import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { blockDigest, chunkId, sealBlock } from '#content'
import { openStoreDatabase } from '#db'
import { toHex, type ChunkId } from '#model'
import { findMissing, Quarantine } from '#store'
import { cidOf } from '../../src/store/cid.ts'
import { shards } from '../../src/store/shards.ts'
import { newBlock, newChunk, newForeign, newSealing, packIds, temporaryDirectory } from '../store/subjects.ts'
import { change, filled, lacking, open, overwrite, scrub, sealing, SMALL } from './store-calls.ts'

describe('a look for missing files', () => {
  test('finds those that are gone, cut short, or no files, and reads none; what it says is believed until the file is back', async () => {
    const made = await filled(3, 5)
    const { store } = made
    const files = readdirSync(join(made.directory, 'blocks'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
    const [gone, short, link, altered] = files as [string, string, string, string]
    renameSync(gone, `${gone}.away`)
    writeFileSync(short, readFileSync(short).subarray(1))
    renameSync(link, `${link}.away`)
    symlinkSync(`${link}.away`, link)
    overwrite(altered, 200, Buffer.from('spoiled'))
    const { checked, found } = await findMissing(store, new AbortController().signal)
    expect([checked, found.map(({ folder, ids }) => [folder, ids.length / 32])]).toEqual([5, [[sealing.folder, 3]]])
    expect(await lacking(store, made.ids)).toBe(3)
    expect(await findMissing(store, new AbortController().signal)).toEqual({ checked: 2, found: [] })
    renameSync(`${gone}.away`, gone)
    await store.absolve([sealing])
    expect(await lacking(store, made.ids)).toBe(2)
    const page = await store.missing('', 2)
    expect([page.checked, page.next]).toEqual([2, expect.stringMatching(/^[0-9a-f]{64}$/)])
    expect(await store.missing(page.next!, 2)).toMatchObject({ checked: 1, next: null })
  })
})

describe('a scrub', () => {
  test('reads a database of an older version: one that nothing has opened since an update, or whose log was cut back to there', async () => {
    const made = await filled(3, 2)
    change(
      made,
      `DROP TRIGGER blocks_added; DROP TRIGGER blocks_removed; ALTER TABLE folders DROP COLUMN bytes;
       DROP TABLE unneeded; DROP TABLE segments; PRAGMA user_version = 1`,
    )
    const { store } = open(made.directory)
    expect(await scrub(store)).toEqual({ checked: 5, damaged: 0, faults: [] })
    expect(await lacking(store, made.ids)).toBe(0)
  })

  test('takes back what it found where the disk was away, or could not be read, and can be now; not what is damaged', async () => {
    const made = await filled(2, 4)
    const { store } = made
    const blocks = join(made.directory, 'blocks')
    renameSync(blocks, `${blocks}-away`)
    mkdirSync(blocks)
    expect(await scrub(store)).toMatchObject({ damaged: 4 })
    expect(await lacking(store, made.large)).toBe(4)
    rmdirSync(blocks)
    renameSync(`${blocks}-away`, blocks)
    const [spoiled] = readdirSync(blocks, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    overwrite(join(spoiled!.parentPath, spoiled!.name), 200, Buffer.from('spoiled'))
    await store.absolve([])
    expect(await lacking(store, made.ids)).toBe(1)
    expect(await scrub(store)).toEqual({ checked: 5, damaged: 0, faults: [] })
    // A block that is whole, and of another chunk than it is said to be.
    change(made, 'UPDATE blocks SET chunk = randomblob(32) WHERE bytes IS NULL AND damaged = 0')
    expect(await scrub(store)).toMatchObject({ damaged: 3 })
    await store.absolve([sealing])
    expect((await store.totals()).damaged).toBe(4)
  })

  test('finds a block that is said to be of another chunk, folder or length than it is; not where there is no key to tell', async () => {
    const made = await filled(4, 4)
    const other = newSealing()
    await made.store.seal(other, [newChunk(other, 50)])
    change(
      made,
      `UPDATE blocks SET chunk = randomblob(32) WHERE number = 1;
       UPDATE blocks SET chunk_length = chunk_length - 1 WHERE number = 6;
       UPDATE blocks SET folder = 2 WHERE number = 7;
       UPDATE folders SET bytes = (SELECT sum(length) FROM blocks WHERE folder = folders.number)`,
    )
    const { store } = open(made.directory)
    expect(await scrub(store, { sealings: [] })).toEqual({ checked: 9, damaged: 0, faults: [] })
    expect(await scrub(store, { sealings: [other, sealing] })).toEqual({ checked: 9, damaged: 3, faults: [] })
    expect(await store.totals()).toMatchObject({ blocks: 6, damaged: 3 })
    expect((await store.damaged()).map(({ folder, ids }) => [folder, ids.length / 32])).toEqual(
      expect.arrayContaining([
        [sealing.folder, 2],
        [other.folder, 1],
      ]),
    )
  })

  test('finds a block that somebody sealed under the name of another chunk', async () => {
    const made = await filled(1, 0)
    const [right, wrong] = [newChunk(sealing, 80), newChunk(sealing, 80)]
    const bytes = sealBlock(wrong.bytes, { folder: sealing.folder, chunk: right.id }, sealing.keys[0]!, new Uint8Array(32))
    made.host.close()
    const table = openStoreDatabase(made.file)
    const seal = { folder: sealing.folder, chunk: right.id, length: 80 }
    table.add([{ digest: blockDigest(bytes), length: bytes.length, bytes, seal }])
    table.close()
    const { store } = open(made.directory)
    expect(await scrub(store)).toMatchObject({ checked: 2, damaged: 1 })
    expect(await store.lacking(sealing.folder, packIds(right.id))).toEqual(new Uint8Array(packIds(right.id)))
  })

  test('finds what is altered of blocks whose keys are on other devices only, and nothing wrong with the others', async () => {
    const made = await filled(2, 1)
    const theirs = newSealing()
    const given = [80, 80, 3 * SMALL, 3 * SMALL].map((length) => newForeign(theirs, length))
    await made.store.take(theirs.folder, given, null)
    expect(await scrub(made.store)).toEqual({ checked: 7, damaged: 0, faults: [] })
    const [small, , large] = given.map(({ bytes }) => blockDigest(bytes))
    const { dir, file } = shards.encode(cidOf(large!))
    overwrite(join(made.directory, 'blocks', dir, file), 200, Uint8Array.of(given[2]!.bytes[200]! ^ 1))
    change(made, `UPDATE blocks SET bytes = zeroblob(length) WHERE digest = x'${toHex(small!)}'`)
    const { store } = open(made.directory)
    expect(await scrub(store)).toEqual({ checked: 7, damaged: 2, faults: [] })
    const sealed = await store.sealed(theirs.folder, packIds(...given.map(({ id }) => id)), Infinity)
    expect(sealed.map((block) => block !== null)).toEqual([false, true, false, true])
    expect(await store.take(theirs.folder, [given[0]!, given[2]!], null)).toEqual(['stored', 'stored'])
    expect(await scrub(store)).toEqual({ checked: 7, damaged: 0, faults: [] })
  })

  test('reads some of the blocks alone, and of these the damaged ones once', async () => {
    const made = await filled(300, 0)
    const { checked } = await scrub(made.store, { part: 0.2 })
    expect(checked).toBeGreaterThan(20)
    expect(checked).toBeLessThan(150)
    made.host.close()
    change(made, 'UPDATE blocks SET bytes = zeroblob(length)')
    const { store } = open(made.directory)
    expect(await scrub(store)).toEqual({ checked: 300, damaged: 300, faults: [] })
    expect(await scrub(store)).toEqual({ checked: 0, damaged: 0, faults: [] })
    expect((await store.damaged())[0]!.ids.length / 32).toBe(300)
    await store.dropDamaged(sealing.folder, made.ids.subarray(0, 320))
    expect(await store.totals()).toMatchObject({ blocks: 0, damaged: 290 })
  })

  test('leaves files alone that no key tells of, and such as are of a chunk that is here', async () => {
    const made = await filled(0, 2)
    // The same chunk, sealed a second time elsewhere.
    const copy = open()
    const bytes = new Uint8Array((await made.store.read(sealing, made.ids))[0]!)
    await copy.store.seal(sealing, [{ id: toHex(made.ids.subarray(0, 32)) as ChunkId, bytes }])
    cpSync(join(copy.directory, 'blocks'), join(made.directory, 'blocks'), { recursive: true })
    await scrub(made.store)
    expect((await made.store.orphans()).length).toBe(32)
    change(made, 'DELETE FROM blocks WHERE number = 2; UPDATE totals SET blocks = 1, bytes = (SELECT sum(length) FROM blocks)')
    const { store } = open(made.directory)
    expect((await store.orphans()).length).toBe(64)
    await scrub(store, { sealings: [newSealing()] })
    expect((await store.orphans()).length).toBe(64)
    await scrub(store)
    expect((await store.orphans()).length).toBe(32)
    expect(await lacking(store, made.ids)).toBe(0)
  })

  test('counts as damaged what is no file in the place of a block, waits for no pipe, and stores it anew', async () => {
    const made = await filled(1, 5)
    const { store } = made
    const files = readdirSync(join(made.directory, 'blocks'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
    const chunks = await store.read(sealing, made.large)
    const all = chunks.map((bytes) => ({ id: chunkId(sealing.idKey, bytes!), bytes: new Uint8Array(bytes!) }))
    const [asDirectory, asLink, asPipe, inNoDirectory] = files as [string, string, string, string]
    renameSync(asDirectory, join(made.directory, 'away'))
    mkdirSync(join(asDirectory, 'inside'), { recursive: true })
    renameSync(asLink, join(made.directory, 'linked'))
    symlinkSync(join(made.directory, 'linked'), asLink)
    rmSync(asPipe)
    execFileSync('mkfifo', [asPipe])
    rmSync(dirname(inNoDirectory), { recursive: true })
    writeFileSync(dirname(inNoDirectory), 'no directory')
    const { damaged } = await scrub(store)
    expect(damaged).toBeGreaterThanOrEqual(4)
    expect(await lacking(store, made.large)).toBe(damaged)
    await store.absolve([sealing])
    await store.dropDamaged(sealing.folder, made.large)
    await store.seal(sealing, all)
    expect((await store.read(sealing, made.large)).every((bytes) => bytes !== null)).toBe(true)
    expect(await scrub(store)).toEqual({ checked: 6, damaged: 0, faults: [] })
    // What lay there is not removed.
    expect(existsSync(join(`${asDirectory}.aside-1`, 'inside'))).toBe(true)
  })

  test.each([
    ['bytes', { bytes: 1_000, files: 99 }, 3],
    ['files', { bytes: 9_000, files: 2 }, 2],
  ])('keeps of what is left of damaged blocks the newest, within its bound of %s', async (_, options, count) => {
    const directory = join(temporaryDirectory(), 'quarantine')
    let now = 1_700_000_000_000
    const make = (): Quarantine => new Quarantine({ directory, clock: { now: () => now++ } }, options)
    const blocks = [300, 300, 300, 300].map(newBlock)
    let quarantine = make()
    for (const [at, { digest, bytes }] of blocks.entries()) {
      if (at === 2) quarantine = make()
      await quarantine.take(digest, bytes)
    }
    await quarantine.take(blocks[0]!.digest, new Uint8Array(10_000))
    const names = readdirSync(directory).toSorted()
    expect(names.map((name) => readFileSync(join(directory, name)))).toEqual(
      blocks.slice(-count).map(({ bytes }) => Buffer.from(bytes)),
    )
    expect(statSync(directory).mode & 0o077).toBe(0)
  })
})
