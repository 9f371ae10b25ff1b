import { expect, test } from 'vitest'
import type { LocalChange } from '#db'
import { packChunks } from '#model'
import { A, author, B, open, send, stat } from '../db/fixtures.ts'
import { fileOf, named, put, some } from './files.ts'
import { GIVES_UP, keeperOver } from './keeper-over.ts'

/** A file whose chunks are listed by a manifest of two pieces. */
function largeFile(path: string, chunks: readonly Uint8Array[]): { change: LocalChange; pieces: Uint8Array[] } {
  const listOf = (all: readonly Uint8Array[]): Uint8Array =>
    packChunks(all.map((bytes) => ({ id: named(bytes), length: bytes.length })))
  const pieces = [chunks.slice(0, 2), chunks.slice(2)].map((part) => new Uint8Array(listOf(part)))
  const size = chunks.reduce((sum, { length }) => sum + length, 0)
  const content = { chunker: 1, size, chunks: listOf(chunks), manifest: { chunks: listOf(pieces), pieces } }
  return { change: { path, kind: 'file', stat: stat({ size }), content }, pieces }
}

/** The index of a device that has heard of a large file when it was superseded already, and what keeps it by what is `there`. */
function made() {
  const chunks = some(4)
  const { change, pieces } = largeFile('large', chunks)
  const last = some(1)
  const [other, index] = [open(B), open(A)]
  author(other, change)
  author(other, fileOf('large', last))
  send(other, index)
  const { keeper, there: found, kept } = keeperOver(index, { gone: GIVES_UP })
  put(found, last)
  const first = () => index.versions('large').find(({ isHead }) => !isHead)!
  return { index, keeper, kept, found, chunks, pieces, first }
}

test('what a large file consisted of before this device heard of it is asked for, and kept', async () => {
  const { index, keeper, kept, found, chunks, pieces, first } = made()
  put(found, [...chunks, ...pieces])
  expect(index.chunksOf('large', first().version.id)).toBe(null)
  expect(await keeper.keep()).toBe(null)
  expect(chunks.map((bytes) => kept.has(named(bytes)))).toEqual([true, true, true, true])
  expect([first().isForgotten, index.keeping()]).toEqual([false, 0])
  await keeper.stop()
})

test('where a piece of its manifest is on no device it is given up, so that a sweep can tell what is needed', async () => {
  const { index, keeper, found, chunks, pieces, first } = made()
  put(found, [...chunks, pieces[0]!])
  expect(index.gatherRetained()).toMatchObject({ unknown: 'large' })
  expect(await keeper.keep()).toBe(null)
  expect(first()).toMatchObject({ isForgotten: true })
  expect(index.gatherRetained()).toEqual({ isComplete: true, unknown: null })
  await keeper.stop()
})
