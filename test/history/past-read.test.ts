import { expect, it } from 'vitest'
import { HoldfastError } from '#base'
import { chunkIdBytes, chunkId } from '#content'
import { inProcess, type FolderIndex } from '#db'
import { Past } from '#history'
import { packChunks } from '#model'
import { A, author, FOLDER, gone, open, stat } from '../db/fixtures.ts'

const KEY = new Uint8Array(32)
const NEVER = new AbortController().signal
const PIECES = ['first ', 'second ', 'third'].map((text) => new Uint8Array(Buffer.from(text)))
const WHOLE = Buffer.concat(PIECES)

/** A folder of files whose content is in a store that counts what is read of it. */
function folder() {
  const index = open(A)
  const chunks = packChunks(PIECES.map((bytes) => ({ id: chunkId(KEY, bytes), length: bytes.length })))
  author(index, {
    path: 'a',
    kind: 'file',
    stat: stat({ size: WHOLE.length }),
    content: { chunker: 0, size: WHOLE.length, chunks },
  })
  const read: number[] = []
  const find = (id: Uint8Array): number => PIECES.findIndex((bytes) => Buffer.compare(chunkIdBytes(KEY, bytes), id) === 0)
  const each = (ids: Uint8Array): number[] =>
    Array.from({ length: ids.length / 32 }, (_, at) => find(ids.subarray(at * 32, at * 32 + 32)))
  const asked = inProcess<FolderIndex>(index)
  const past = new Past({
    folder: FOLDER,
    name: 'letters',
    idKey: KEY,
    index: asked,
    here: {
      index: asked,
      disk: null,
      store: {
        lengths: async (ids) => each(ids).map((at) => PIECES[at]!.length),
        read: async (ids) => each(ids).map((at) => (read.push(at), PIECES[at]!)),
        open: async () => [],
      },
    },
    exchange: { sources: () => 0, strike: () => undefined, fetch: () => Promise.reject(new Error('nobody')) },
    fetchChunks: () => Promise.reject(new HoldfastError('not-found', 'nobody has it')),
    keep: async () => undefined,
    isKept: async () => true,
    look: async () => undefined,
    isProtected: () => false,
    isWithinReach: () => true,
  })
  return { past, index, read }
}

it.each([
  [0, 18, [0, 1, 2]],
  [0, 1, [0]],
  [5, 6, [0]],
  [6, 13, [1]],
  [4, 8, [0, 1]],
  [12, 18, [1, 2]],
  [17, 18, [2]],
])('of a range from %i to %i it is read what holds it, and given what is in it', async (start, end, wanted) => {
  const { past, read } = folder()
  const { version } = await past.current('a')
  const got = await Array.fromAsync(past.read(version, NEVER, { start, end }))
  expect(Buffer.concat(got).toString()).toBe(WHOLE.toString().slice(start, end))
  expect(read).toEqual(wanted)
})

it('what is at a path now is told, and what is not there any more, or never was', async () => {
  const { past, index } = folder()
  expect((await past.current('a')).version.size).toBe(18)
  author(index, gone('a'))
  await expect(past.current('a')).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('deleted') })
  await expect(past.current('b')).rejects.toMatchObject({ code: 'not-found', message: 'there is no b in letters' })
})
