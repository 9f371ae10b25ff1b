import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { chunkId, ContentHasher, deriveFolderKeys, isChunkerId, readBytes, type ChunkerId } from '#content'
import { unpackChunks } from '#model'
import { nativeBlake3 } from '../../src/content/blake3-native.ts'
import { portableBlake3 } from '../../src/content/blake3-portable.ts'
import { gearTable } from '../../src/content/keys.ts'
import { fixtureInput, referenceLengths } from '../content/reference.ts'
import frozen from './cut-points.json' with { type: 'json' }

const folders = frozen.folders.map((folder) => ({ ...folder, keys: deriveFolderKeys(Buffer.from(folder.secret, 'hex')) }))
const cases = frozen.cases.map(({ folder, chunker, input, seed, length, chunks }) => ({
  name: `${length} bytes of ${input} by chunker ${chunker} in folder ${folder}`,
  keys: folders[folder]!.keys,
  chunker: chunker as ChunkerId,
  bytes: fixtureInput(input, seed, length),
  chunks: chunks.map(([length, id]) => ({ length: Number(length), id: String(id) })),
}))

describe('the frozen content format', () => {
  it('has cases for every chunker', () => {
    expect(new Set(cases.map(({ chunker }) => chunker))).toEqual(new Set([0, 1, 2, 3]))
    expect(cases.every(({ chunker }) => isChunkerId(chunker))).toBe(true)
  })

  it.each(folders)('derives the keys of secret $secret', ({ keys, idKey, chunkerKey, gearSha256 }) => {
    expect(Buffer.from(keys.idKey).toString('hex')).toBe(idKey)
    expect(Buffer.from(keys.chunkerKey).toString('hex')).toBe(chunkerKey)
    expect(createHash('sha256').update(gearTable(keys.chunkerKey)).digest('hex')).toBe(gearSha256)
  })

  it.each(cases)('$name: WASM cuts it there, the portable hash names it so', ({ bytes, keys, chunker, chunks }) => {
    const { chunks: list, size } = new ContentHasher(portableBlake3).hash(readBytes(bytes), keys, chunker)
    expect(size).toBe(bytes.length)
    expect(unpackChunks(list)).toEqual(chunks.map(({ length, id }) => ({ id, length })))
  })

  it.each(cases)('$name: the reference agrees', ({ bytes, keys, chunker, chunks }) => {
    expect(referenceLengths(bytes, gearTable(keys.chunkerKey), chunker)).toEqual(chunks.map(({ length }) => length))
  })

  it.skipIf(nativeBlake3() === undefined).each(cases)('$name: the native hash names it so', ({ bytes, keys, chunks }) => {
    const native = nativeBlake3()!.keyed(keys.idKey)
    let at = 0
    for (const { length, id } of chunks) {
      const piece = bytes.subarray(at, (at += length))
      expect(native(piece)).toBe(id)
      expect(chunkId(keys.idKey, piece)).toBe(id)
    }
  })
})
