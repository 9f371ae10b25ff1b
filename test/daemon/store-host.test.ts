import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock, systemRandom } from '#base'
import { blockDigest, sealBlock } from '#content'
import { openStoreDatabase } from '#db'
import { Quarantine, scrubBlocks, type FolderSealing } from '#store'
import { StoreHost } from '../../src/daemon/store-host.ts'
import { newBlock, newChunk, newSealing, packIds, temporaryDirectory } from '../store/subjects.ts'
import { calls, type StoreCalls } from './store-calls.ts'

const SMALL = 4 * 1024
const sealing = newSealing()

interface Store {
  directory: string
  file: string
  host: StoreHost
  store: StoreCalls
}

function open(directory = temporaryDirectory()): Store {
  const host = new StoreHost({ directory, clock: systemClock, random: systemRandom }, { small: SMALL })
  onTestFinished(() => host.close())
  return { directory, file: join(directory, 'store.db'), host, store: calls(host) }
}

/** A store with small chunks and large ones. */
async function filled(small = 30, large = 5): Promise<Store & { ids: Uint8Array; large: Uint8Array }> {
  const opened = open()
  const chunks = Array.from({ length: small + large }, (_, at) => newChunk(sealing, at < small ? 700 : 3 * SMALL))
  const names = chunks.map(({ id }) => id)
  await opened.store.seal(sealing, chunks)
  return { ...opened, ids: packIds(...names), large: packIds(...names.slice(small)) }
}

/** Reads all blocks; how many were damaged, and what was wrong with the database. */
async function scrub(
  store: StoreCalls,
  { part = 1, sealings = [sealing] as FolderSealing[] } = {},
): Promise<{ checked: number; damaged: number; faults: string[] }> {
  const faults: string[] = []
  let told = { checked: 0, damaged: 0 }
  await scrubBlocks(store, {
    after: '',
    part,
    sealings: () => sealings,
    step: async ({ checked, damaged }) => void (told = { checked, damaged }),
    rebuilt: (fault) => faults.push(fault),
  })
  return { ...told, faults }
}

async function lacking(store: StoreCalls, ids: Uint8Array): Promise<number> {
  return (await store.lacking(sealing.folder, ids)).length / 32
}

/** Changes a closed store's database with SQL that no call of ours has. */
function change({ host, file }: Store, sql: string): void {
  host.close()
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(file, 'r+')
  writeSync(fd, bytes, 0, bytes.length, at)
  closeSync(fd)
}

