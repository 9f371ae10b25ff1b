import {
  chmodSync,
  closeSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStoreDatabase } from '#db'
import { cidOf } from '../../src/store/cid.ts'
import { shards } from '../../src/store/shards.ts'
import { filesOf, newBlock, newStore, openStore, SMALL, temporaryDirectory, type OpenStore } from './subjects.ts'

const LARGE = 3 * SMALL

function fileOf({ directory }: OpenStore, digest: Uint8Array): string {
  const { dir, file } = shards.encode(cidOf(digest))
  return join(directory, 'blocks', dir, file)
}

describe('BlockStore', () => {
  it('keeps small blocks in the database and large ones in files, and all of them when it is opened again', async () => {
    const directory = temporaryDirectory()
    const blocks = [newBlock(1), newBlock(SMALL - 1), newBlock(SMALL), newBlock(LARGE)]
    const first = openStore(directory)
    await first.blocks.add(blocks)
    expect((await filesOf(first)).length).toBe(2)
    first.table.close()
    const second = openStore(directory)
    for (const { digest, bytes } of blocks) expect(Buffer.compare((await second.blocks.read(digest))!, bytes)).toBe(0)
    expect(second.table.totals()).toEqual({ blocks: 4, bytes: 1 + SMALL - 1 + SMALL + LARGE })
    expect([...second.blocks.digests()].length).toBe(4)
    second.table.close()
  })

  it('writes a block that comes many times at once a single time', async () => {
    const store = newStore()
    const block = newBlock(LARGE)
    await Promise.all(Array.from({ length: 50 }, () => store.blocks.add([block, block])))
    expect(store.table.totals()).toEqual({ blocks: 1, bytes: LARGE })
    expect(await store.blocks.read(block.digest)).not.toBeNull()
  })

  it('is asked to remove and to add the same block at once, and loses nothing', async () => {
    const store = newStore()
    const block = newBlock(LARGE)
    for (let round = 0; round < 20; round++) {
      await Promise.all([store.blocks.add([block]), store.blocks.remove([block.digest]), store.blocks.add([block])])
      expect(await store.blocks.read(block.digest), `round ${round}`).not.toBeNull()
    }
  })

  it('does not take bytes for a block that they are not', async () => {
    const store = newStore()
    await expect(store.blocks.put(cidOf(newBlock(9).digest), new Uint8Array(9))).rejects.toMatchObject({ code: 'corrupt' })
    expect(store.table.totals().blocks).toBe(0)
  })

  it.each([
    ['a flipped bit', (file: string) => writeAt(file, LARGE / 2)],
    ['a file cut short', (file: string) => truncateSync(file, LARGE - 1)],
    ['a file of zeros', (file: string) => writeFileSync(file, new Uint8Array(LARGE))],
    ['an empty file', (file: string) => truncateSync(file, 0)],
    ['a file gone', (file: string) => rmSync(file)],
  ])('never gives a damaged block (%s), says what is damaged, and heals when it is put again', async (_, damage) => {
    const store = newStore()
    const [block, other] = [newBlock(LARGE), newBlock(LARGE)]
    await store.blocks.add([block, other])
    damage(fileOf(store, block.digest))
    expect(await store.blocks.read(block.digest)).toBeNull()
    expect(await store.blocks.read(other.digest)).not.toBeNull()
    expect(store.table.damaged()).toEqual([block.digest])
    expect(store.blocks.has(cidOf(block.digest))).toBe(false)
    expect(store.table.totals()).toEqual({ blocks: 1, bytes: LARGE })
    await store.blocks.add([block])
    expect(Buffer.compare((await store.blocks.read(block.digest))!, block.bytes)).toBe(0)
    expect(store.table.damaged()).toEqual([])
    expect(store.table.totals()).toEqual({ blocks: 2, bytes: 2 * LARGE })
  })

  it('knows two files that changed places for what they are', async () => {
    const store = newStore()
    const [one, other] = [newBlock(LARGE), newBlock(LARGE)]
    await store.blocks.add([one, other])
    const [a, b] = [fileOf(store, one.digest), fileOf(store, other.digest)]
    const bytes = readFileSync(a)
    writeFileSync(a, readFileSync(b))
    writeFileSync(b, bytes)
    expect(await store.blocks.read(one.digest)).toBeNull()
    expect(await store.blocks.read(other.digest)).toBeNull()
  })

  it('does not count a file without a row, which a crash may leave', async () => {
    const directory = temporaryDirectory()
    const first = openStore(directory)
    const block = newBlock(LARGE)
    await first.blocks.add([block])
    first.table.close()
    rmSync(join(directory, 'store.db'))
    const second = openStore(directory)
    expect(await second.blocks.read(block.digest)).toBeNull()
    expect((await filesOf(second)).length).toBe(1)
    second.table.close()
  })

  it('says what the disk says, and counts nothing, where a block cannot be written', async () => {
    const store = newStore()
    const block = newBlock(LARGE)
    const directory = join(store.directory, 'blocks')
    rmdirSync(directory)
    writeFileSync(directory, 'in the way')
    await expect(store.blocks.add([newBlock(LARGE), block])).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/),
    })
    expect(store.table.totals()).toEqual({ blocks: 0, bytes: 0 })
    rmSync(directory)
    await store.blocks.add([block])
    expect(await store.blocks.read(block.digest)).not.toBeNull()
  })

  it('keeps its database and its files from others', async () => {
    const store = newStore()
    const block = newBlock(LARGE)
    await store.blocks.add([block])
    expect(statSync(join(store.directory, 'store.db')).mode & 0o077).toBe(0)
    expect(statSync(join(store.directory, 'blocks')).mode & 0o077).toBe(0)
  })

  it('refuses a database of another kind, and leaves it as it is', () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'store.db')
    writeFileSync(file, 'no database at all, but long enough to be looked at as one'.repeat(20))
    chmodSync(file, 0o600)
    const before = readFileSync(file)
    expect(() => openStoreDatabase(file)).toThrow(expect.objectContaining({ code: 'corrupt' }))
    expect(readFileSync(file)).toEqual(before)
  })
})

function writeAt(file: string, at: number): void {
  const bytes = readFileSync(file)
  const fd = openSync(file, 'r+')
  writeSync(fd, Uint8Array.of(bytes[at]! ^ 1), 0, 1, at)
  closeSync(fd)
}
