import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HoldfastError, silentLogger } from '#base'
import { chunkId, chunkIdBytes } from '#content'
import { findAnywhere, ReadCache, type ChunkSources } from '#exchange'
import { folderIdOf, type ChunkId, type DeviceId } from '#model'
import { HandClock } from '../base/hand-clock.ts'

const FOLDER = folderIdOf(new Uint8Array(16).fill(7))
const OTHER = folderIdOf(new Uint8Array(16).fill(8))
const KEY = new Uint8Array(32).fill(1)
const NEVER = new AbortController().signal

let directory: string
let clock: HandClock
let limit: number

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'holdfast-cache-')), 'cache')
  clock = new HandClock()
  limit = 100
})
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }))

const open = (): ReadCache => new ReadCache({ clock, logger: silentLogger }, { directory, limit: () => limit })
const chunk = (n: number, length = 40): { id: ChunkId; bytes: Uint8Array } => {
  const bytes = new Uint8Array(length).fill(n)
  return { id: chunkId(KEY, bytes), bytes }
}
async function put(cache: ReadCache, ...numbers: number[]): Promise<void> {
  for (const n of numbers) {
    clock.pass(1_000)
    const { id, bytes } = chunk(n)
    await cache.of(FOLDER).put(id, bytes)
  }
}
async function held(cache: ReadCache, ...numbers: number[]): Promise<number[]> {
  const found: number[] = []
  for (const n of numbers) if ((await cache.of(FOLDER).get(chunk(n).id)) !== null) found.push(n)
  return found
}

describe('what was fetched to be read', () => {
  it('is there again, also after a restart', async () => {
    await put(open(), 1, 2)
    expect(await open().of(FOLDER).get(chunk(1).id)).toEqual(Buffer.from(chunk(1).bytes))
    expect(await open().of(OTHER).get(chunk(1).id)).toBeNull()
  })

  it('takes no more than the limit: what was read longest ago goes', async () => {
    const cache = open()
    await put(cache, 1, 2)
    clock.pass(1_000)
    expect(await held(cache, 1)).toEqual([1])
    await put(cache, 3)
    expect(await held(cache, 1, 2, 3)).toEqual([1, 3])
    expect(await cache.size()).toBe(80)
    expect(readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())).toHaveLength(2)
  })

  it('goes in the same order after a restart', async () => {
    const cache = open()
    await put(cache, 1, 2)
    clock.pass(1_000)
    await held(cache, 1)
    const again = open()
    await put(again, 3)
    expect(await held(again, 1, 2, 3)).toEqual([1, 3])
  })

  it('is given up when the limit is lowered, and not kept where it is longer than all', async () => {
    const cache = open()
    await put(cache, 1, 2)
    limit = 50
    await cache.trim()
    expect(await held(cache, 1, 2)).toEqual([2])
    const long = chunk(9, 51)
    await cache.of(FOLDER).put(long.id, long.bytes)
    expect(await held(cache, 2)).toEqual([2])
    expect(await cache.of(FOLDER).get(long.id)).toBeNull()
  })

  it('goes with its folder', async () => {
    const cache = open()
    await put(cache, 1)
    await cache.of(OTHER).put(chunk(2).id, chunk(2).bytes)
    await cache.forget(FOLDER)
    expect([await held(cache, 1), await cache.size(), existsSync(join(directory, FOLDER))]).toEqual([[], 40, false])
  })

  it('is removed where a crash kept it from being whole', async () => {
    await put(open(), 1)
    writeFileSync(join(directory, FOLDER, 'half.new'), 'half')
    await open().size()
    expect(existsSync(join(directory, FOLDER, 'half.new'))).toBe(false)
  })
})

describe('a chunk that is nowhere on this device', () => {
  const { id, bytes } = chunk(5)
  const ids = chunkIdBytes(KEY, bytes)
  let fetched: number
  let isAway: boolean

  function sources(cache: ReadCache): ChunkSources {
    fetched = 0
    return {
      folder: FOLDER,
      idKey: KEY,
      here: { index: { locate: async () => [[]], manifestPieces: async () => [null] }, disk: null, store: null },
      cache: cache.of(FOLDER),
      exchange: {
        sources: () => (isAway ? 0 : 1),
        strike: () => undefined,
        fetch: async () => {
          if (isAway) throw new HoldfastError('not-found', 'nobody is there')
          fetched++
          return { bytes: bytes.slice(), isAlone: true, device: 'd' as DeviceId, release: () => undefined }
        },
      },
    }
  }

  it('is fetched once, and then read from the cache, also while no device is there', async () => {
    isAway = false
    const cache = open()
    const from = sources(cache)
    expect(await findAnywhere(from, ids, [40], NEVER)).toEqual([bytes])
    isAway = true
    expect((await findAnywhere(from, ids, [40], NEVER))[0]).toEqual(Buffer.from(bytes))
    expect(fetched).toBe(1)
  })

  it('is fetched anew where its file in the cache was altered', async () => {
    isAway = false
    const cache = open()
    const from = sources(cache)
    await findAnywhere(from, ids, [40], NEVER)
    writeFileSync(join(directory, FOLDER, id.slice(0, 2), id), Buffer.alloc(40, 'x'))
    expect(await findAnywhere(from, ids, [40], NEVER)).toEqual([bytes])
    expect(fetched).toBe(2)
    expect((await findAnywhere(from, ids, [40], NEVER))[0]).toEqual(Buffer.from(bytes))
    expect(fetched).toBe(2)
  })
})
