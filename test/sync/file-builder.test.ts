import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '#base'
import { packChunks, toHex, type ChunkId, type DeviceId, type FolderId, type Version } from '#model'
import { FileBuilder, type BuilderParts } from '../../src/sync/file-builder.ts'
import { NO_PLACES, type ChunkPlaces } from '../../src/sync/page-plan.ts'
import { nodeSubject } from '../folder/subjects.ts'
import { idOf, MTIME, TestFolder } from '../folder/test-folder.ts'

const MIB = 1024 * 1024
const ONE = Buffer.alloc(MIB, 'A')
const TWO = Buffer.alloc(MIB, 'B')
const VERSION = { id: 'ab'.repeat(16), path: 'thesis.pdf', size: 2 * MIB, mode: 0o644, mtime: MTIME } as Version
const CHUNKS = packChunks([ONE, TWO].map((bytes) => ({ id: toHex(idOf(bytes)) as ChunkId, length: bytes.length })))
const NEVER = new AbortController().signal

let folder: TestFolder

afterEach(() => folder.close())

/** A builder whose second chunk comes when it is told to. */
async function openBuilder(
  store: BuilderParts['store'] = null,
): Promise<{ builder: FileBuilder; root: string; arrive(): void; asked: string[] }> {
  const subject = nodeSubject()
  folder = await TestFolder.adopted(subject)
  let arrive = (): void => undefined
  const second = new Promise<void>((resolve) => (arrive = resolve))
  const asked: string[] = []
  const exchange = {
    async fetch(_: FolderId, id: ChunkId) {
      asked.push(id)
      if (id === toHex(idOf(TWO))) await second
      const bytes = new Uint8Array(id === toHex(idOf(ONE)) ? ONE : TWO)
      return { bytes, isAlone: false, device: 'd' as DeviceId, release: () => undefined }
    },
    strike: () => undefined,
  }
  const builder = new FileBuilder({ folder: 'f' as FolderId, disk: folder.disk, clock: systemClock, exchange, store })
  return { builder, root: subject.root, arrive, asked }
}

async function staged(name: string): Promise<number> {
  return (await folder.disk.resume(name, CHUNKS)).length
}

async function placed(root: string): Promise<Buffer> {
  const { id, path, size, mtime } = VERSION
  const [result] = await folder.disk.transition([{ do: 'place', path, expected: null, staged: id, size, mtime, archiveAs: null }])
  expect(result).toMatchObject({ ok: true })
  return readFileSync(join(root, path))
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('building a file', () => {
  it('begins anew when what was staged of it has been removed, so that no file with holes comes of it', async () => {
    const { builder, root, arrive, asked } = await openBuilder()
    const building = builder.build(VERSION, CHUNKS, NO_PLACES, NEVER)
    await until(async () => (await staged(VERSION.id)) === 1)
    await folder.disk.cleanStage(() => [])
    arrive()
    await building
    expect(asked.length).toBe(4)
    expect(await placed(root)).toEqual(Buffer.concat([ONE, TWO]))
  })

  it('keeps what is in work when the stage is cleaned, even if the cleaning was wanted before it began', async () => {
    const { builder, root, arrive, asked } = await openBuilder()
    const { disk, user } = folder
    // A change of the tree that takes long: the cleaning waits behind it.
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    const flush = folder.fs.flush.bind(folder.fs)
    folder.fs.flush = async (items) => {
      folder.fs.flush = flush
      await gate
      return flush(items)
    }
    const changing = disk.transition([{ do: 'directory', path: 'new', expected: null, mode: 0o755, archiveAs: null }])
    user.write('.holdfast/tmp/left', 'from before')
    const cleaning = builder.clean([])
    const building = builder.build(VERSION, CHUNKS, NO_PLACES, NEVER)
    await new Promise((resolve) => setTimeout(resolve, 20))
    open()
    await changing
    await cleaning
    expect(user.names('.holdfast/tmp')).not.toContain('left')
    arrive()
    await building
    expect(asked.length).toBe(2)
    expect(await placed(root)).toEqual(Buffer.concat([ONE, TWO]))
  })

  describe('of chunks that the store has', () => {
    const STORED: ChunkPlaces = { any: false, at: () => [], isStored: () => true }

    /** A store with the first chunk alone. */
    function storeOf(calls: number[]): BuilderParts['store'] {
      return {
        async read(ids) {
          calls.push(ids.length / 32)
          const isOne = (at: number): boolean => Buffer.compare(ids.subarray(at * 32, at * 32 + 32), idOf(ONE)) === 0
          return Array.from({ length: ids.length / 32 }, (_, at) => (isOne(at) ? new Uint8Array(ONE) : null))
        },
      }
    }

    it('takes them from there, in one call, and asks devices for what it did not have after all', async () => {
      const calls: number[] = []
      const { builder, root, arrive, asked } = await openBuilder(storeOf(calls))
      arrive()
      await builder.build(VERSION, CHUNKS, STORED, NEVER)
      expect(calls).toEqual([2])
      expect(asked).toEqual([toHex(idOf(TWO))])
      expect(await placed(root)).toEqual(Buffer.concat([ONE, TWO]))
    })

    it('also where the files that had them are gone, and asks devices alone where neither is known to have them', async () => {
      const calls: number[] = []
      const { builder, arrive, asked } = await openBuilder(storeOf(calls))
      arrive()
      const gone = { path: 'gone', offset: 0, length: MIB }
      await builder.build(VERSION, CHUNKS, { any: true, at: (at) => (at === 0 ? [gone] : []), isStored: () => false }, NEVER)
      expect(calls).toEqual([1])
      expect(asked).toEqual([toHex(idOf(TWO))])
    })

    it('asks devices where the store fails', async () => {
      const { builder, arrive, asked } = await openBuilder({ read: () => Promise.reject(new Error('its disk is away')) })
      arrive()
      await builder.build(VERSION, CHUNKS, STORED, NEVER)
      expect(asked.length).toBe(2)
    })
  })
})
