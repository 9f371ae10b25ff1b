import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { IdSet, packChunks, toHex, type ChunkId, type ChunkList } from '#model'
import type { LocalChange } from '#db'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, content, directory, file, gone, NOW, open, send, stat } from './fixtures.ts'

const PIECES = 8

/** The id of the only chunk of `content(text)`. */
function idOf(text: string): Uint8Array {
  return content(text).chunks.subarray(0, 32)
}

function ids(...texts: string[]): Uint8Array {
  return Buffer.concat(texts.map(idOf))
}

/** What the index says to be unneeded, when all is gathered. */
function unneeded(index: SqliteFolderIndex, of: Uint8Array): string[] {
  while (!index.gatherRetained().isComplete);
  const left = index.unneeded(of)!
  return Array.from({ length: left.length / 32 }, (_, at) => toHex(left.subarray(at * 32, at * 32 + 32)))
}

function recordsOf(index: SqliteFolderIndex, path: string): number[] {
  const versions = index.versions(path).map(({ version }) => version.id)
  const all = index.retainable(0).paths.flat()
  return versions.map((id) => all.find(({ version }) => version.id === id)!.record)
}

/** A file whose chunks are named by a manifest, with that manifest's pieces. */
function large(path: string, chunks: number): { change: LocalChange; list: ChunkList; manifest: Uint8Array } {
  const list = packChunks(Array.from({ length: chunks }, () => ({ id: toHex(randomBytes(32)) as ChunkId, length: 32 * 1024 })))
  const part = 36 * Math.ceil(chunks / PIECES)
  const pieces = Array.from({ length: PIECES }, (_, at) => list.subarray(at * part, (at + 1) * part))
  const manifest = packChunks(
    pieces.map((piece) => ({ id: createHash('sha256').update(piece).digest('hex') as ChunkId, length: piece.length })),
  )
  const size = chunks * 32 * 1024
  const known = { chunker: 1, size, chunks: list, manifest: { chunks: manifest, pieces } }
  return { change: { path, kind: 'file', stat: stat({ size }), content: known }, list, manifest }
}

function idsIn(list: ChunkList): Uint8Array {
  return Buffer.concat(Array.from({ length: list.length / 36 }, (_, at) => list.subarray(at * 36, at * 36 + 32)))
}

describe('versions', () => {
  test('are forgotten but for heads, once; what they were stays known', () => {
    const index = open(A)
    author(index, file('a', '1'))
    author(index, file('a', '22'))
    author(index, file('a', '333'))
    const records = recordsOf(index, 'a')
    expect(index.forget(records)).toBe(2)
    expect(index.forget(records)).toBe(0)
    expect(index.versions('a').map(({ version, isHead, isForgotten }) => [version.size, isHead, isForgotten])).toEqual([
      [3, true, false],
      [2, false, true],
      [1, false, true],
    ])
    expect(index.listAt('', Infinity, '', 9).map(({ isForgotten }) => isForgotten)).toEqual([false])
    expect(unneeded(index, ids('1', '22', '333'))).toEqual([toHex(idOf('1')), toHex(idOf('22'))])
    index.remember([records[2]!])
    expect(unneeded(index, ids('1', '22', '333'))).toEqual([toHex(idOf('22'))])
  })

  test('of one path are looked after again when one is forgotten before its own content was, after its file went away', () => {
    const index = open(A)
    for (const text of ['1', '22', '1']) author(index, file('a', text))
    author(index, gone('a'))
    const all = index.toKeep(9, NOW)
    index.kept(all.map((item) => ({ ...item, until: null })))
    const [, newest, , oldest] = recordsOf(index, 'a')
    index.keepAgain([newest!])
    index.forget([newest!])
    expect(index.toKeep(9, NOW).map(({ record }) => record)).toContain(oldest)
  })

  test('that are forgotten are not kept any more, also where they were put off, and are again when they are remembered', () => {
    const index = open(A)
    author(index, file('a', '1'))
    author(index, file('a', '22'))
    const [, old] = recordsOf(index, 'a')
    const items = index.toKeep(9, NOW)
    index.kept(items.map((item) => ({ ...item, until: NOW + 500 })))
    expect(index.unkept().map(({ seq }) => seq)).toEqual([0])
    index.forget([old!])
    expect(index.toKeep(9, NOW + 500).map(({ version }) => version.size)).toEqual([2])
    expect(index.unkept().map(({ seq }) => seq)).toEqual([1])
    index.remember([old!])
    expect(index.toKeep(9, NOW).map(({ version, chunks }) => [version.size, chunks?.length])).toEqual([[1, 36]])
    const fresh = open(A)
    author(fresh, file('a', '1'))
    author(fresh, file('a', '22'))
    fresh.forget(recordsOf(fresh, 'a'))
    expect(fresh.toKeep(9, NOW).map(({ isForgotten, chunks }) => [isForgotten, chunks?.length])).toEqual([
      [true, 0],
      [false, 36],
    ])
  })

  test('come in pages of paths that have superseded ones', () => {
    const index = open(A)
    author(index, directory('d'), ...Array.from({ length: 2_500 }, (_, at) => file(`d/${at}`, '1')))
    author(index, file('d/3', '22'), file('d/1700', '22'))
    author(index, gone('d/3'))
    const found: string[] = []
    let calls = 0
    for (let next: number | null = 0; next !== null; calls++) {
      const page = index.retainable(next)
      found.push(
        ...page.paths.map((versions) => versions.map(({ version: { kind }, isHead }) => (isHead ? `${kind}*` : kind)).join(' ')),
      )
      next = page.next
    }
    expect(found).toEqual(['tombstone* file file', 'file* file'])
    expect(calls).toBe(3)
  })

  test('stay forgotten in a database that is opened again', () => {
    const index = open(A)
    author(index, file('a', '1'))
    author(index, file('a', '22'))
    index.forget(recordsOf(index, 'a'))
    const again = open(A, { copy: index.copy() })
    expect(again.versions('a').map(({ isForgotten }) => isForgotten)).toEqual([false, true])
  })
})

