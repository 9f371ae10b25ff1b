import { describe, expect, test } from 'vitest'
import { HoldfastError } from '#base'
import { inProcess, type FolderIndex, type LocalChange } from '#db'
import { Past } from '#history'
import { packChunks } from '#model'
import { folderChunks } from '#store'
import { A, author, stat } from '../db/fixtures.ts'
import { newChunk } from '../store/subjects.ts'
import { forgetPast, makeFolder } from './sweep-parts.ts'

type Chunk = ReturnType<typeof newChunk>

const { signal } = new AbortController()

function fileOf(path: string, chunks: readonly Chunk[]): LocalChange {
  const size = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const list = packChunks(chunks.map(({ id, bytes }) => ({ id, length: bytes.length })))
  return { path, kind: 'file', stat: stat({ size }), content: { chunker: 1, size, chunks: list } }
}

/** A file that was edited: of its first version, which is forgotten, some chunks are here and some on another device, by their place. */
async function edited(of: { here: readonly number[]; there: readonly number[] }) {
  const folder = makeFolder()
  const { index, sealing, store } = folder
  const old = Array.from({ length: 3 }, () => newChunk(sealing, 40))
  author(index, fileOf('f', old))
  author(index, fileOf('f', [newChunk(sealing, 40)]))
  forgetPast(folder, 'f')
  const chunks = folderChunks(
    Object.assign(store.chunks, {
      open: store.foreign.open,
      sealed: store.foreign.sealed.bind(store.foreign),
    }),
    sealing.folder,
    () => sealing,
  )
  await chunks.seal(of.here.map((at) => old[at]!))
  const real = inProcess<FolderIndex>(index)
  const lookups: string[] = []
  const past = new Past({
    folder: sealing.folder,
    idKey: sealing.idKey,
    name: 'thesis',
    index: {
      versions: (path) => real.versions(path),
      versionsBelow: (...range) => real.versionsBelow(...range),
      listAt: (...range) => real.listAt(...range),
      chunksOf(path, id) {
        lookups.push(id)
        return real.chunksOf(path, id)
      },
    },
    here: { index: real, disk: null, store: chunks },
    exchange: {
      sources: () => 1,
      strike: () => undefined,
      async fetch(_, id) {
        const found = of.there.map((at) => old[at]!).find((chunk) => chunk.id === id)
        if (found === undefined) throw new Error('it is not there')
        return { bytes: new Uint8Array(found.bytes), device: A.id, isAlone: true, release: () => undefined }
      },
    },
    fetchChunks: () => Promise.reject(new HoldfastError('not-found', 'nobody has it')),
    keep: (all) => chunks.seal(all),
    isKept: async () => true,
    look: async () => undefined,
    isProtected: () => true,
    isWithinReach: () => true,
  })
  const states = async (): Promise<string[]> =>
    (await past.versions('f')).map(({ state, isForgotten }) => (isForgotten ? `${state}, forgotten` : state))
  const [, first] = await past.versions('f')
  return { index, past, states, lookups, chosen: await past.version('f', { id: first!.version }) }
}

describe('a version that was forgotten', () => {
  test('is at risk while its content is here, and incomplete when it is not, whoever is connected', async () => {
    const whole = await edited({ here: [0, 1, 2], there: [] })
    expect(await whole.states()).toEqual(['protected', 'at-risk, forgotten'])
    await whole.past.needContent(whole.chosen, signal)
    const gone = await edited({ here: [0, 1], there: [0, 1, 2] })
    expect(await gone.states()).toEqual(['protected', 'incomplete, forgotten'])
  })

  test('is put into the store, all of it, before it is wanted again', async () => {
    const { past, states, chosen } = await edited({ here: [1], there: [0, 2] })
    await past.needContent(chosen, signal)
    expect(await states()).toEqual(['protected', 'at-risk, forgotten'])
  })

  test('cannot be had where some of its content is gone, though another device is connected', async () => {
    const { past, chosen } = await edited({ here: [1], there: [0] })
    await expect(past.needContent(chosen, signal)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('forgotten') as string,
      hint: expect.stringContaining('holdfast versions thesis/f') as string,
    })
    for (const [why, words] of [
      [{ isNeverKept: true }, 'before any device had kept it'],
      [{ isGivenUp: true }, 'was kept once'],
    ] as const)
      await expect(past.needContent({ ...chosen, ...why }, signal)).rejects.toMatchObject({
        message: expect.stringContaining(words) as string,
      })
    await past.needContent(await past.version('f', { at: Infinity }), signal)
  })
})

describe('a version that is to be what a path shows again', () => {
  const kept = async (of: Parameters<typeof edited>[0]) => {
    const { past, chosen } = await edited(of)
    return { past, chosen: { ...chosen, isForgotten: false } }
  }

  test('is put into the store as far as it is not here', async () => {
    const { past, chosen } = await kept({ here: [1], there: [0, 2] })
    expect(await past.unavailable([chosen], signal)).toEqual([])
    await past.bringContent(chosen, signal)
    expect(await past.areHere([chosen.version])).toEqual([true])
  })

  test('is refused where a chunk of it is nowhere, though another device is connected; a look at one chunk may not tell', async () => {
    const wanting = await kept({ here: [1], there: [0] })
    expect(await wanting.past.unavailable([wanting.chosen], signal)).toEqual([])
    await expect(wanting.past.bringContent(wanting.chosen, signal)).rejects.toMatchObject({
      code: 'offline',
      message: 'some content of f as it was then is on no device that is connected',
    })
    const gone = await kept({ here: [0], there: [2] })
    expect(await gone.past.unavailable([gone.chosen], signal)).toEqual([gone.chosen])
  })
})

test('what the records say of their content is not looked up for each version that is listed', async () => {
  const { states, lookups } = await edited({ here: [0, 1, 2], there: [] })
  expect((await states()).length).toBe(2)
  expect(lookups).toEqual([])
})

test('each of several versions is here or not by its own chunks, what has no content always', async () => {
  const { past, index } = await edited({ here: [0, 2], there: [1] })
  const [current, first] = (await past.versions('f')).map(({ version }) => version)
  const all = index.versions('f').map(({ version }) => version)
  const old = all.find(({ id }) => id === first)!
  const now = all.find(({ id }) => id === current)!
  const part = { ...old, chunks: old.chunks.subarray(0, 36) }
  const last = { ...old, chunks: old.chunks.subarray(72) }
  const none = { ...old, kind: 'directory' as const }
  expect(await past.areHere([part, old, last, none, now, part])).toEqual([true, false, true, true, false, true])
  expect(await past.areHere([])).toEqual([])
})
