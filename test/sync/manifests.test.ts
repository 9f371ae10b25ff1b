import { describe, expect, test } from 'vitest'
import { chunkId } from '#content'
import { decodeRecord, encodeRecord, packChunks, sameBytes, type ChunkId, type ChunkList, type Version } from '#model'
import { fileChunks, type ManifestParts } from '../../src/sync/manifests.ts'
import { A, FOLDER } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'

const MIB = 1024 * 1024
const signal = new AbortController().signal

/** A chunk list of `count` chunks of `length` bytes, and its pieces of `pieceBytes`. */
function manifest(
  count: number,
  length: number,
  pieceBytes: number,
): { list: ChunkList; pieces: Uint8Array[]; chunks: ChunkList } {
  const list = new Uint8Array(count * 36)
  const view = new DataView(list.buffer)
  for (let at = 0; at < count; at++) {
    view.setUint32(at * 36, at)
    view.setUint32(at * 36 + 32, length, true)
  }
  const pieces: Uint8Array[] = []
  for (let at = 0; at < list.length; at += pieceBytes) pieces.push(list.slice(at, at + pieceBytes))
  const chunks = packChunks(pieces.map((piece) => ({ id: chunkId(KEYS.idKey, piece) as ChunkId, length: piece.length })))
  return { list, pieces, chunks }
}

/** Devices that have `pieces`; counts what was fetched and how much of it at once. */
function parts(pieces: readonly Uint8Array[]): { parts: ManifestParts; fetched: () => number; most: () => number } {
  const byId = new Map(pieces.map((piece) => [chunkId(KEYS.idKey, piece), piece]))
  let fetched = 0
  let held = 0
  let most = 0
  return {
    fetched: () => fetched,
    most: () => most,
    parts: {
      folder: FOLDER,
      idKey: KEYS.idKey,
      index: {
        manifestPieces: async (ids) => Array.from({ length: ids.length / 32 }, () => null),
        putManifestPieces: async () => undefined,
      },
      exchange: {
        fetch: async (_folder, id, length) => {
          held += length
          most = Math.max(most, held)
          await new Promise((resolve) => setImmediate(resolve))
          fetched++
          return { bytes: byId.get(id)!, isAlone: false, device: A.id, release: () => void (held -= length) }
        },
        strike: () => undefined,
      },
    },
  }
}

function version(chunks: ChunkList, size: number): Version {
  return {
    ...{ path: 'big', kind: 'file', mode: 0o644, mtime: 0, size, hlc: 1, vector: [[A.id, 1]] as const, chunker: 3, chunks },
    ...{ manifest: true, target: '', author: A.id, epoch: 1, seq: 1, id: 'f'.repeat(32) as Version['id'] },
  } as Version
}

describe('a manifest', () => {
  test('is put together from its pieces, a few at a time, where they end in the middle of an item, too', async () => {
    const { list, pieces, chunks } = manifest(400_000, 256 * 1024, 500_001)
    const { parts: from, most } = parts(pieces)
    expect(sameBytes(await fileChunks(from, version(chunks, 400_000 * 256 * 1024), signal), list)).toBe(true)
    expect(most()).toBeLessThanOrEqual(4 * MIB)
  })

  test.each([
    ['longer than the file', 20, 10],
    ['shorter than the file', 20, 30],
  ])('that describes something %s is refused', async (_what, count, claimed) => {
    const { pieces, chunks } = manifest(count, MIB, 360)
    await expect(fileChunks(parts(pieces).parts, version(chunks, claimed * MIB), signal)).rejects.toMatchObject({
      code: 'corrupt',
    })
  })

  test('that cannot describe the file is not fetched, and one that proves wrong not to its end', async () => {
    const { pieces, chunks } = manifest(1_000_000, 256 * 1024, MIB)
    const tooFew = parts(pieces)
    await expect(fileChunks(tooFew.parts, version(chunks, 2 ** 43), signal)).rejects.toMatchObject({ code: 'corrupt' })
    expect(tooFew.fetched()).toBe(0)
    const tooMuch = parts(pieces)
    await expect(fileChunks(tooMuch.parts, version(chunks, 1), signal)).rejects.toMatchObject({ code: 'corrupt' })
    expect(tooMuch.fetched()).toBeLessThanOrEqual(4)
  })

  test('of more than a device can hold is not fetched', async () => {
    const length = 2 * MIB - 32
    const chunks = packChunks(Array.from({ length: 180 }, () => ({ id: 'ab'.repeat(32) as ChunkId, length })))
    const huge = parts([])
    await expect(fileChunks(huge.parts, version(chunks, 2 ** 43), signal)).rejects.toMatchObject({ code: 'corrupt' })
    expect(huge.fetched()).toBe(0)
  })
})

describe('a record', () => {
  /** Names `pieces` of about 2 MiB for a file of `size` bytes. */
  function record(pieces: number, size: number): Uint8Array {
    const length = 2 * MIB - ((2 * MIB) % 36)
    const chunks = packChunks(Array.from({ length: pieces }, () => ({ id: 'ab'.repeat(32) as ChunkId, length })))
    return encodeRecord(version(chunks, size))
  }

  test('whose manifest its file cannot need is refused', () => {
    expect(() => decodeRecord(record(180, 1))).toThrow('has a manifest of')
    expect(() => decodeRecord(record(7000, 2 ** 52))).toThrow('is of a file of')
    expect(() => decodeRecord(record(7000, 2 ** 44))).toThrow('has a manifest of')
    expect(() => decodeRecord(record(1, 2 ** 44))).toThrow('has a manifest of')
  })

  test('of the largest file in the shortest chunks is taken', () => {
    const { chunks } = manifest(4, 1, 36 * 4)
    const pieces = (2 ** 26 * 36) / (2 * MIB - ((2 * MIB) % 36))
    expect(decodeRecord(record(Math.floor(pieces), 2 ** 44)).size).toBe(2 ** 44)
    expect(decodeRecord(encodeRecord(version(chunks, 4))).manifest).toBe(true)
  })
})
