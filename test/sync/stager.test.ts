import { expect, it } from 'vitest'
import type { StageFile } from '#folder'
import { Stager } from '../../src/sync/stager.ts'

const MIB = 1024 * 1024

/** Stages pieces of a file one after another; tells after how many MiB it was flushed. */
async function flushed(pieces: readonly Partial<StageFile>[], stager: Stager, calls: StageFile[]): Promise<number[]> {
  const before = calls.length
  for (const piece of pieces) await stager.stage({ name: 'v', begun: true, writes: [write(4 * MIB)], ...piece })
  return calls.slice(before).flatMap(({ flush }, at) => (flush === true ? [4 * (at + 1)] : []))
}

function write(length: number): StageFile['writes'][number] {
  return { id: new Uint8Array(32), offset: 0, length, from: { path: 'a', offset: 0 } }
}

function staging(): { stager: Stager; calls: StageFile[] } {
  const calls: StageFile[] = []
  const stager = new Stager({
    stage: async (files) => {
      calls.push(...files)
      return files.map(({ name }) => ({ ok: true, name }))
    },
  })
  return { stager, calls }
}

it('a large file is flushed each time 32 MiB of it have been written', async () => {
  const { stager, calls } = staging()
  expect(await flushed(Array(20).fill({}), stager, calls)).toEqual([32, 64])
  // What is begun anew, and what comes after the end, starts from nothing.
  expect(await flushed([{ begun: false }, ...Array(7).fill({})], stager, calls)).toEqual([32])
  expect(await flushed([{}, { finish: { size: 1, mode: 0, mtime: 0 } }, ...Array(7).fill({})], stager, calls)).toEqual([])
})

it('files do not add up', async () => {
  const { stager, calls } = staging()
  const names = Array.from({ length: 20 }, (_, at) => ({ name: `v${at}` }))
  expect(await flushed(names, stager, calls)).toEqual([])
})