describe('which chunks are needed', () => {
  test('is known of all versions, of all devices; and of those that come meanwhile before it is said again', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), directory('d'))
    author(two, file('b', '22'))
    send(two, one)
    expect(unneeded(one, ids('1', '22', '333', '4444'))).toEqual([toHex(idOf('333')), toHex(idOf('4444'))])
    author(one, file('c', '333'))
    expect(unneeded(one, ids('333', '4444'))).toEqual([toHex(idOf('4444'))])
    author(two, file('d2', '4444'))
    send(two, one)
    expect(one.unneeded(ids('4444'))).toEqual(Buffer.alloc(0))
  })

  test('is gathered step by step, and not said before the end', () => {
    const index = open(A)
    const count = 3_500
    author(index, ...Array.from({ length: count }, (_, at) => file(`f${at}`, `text ${at}`)))
    expect(index.unneeded(ids('text 3400'))).toBeNull()
    let steps = 1
    while (!index.gatherRetained().isComplete) steps++
    expect(steps).toBe(3)
    expect(unneeded(index, ids(...Array.from({ length: count }, (_, at) => `text ${at}`), 'other'))).toEqual([
      toHex(idOf('other')),
    ])
    index.endGathering()
    expect(index.unneeded(ids('text 3400'))).toBeNull()
  })

  test('covers manifests and what they name, in steps of so many chunks', () => {
    const index = open(A)
    const { change, list, manifest } = large('large', 150_000)
    author(index, change)
    author(index, file('after', 'x'))
    let steps = 1
    while (!index.gatherRetained().isComplete) steps++
    expect(steps).toBeGreaterThan(2)
    expect(unneeded(index, Buffer.concat([idsIn(list), idsIn(manifest), idOf('x')]))).toEqual([])
  })

  test('is not known as long as a manifest is not, unless its version is forgotten', () => {
    const [one, two] = [open(A), open(B)]
    const { change, manifest } = large('large', 2_000)
    author(one, change)
    author(one, file('after', 'x'))
    send(one, two)
    expect(two.gatherRetained()).toEqual({ isComplete: false, unknown: 'large' })
    expect(two.gatherRetained()).toEqual({ isComplete: false, unknown: 'large' })
    expect(two.unneeded(ids('y'))).toBeNull()
    const pieces = one.manifestPieces(idsIn(manifest))
    two.putManifestPieces(pieces.map((bytes, at) => ({ id: idsIn(manifest).subarray(at * 32, at * 32 + 32), bytes: bytes! })))
    expect(unneeded(two, ids('x', 'y'))).toEqual([toHex(idOf('y'))])
    const three = open(B)
    author(one, file('large', 'small now'))
    send(one, three)
    expect(three.gatherRetained().unknown).toBe('large')
    three.forget(recordsOf(three, 'large'))
    expect(unneeded(three, ids('x', 'y'))).toEqual([toHex(idOf('y'))])
  })
})

test('an IdSet has all that was put in, and nearly nothing else', () => {
  const [inside, outside] = [randomBytes(32 * 50_000), randomBytes(32 * 50_000)]
  const set = new IdSet()
  for (let at = 0; at < inside.length; at += 32) set.add(inside, at)
  for (let at = 0; at < inside.length; at += 32) set.add(inside, at)
  expect(set.size).toBe(50_000)
  let [found, mistaken] = [0, 0]
  for (let at = 0; at < inside.length; at += 32) {
    if (set.has(inside, at)) found++
    if (set.has(outside, at)) mistaken++
  }
  expect([found, mistaken]).toEqual([50_000, 0])
})
