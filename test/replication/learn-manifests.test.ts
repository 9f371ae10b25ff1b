import { expect, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex, type LocalChange } from '#db'
import { packChunks, toHex, type ChunkId } from '#model'
import { Keeper, newTally } from '#replication'
import { A, B, author, open, send } from '../db/fixtures.ts'
import { each, fileOf, named, put, some } from './files.ts'

/** A file whose chunks are named by a manifest of two pieces; and these. */
function large(path: string, chunks: readonly Uint8Array[]): { change: LocalChange; pieces: Uint8Array[] } {
  const change = fileOf(path, chunks)
  if (change.kind !== 'file') throw new Error('a file is to be one')
  const list = new Uint8Array(change.content.chunks)
  const pieces = [list.subarray(0, 2 * 36), list.subarray(2 * 36)]
  const manifest = packChunks(pieces.map((bytes) => ({ id: named(bytes), length: bytes.length })))
  return { change: { ...change, content: { ...change.content, manifest: { chunks: manifest, pieces } } }, pieces }
}

test('of a large version that was superseded before its record came, a device gets what it consists of, and gives it up where nobody has that', async () => {
  const [anna, ben] = [open(A), open(B)]
  const there = new Map<string, Uint8Array>()
  const kept = new Set<string>()
  const [old, gone, now] = [some(70, 50_000), some(70, 50_000), some(1)]
  const [had, lost] = [large('had', old), large('lost', gone)]
  author(anna, had.change, lost.change)
  author(anna, fileOf('had', now), fileOf('lost', now))
  send(anna, ben)
  put(there, [...old, ...had.pieces, ...now])
  const keeper = new Keeper({
    index: inProcess<FolderIndex>(ben),
    store: {
      lacking: async (ids) => Buffer.concat(each(ids).filter((id) => !kept.has(toHex(id)))),
      seal: async (chunks) => chunks.forEach(({ id }) => kept.add(id)),
    },
    finder: {
      async find(ids, _lengths, _signal, nowhere) {
        for (const id of each(ids)) if (!there.has(toHex(id))) nowhere?.(toHex(id) as ChunkId)
        return each(ids).map((id) => there.get(toHex(id)) ?? null)
      },
    },
    duty: () => 'block',
    gone: {
      before: (items) => items.map(() => 'quiet'),
      missed: async ({ isHead }, _before, nowhere) => nowhere.length > 0 && !isHead,
    },
    live: async (ids) => each(ids).map(() => false),
    kept: () => undefined,
    isBusy: () => false,
    isAwaited: () => false,
    tally: newTally(),
    clock: systemClock,
    logger: silentLogger,
  })
  expect(await keeper.keep()).toBeNull()
  expect(old.every((bytes) => kept.has(named(bytes)))).toBe(true)
  const told = ['had', 'lost'].map((path) => ben.versions(path).map(({ isForgotten }) => isForgotten))
  expect(told).toEqual([
    [false, false],
    [false, true],
  ])
  expect(ben.gatherRetained()).toEqual({ isComplete: true, unknown: null })
  await keeper.stop()
})
