import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { systemClock } from '#base'
import type { TodoRow } from '#db'
import { toHex, type ChunkList, type Version } from '#model'
import { FileBuilder } from '../../src/sync/file-builder.ts'
import { preparePage } from '../../src/sync/page-plan.ts'
import { PlacedChunks } from '../../src/sync/placed-chunks.ts'
import { A, FOLDER } from '../db/fixtures.ts'

const COUNT = 400_000
const LENGTH = 256 * 1024

function imageList(): ChunkList {
  const list = new Uint8Array(COUNT * 36)
  const view = new DataView(list.buffer)
  for (let at = 0; at < COUNT; at++) {
    view.setUint32(at * 36, at)
    view.setUint32(at * 36 + 32, LENGTH, true)
  }
  return list
}

const signal = new AbortController().signal

test('a disk image of 100 GiB is planned and begun without holding the main thread', async () => {
  const list = imageList()
  const image = {
    path: 'vm.img',
    id: 'f'.repeat(32),
    kind: 'file',
    manifest: false,
    chunks: list,
    size: COUNT * LENGTH,
    mode: 0o644,
  }
  const version = { ...image, mtime: 0, author: A.id } as unknown as Version
  const row: TodoRow = {
    path: 'vm.img',
    heads: [version],
    shown: [],
    directory: '',
    below: false,
    twin: null,
    movable: null,
    movedFrom: null,
    revision: 1,
  }
  const slices: number[] = []
  const known = { path: 'copy.img', offset: 7 * LENGTH, length: LENGTH, stat: null }
  const index = {
    locate: async (ids: Uint8Array) => {
      slices.push(ids.length / 32)
      await new Promise((resolve) => setTimeout(resolve, 1))
      return Array.from({ length: ids.length / 32 }, (_, at) => (slices.length === 1 && at === 7 ? [known] : []))
    },
    rows: async () => [],
    manifestPieces: async () => [],
    putManifestPieces: async () => undefined,
  }
  let askedStore = 0
  const store = {
    // Has the chunk with number 9 alone.
    lacking: async (ids: Uint8Array) => {
      askedStore++
      return Buffer.concat([
        ids.subarray(0, askedStore === 1 ? 8 * 32 : Infinity),
        ids.subarray(askedStore === 1 ? 9 * 32 : Infinity),
      ])
    },
  }
  const parts = { folder: FOLDER, idKey: new Uint8Array(32), index, exchange: {} as never, store }
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const plan = await preparePage(parts, [row], new Map(), signal)
  const places = plan.placesOf(version)
  expect(places.any).toBe(true)
  expect(places.at(7)).toEqual([known])
  expect(places.at(8)).toEqual([])
  expect([7, 8, 9, 10].map((at) => places.isStored(at))).toEqual([false, false, true, false])
  expect(askedStore).toBe(slices.length)
  expect(slices.reduce((sum, count) => sum + count, 0)).toBe(COUNT)
  expect(Math.max(...slices)).toBeLessThanOrEqual(8192)

  const disk = {
    resume: async () => Array.from({ length: COUNT - 1 }, (_, at) => at),
    stage: async (files: readonly unknown[]) => files.map(() => ({ ok: true }) as never),
    archived: async () => [],
  }
  const fetched: string[] = []
  const exchange = {
    fetch: async (_folder: unknown, id: string) => {
      fetched.push(id)
      return { bytes: new Uint8Array(LENGTH), isAlone: false, device: A.id, release: () => undefined }
    },

    strike: () => undefined,
  }
  const builder = new FileBuilder({
    folder: FOLDER,
    disk: disk as never,
    exchange: exchange as never,
    store: null,
    clock: systemClock,
  })
  await builder.build(version, list, places, signal)
  delay.disable()
  expect(fetched).toEqual([toHex(list.subarray((COUNT - 1) * 36, (COUNT - 1) * 36 + 32))])
  expect(delay.max / 1e6).toBeLessThan(500)
})

test('chunks have their places in the file', () => {
  const list = imageList().slice(0, 3 * 36)
  expect([...new PlacedChunks(list)].map(({ offset, length }) => [offset, length])).toEqual([
    [0, LENGTH],
    [LENGTH, LENGTH],
    [2 * LENGTH, LENGTH],
  ])
  expect(new PlacedChunks(list).at(1).id).toEqual(list.subarray(36, 68))
})
