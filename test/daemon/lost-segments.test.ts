import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { deviceIdOf, publicKeyOf, signingKey, signSegment, toHex, type ChunkId, type FolderId, type Segment } from '#model'
import { LostSegments } from '../../src/daemon/lost-segments.ts'
import { newSealing } from '../store/subjects.ts'

const key = signingKey(new Uint8Array(32).fill(1))
const author = deviceIdOf(publicKeyOf(key))
const [{ folder }, { folder: other }] = [newSealing(), newSealing()]
const id = (): ChunkId => toHex(randomBytes(32)) as ChunkId

function segment(first: number, last: number, epoch = 7, of: FolderId = folder): Segment {
  const names = { before: id(), end: id(), chunk: id() }
  return signSegment(
    { folder: of, signer: author, author, epoch, first, last, ...names, digest: new Uint8Array(32), length: 9 },
    key,
  )
}

test('a segment counts as lost until there are segments with all its records, and is forgotten then', async () => {
  let there = [...Array.from({ length: 300 }, () => segment(1, 3, 8)), segment(1, 3)].toSorted((a, b) =>
    a.chunk < b.chunk ? -1 : 1,
  )
  const lost = new LostSegments({
    segments: async (of, _, after, limit) =>
      there
        .filter((each) => each.folder === of && each.chunk > after)
        .slice(0, limit)
        .map(({ encoded }) => encoded),
  })
  expect(await lost.look(true)).toEqual(new Map())
  lost.add([segment(1, 4), segment(2, 3, 9), segment(5, 9, 7, other)])
  expect(await lost.look(false)).toEqual(
    new Map([
      [folder, { lost: 2, here: 0 }],
      [other, { lost: 1, here: 0 }],
    ]),
  )
  there = [...there, segment(1, 9)].toSorted((a, b) => (a.chunk < b.chunk ? -1 : 1))
  for (const isOver of [false, true]) expect((await lost.look(isOver)).get(folder)).toEqual({ lost: 2, here: 1 })
  expect(await lost.look(true)).toEqual(
    new Map([
      [folder, { lost: 1, here: 0 }],
      [other, { lost: 1, here: 0 }],
    ]),
  )
})
