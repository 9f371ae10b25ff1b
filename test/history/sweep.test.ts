import { describe, expect, test } from 'vitest'
import { sweep } from '#history'
import { author, gone } from '../db/fixtures.ts'
import { chunksOf, fileOf, forgetPast, here, makeFolder, packed, type Folder } from './sweep-parts.ts'

const NOTHING = { blocks: 0, bytes: 0, waitingBlocks: 0, waitingBytes: 0, obstacle: null }
const NOW = { now: 1_000, grace: 0, isDry: false }

/** A file of which four versions were there, with chunks in common, and one chunk of none. */
async function edited(): Promise<Folder> {
  const folder = makeFolder()
  await folder.store.chunks.seal(folder.sealing, chunksOf(['a', 'b', 'c', 'd', 'stray']))
  for (const names of [['a', 'b'], ['b', 'c'], ['d']]) author(folder.index, fileOf('f', names))
  author(folder.index, gone('f'))
  return folder
}

const ALL = ['a', 'b', 'c', 'd', 'stray']

describe('a sweep', () => {
  test('removes what no version needs, and nothing else', async () => {
    const folder = await edited()
    expect(await sweep(folder.parts, NOW)).toMatchObject({ blocks: 1, waitingBlocks: 0, obstacle: null })
    expect(here(folder, ALL)).toEqual(['a', 'b', 'c', 'd'])
    expect(await sweep(folder.parts, NOW)).toEqual(NOTHING)
    author(folder.index, fileOf('g', ['c']))
    forgetPast(folder, 'f')
    const before = await folder.store.chunks.totals()
    const swept = await sweep(folder.parts, NOW)
    expect(swept).toMatchObject({ blocks: 3, obstacle: null })
    expect(here(folder, ALL)).toEqual(['c'])
    expect((await folder.store.chunks.totals()).bytes).toBe(before.bytes - swept.bytes)
  })

  test('waits for the grace, which begins anew where a version needed the chunk meanwhile', async () => {
    const folder = await edited()
    const at = (now: number): ReturnType<typeof sweep> => sweep(folder.parts, { now, grace: 100, isDry: false })
    expect(await at(1_000)).toMatchObject({ blocks: 0, waitingBlocks: 1 })
    expect(await at(1_099)).toMatchObject({ blocks: 0, waitingBlocks: 1 })
    author(folder.index, fileOf('g', ['stray']))
    expect(await at(1_100)).toEqual(NOTHING)
    author(folder.index, gone('g'))
    forgetPast(folder, 'g')
    expect(await at(1_150)).toMatchObject({ blocks: 0, waitingBlocks: 1 })
    expect(await at(1_249)).toMatchObject({ blocks: 0, waitingBlocks: 1 })
    expect(await at(1_250)).toMatchObject({ blocks: 1, waitingBlocks: 0 })
    expect(here(folder, ALL)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('does not wait for years where a clock was ahead when it found something', async () => {
    const folder = await edited()
    const at = (now: number): ReturnType<typeof sweep> => sweep(folder.parts, { now, grace: 100, isDry: false })
    await at(9_000_000)
    expect(await at(1_000)).toMatchObject({ blocks: 0, waitingBlocks: 1 })
    expect(await at(1_100)).toMatchObject({ blocks: 1, waitingBlocks: 0 })
  })

  test('that is dry tells the same, and changes nothing', async () => {
    const folder = await edited()
    forgetPast(folder, 'f')
    const dry = await sweep(folder.parts, { ...NOW, isDry: true })
    expect(dry).toMatchObject({ blocks: 5 })
    expect(await sweep(folder.parts, { now: 1_000, grace: 9, isDry: true })).toMatchObject({ blocks: 0, waitingBlocks: 5 })
    expect(here(folder, ALL)).toEqual(ALL)
    expect((await folder.swept.held(folder.sealing.folder, new Uint8Array(0), 9)).since).toEqual([null, null, null, null, null])
    expect(await sweep(folder.parts, NOW)).toEqual(dry)
  })

  test('of a folder that nobody needs here any more takes all', async () => {
    const folder = await edited()
    expect(await sweep({ ...folder.parts, index: null }, NOW)).toMatchObject({ blocks: 5 })
    expect(here(folder, ALL)).toEqual([])
  })

  test('goes through many pages, and tells how many blocks it has looked at', async () => {
    const folder = makeFolder()
    const names = Array.from({ length: 2_600 }, (_, at) => `chunk ${at}`)
    await folder.store.chunks.seal(folder.sealing, chunksOf(names))
    author(folder.index, fileOf('f', names.slice(0, 60)))
    const looked: number[] = []
    const step = async (blocks: number): Promise<void> => void looked.push(blocks)
    expect(await sweep({ ...folder.parts, step }, NOW)).toMatchObject({ blocks: 2_540 })
    expect(looked.reduce((sum, count) => sum + count)).toBe(2_600)
    expect(here(folder, names)).toEqual(names.slice(0, 60))
  })

  test('does nothing where it is not known what a version consists of, and says which', async () => {
    const folder = await edited()
    const index = { ...folder.parts.index!, gatherRetained: async () => ({ isComplete: false, unknown: 'large.bin' }) }
    const parts = { ...folder.parts, index: { ...index, unneeded: async () => null, endGathering: async () => undefined } }
    expect(await sweep(parts, NOW)).toEqual({
      ...NOTHING,
      obstacle: expect.stringContaining('it is not known yet what a version of large.bin consists of'),
    })
    expect(here(folder, ALL)).toEqual(ALL)
  })

  test('notes nothing while content is put there, and takes nothing where that has begun since it noted', async () => {
    const folder = await edited()
    expect(await sweep({ ...folder.parts, obstacle: () => 'busy' }, NOW)).toEqual({ ...NOTHING, obstacle: 'busy' })
    let isBusy = false
    const store = {
      held: folder.swept.held.bind(folder.swept),
      sweep: folder.swept.sweep.bind(folder.swept),
      async note(...args: Parameters<typeof folder.swept.note>) {
        await folder.swept.note(...args)
        isBusy = true
      },
    }
    const parts = { ...folder.parts, store, obstacle: () => (isBusy ? 'busy' : null) }
    expect(await sweep(parts, NOW)).toMatchObject({ blocks: 0, obstacle: 'busy' })
    expect(here(folder, ALL)).toEqual(ALL)
  })

  test('can be stopped, and leaves nothing in memory', async () => {
    const folder = await edited()
    await expect(sweep({ ...folder.parts, step: () => Promise.reject(new Error('stopped')) }, NOW)).rejects.toThrow('stopped')
    expect(folder.index.unneeded(packed(['other']))).not.toBeNull()
  })
})
