import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ChunkId } from '#model'
import type { FolderSealing } from '#store'
import { newChunk, temporaryDirectory } from '../store/subjects.ts'
import { change, filled, lacking, open, overwrite, scrub, sealing, SMALL, type StoreCalls } from './store-calls.ts'

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

  test('costs no file that is the only block of a chunk, however old, where what is left over is removed before it is known again', async () => {
    const made = await filled(3, 5)
    const twin = open()
    await twin.store.seal(
      sealing,
      (await made.store.read(sealing, made.large.subarray(0, 32))).map((bytes) => ({
        id: Buffer.from(made.large.subarray(0, 32)).toString('hex') as ChunkId,
        bytes: bytes!,
      })),
    )
    twin.host.close()
    made.host.close()
    writeFileSync(made.file, 'no database, but long enough to be looked at as one'.repeat(200))
    const { store, directory } = open(made.directory)
    const tidy = async (sealings: FolderSealing[]): Promise<number> => {
      let count = 0
      for (const each of await store.directories()) count += (await store.tidy(each, Infinity, sealings, new Uint8Array(0))).files
      return count
    }
    expect(await tidy([sealing])).toBe(0)
    expect(await tidy([])).toBe(0)
    expect(await scrub(store)).toMatchObject({ damaged: 0 })
    expect(await lacking(store, made.large)).toBe(0)
    // A second block of a chunk, which a crash may leave, is of no use.
    cpSync(join(twin.directory, 'blocks'), join(directory, 'blocks'), { recursive: true })
    expect(await tidy([])).toBe(0)
    expect(await tidy([sealing])).toBe(1)
    expect(await lacking(store, made.large)).toBe(0)
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
    ['a number of a folder’s total', 'UPDATE folders SET bytes = bytes + 1'],
    ['a total that is no longer counted', 'DROP TRIGGER blocks_added'],
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
    // The old one is out of its place, the new one not in it yet; a log that is not of the new one is still there.
    renameSync(made.file, `${made.file}.new`)
    const other = await filled(5, 1)
    copyFileSync(`${other.file}-wal`, `${made.file}-wal`)
    const second = open(made.directory)
    expect(await lacking(second.store, made.ids)).toBe(0)
    second.host.close()
    // The new one is not whole yet.
    copyFileSync(made.file, `${made.file}.new`)
    overwrite(`${made.file}.new`, 0, new Uint8Array(4096))
    expect(await lacking(open(made.directory).store, made.ids)).toBe(0)
    expect(existsSync(`${made.file}.new`)).toBe(false)
  })

  test('is found wherever one of the places that name a chunk is altered, and made anew', async () => {
    const made = await filled(5, 1)
    made.host.close()
    const [chunk, bytes] = [made.ids.subarray(0, 32), readFileSync(made.file)]
    let found = 0
    for (let at = bytes.indexOf(chunk); at !== -1; at = bytes.indexOf(chunk, at + 1)) {
      const directory = temporaryDirectory()
      cpSync(made.directory, directory, { recursive: true })
      overwrite(join(directory, 'store.db'), at + 5, Uint8Array.of(bytes[at + 5]! ^ 1))
      const { store } = open(directory)
      const { faults, damaged } = await scrub(store)
      expect(await lacking(store, made.ids)).toBe(damaged)
      expect((await store.read(sealing, made.ids)).filter((read) => read !== null).length).toBe(6 - damaged)
      found += faults.length
    }
    expect(found).toBe(2)
  })

  test('leaves out what is in it and not what its digest names: it may be of no chunk that there ever was', async () => {
    const made = await filled(5, 1)
    change(made, 'UPDATE blocks SET bytes = zeroblob(length) WHERE number = 2')
    const { store } = open(made.directory)
    expect((await store.rebuild())[0]!.ids).toEqual(new Uint8Array(made.ids.subarray(32, 64)))
    expect(await store.totals()).toMatchObject({ blocks: 5, damaged: 0 })
    expect(await store.damaged()).toEqual([])
  })

  test('is made anew where that shows in the middle of a scrub', async () => {
    const made = await filled(200, 1)
    let steps = 0
    const store: StoreCalls = Object.assign(Object.create(made.store) as StoreCalls, {
      inspect(part: Parameters<StoreCalls['inspect']>[0]) {
        if (steps++ === 1) overwrite(made.file, 0, new Uint8Array(100))
        return made.store.inspect(part)
      },
    })
    await made.store.seal(sealing, [newChunk(sealing, 10)])
    made.host.close()
    const { damaged, faults } = await scrub(store)
    expect([damaged, faults.length]).toEqual([0, 1])
    expect(await scrub(made.store)).toMatchObject({ damaged: 0, faults: [] })
  })

  test('is not taken for one where another program keeps it from being read: nothing is moved', async () => {
    const made = await filled(5, 1)
    made.host.close()
    const other = new DatabaseSync(made.file)
    onTestFinished(() => other.close())
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    await expect(open(made.directory).store.fault()).rejects.toMatchObject({ code: 'exists' })
    expect(readdirSync(made.directory).some((name) => name.includes('damaged-'))).toBe(false)
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