describe('a database that is damaged', () => {
  test('is put aside, and its files are known again by what is in them; the last one is kept', async () => {
    const first = await filled(30, 5)
    first.host.close()
    for (const _ of [1, 2]) {
      writeFileSync(first.file, 'no database, but long enough to be looked at as one'.repeat(200))
      const { store, host } = open(first.directory)
      expect(await lacking(store, first.ids)).toBe(35)
      expect(await scrub(store)).toMatchObject({ damaged: 0, faults: [] })
      expect(await lacking(store, first.large)).toBe(0)
      expect(await lacking(store, first.ids)).toBe(30)
      expect((await store.read(sealing, first.large)).every((bytes) => bytes?.length === 3 * SMALL)).toBe(true)
      host.close()
    }
    expect(readdirSync(first.directory).filter((name) => /damaged-\d+$/.test(name)).length).toBe(1)
  })

  test('loses no more rows than were on the page that is', async () => {
    const made = await filled(300, 3)
    made.host.close()
    overwrite(made.file, 40 * 4096, new Uint8Array(4096).fill(0xa5))
    const { store } = open(made.directory)
    expect((await scrub(store)).faults.length).toBe(1)
    expect(await lacking(store, made.ids)).toBeLessThan(20)
    expect(await scrub(store)).toMatchObject({ damaged: 0, faults: [] })
  })

  test.each([
    ['an older version in its header', 'PRAGMA user_version = 0'],
    ['a newer version in its header', 'PRAGMA user_version = 65537'],
    ['another application in its header', 'PRAGMA application_id = 7'],
  ])('is known by %s, and loses nothing', async (_, sql) => {
    const made = await filled(5, 1)
    change(made, sql)
    const { store } = open(made.directory)
    expect(await lacking(store, made.ids)).toBe(0)
    expect(readdirSync(made.directory).some((name) => name.includes('damaged-'))).toBe(true)
  })

  test('is not taken for one where a newer Holdfast wrote it: that one is left as it is', async () => {
    const made = await filled(5, 1)
    change(made, 'CREATE TABLE later (x); PRAGMA user_version = 999')
    const before = readFileSync(made.file)
    await expect(lacking(open(made.directory).store, made.ids)).rejects.toMatchObject({ code: 'unsupported' })
    expect(readFileSync(made.file)).toEqual(before)
  })

  test.each([
    ['a number of the totals', 'UPDATE totals SET bytes = bytes + 1'],
    ['the length of a small block', 'UPDATE blocks SET length = length + 1 WHERE number = 3'],
    ['a length that cannot be', 'UPDATE blocks SET chunk_length = 1 << 60 WHERE number = 3'],
    ['a text in place of bytes', "UPDATE blocks SET chunk = 'abc' WHERE number = 3"],
    ['the number of a folder', 'UPDATE blocks SET folder = 9 WHERE number = 3'],
    ['a folder that is gone', 'DELETE FROM folders'],
    ['a table that is another one', 'DROP TABLE totals; CREATE TABLE totals (one)'],
    ['an index that is gone', 'DROP INDEX blocks_digest'],
  ])('is found to be, by %s, and made anew', async (_, sql) => {
    const made = await filled(5, 1)
    change(made, sql)
    const { store } = open(made.directory)
    await lacking(store, made.ids)
    await scrub(store)
    expect(readdirSync(made.directory).some((name) => name.includes('damaged-'))).toBe(true)
    expect(await scrub(store)).toMatchObject({ damaged: 0, faults: [] })
  })

  test('is made anew also where a crash comes in the middle of that', async () => {
    const made = await filled(5, 1)
    made.host.close()
    // The old one is out of its place, the new one not in it yet; a log of the old one is still there.
    renameSync(made.file, `${made.file}.new`)
    writeFileSync(`${made.file}-wal`, 'of another database')
    const second = open(made.directory)
    expect(await lacking(second.store, made.ids)).toBe(0)
    second.host.close()
    // The new one is not whole yet.
    copyFileSync(made.file, `${made.file}.new`)
    overwrite(`${made.file}.new`, 0, new Uint8Array(4096))
    expect(await lacking(open(made.directory).store, made.ids)).toBe(0)
    expect(existsSync(`${made.file}.new`)).toBe(false)
  })

  test('is noticed where it is removed under a store that runs', async () => {
    const made = await filled(5, 3)
    const before = await made.store.totals()
    for (const end of ['', '-wal', '-shm']) renameSync(`${made.file}${end}`, `${made.file}${end}.away`)
    expect((await scrub(made.store)).faults).toEqual(['it is gone'])
    expect(await lacking(made.store, made.ids)).toBe(5)
    expect((await made.store.totals()).database).not.toBe(before.database)
  })
})

describe('a scrub', () => {
  test('finds a block that is said to be of another chunk, folder or length than it is; not where there is no key to tell', async () => {
    const made = await filled(4, 4)
    const other = newSealing()
    await made.store.seal(other, [newChunk(other, 50)])
    change(
      made,
      `UPDATE blocks SET chunk = randomblob(32) WHERE number = 1;
       UPDATE blocks SET chunk_length = chunk_length - 1 WHERE number = 6;
       UPDATE blocks SET folder = 2 WHERE number = 7`,
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
    made.host.close()
    change(made, 'DELETE FROM blocks WHERE number = 1; UPDATE totals SET blocks = 1, bytes = (SELECT sum(length) FROM blocks)')
    const { store } = open(made.directory)
    expect((await store.orphans()).length).toBe(32)
    await scrub(store, { sealings: [newSealing()] })
    expect((await store.orphans()).length).toBe(32)
    await store.seal(sealing, [newChunk(sealing, 10)])
    await scrub(store)
    expect((await store.orphans()).length).toBe(0)
    expect(await lacking(store, made.ids)).toBe(0)
  })

  test('keeps of what is left of damaged blocks the newest, within bounds', async () => {
    const { directory } = await filled(0, 0)
    let now = 1_700_000_000_000
    const quarantine = new Quarantine(
      { directory: join(directory, 'quarantine'), clock: { now: () => now++ } },
      { bytes: 1_000, files: 2 },
    )
    const blocks = [300, 300, 600, 300, 1_001].map(newBlock)
    for (const { digest, bytes } of blocks) await quarantine.take(digest, bytes)
    const names = readdirSync(join(directory, 'quarantine')).toSorted()
    expect(names.map((name) => readFileSync(join(directory, 'quarantine', name)))).toEqual(
      blocks.slice(2, 4).map(({ bytes }) => Buffer.from(bytes)),
    )
    expect(statSync(join(directory, 'quarantine')).mode & 0o077).toBe(0)
  })
})
