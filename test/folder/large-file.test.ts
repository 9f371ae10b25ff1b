import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '#base'
import { openDiskPool, PooledDisk, UNSETTLED, type HashRequest, type TreeDisk } from '#folder'
import { nodeSpawner } from '../../src/daemon/node-spawner.ts'
import { cutInParts, type FilePart, type PartRequest } from '../../src/folder/large-file.ts'
import { keystream } from '../content/reference.ts'
import type { Subject } from './filesystem-suite.ts'
import { nodeSubject } from './subjects.ts'
import { DEVICE, FOLDER, KEYS, TestFolder } from './test-folder.ts'

const KIB = 1024
const MIB = 1024 * KIB

let subject: Subject
let folder: TestFolder
let disk: TreeDisk

beforeEach(async () => {
  subject = nodeSubject()
  folder = new TestFolder(subject)
  disk = folder.disk as TreeDisk
  await disk.adopt(FOLDER, null)
})

afterEach(() => folder.close())

/** Writes a file, long ago by its times. */
async function write(bytes: Uint8Array, name = 'file'): Promise<HashRequest> {
  const path = join(subject.root, name)
  writeFileSync(path, bytes)
  utimesSync(path, new Date(2020, 1), new Date(2020, 1))
  const { stat } = await folder.thing(name)
  return { path: name, stat, chunker: null }
}

async function whole(request: HashRequest) {
  const [result] = await disk.hash([request])
  if (result?.ok !== true) throw new Error('not hashed')
  return result
}

/** Random bytes between runs of one byte, in which only the longest chunks are cut. */
const content = fc
  .array(fc.record({ isRandom: fc.boolean(), seed: fc.nat(50), length: fc.integer({ min: 1, max: 900 * KIB }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) =>
    Buffer.concat(
      parts.map(({ isRandom, seed, length }) => (isRandom ? keystream(`${seed}`, length) : new Uint8Array(length).fill(seed))),
    ),
  )

describe('a file cut in parts', () => {
  it.each(['bin', 'img', 'mp4'])('is cut as in one pass (.%s)', async (extension) => {
    let bridged = 0
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 40 * KIB, max: 1500 * KIB }), async (bytes, partBytes) => {
        const request = await write(bytes, `file.${extension}`)
        const expected = await whole(request)
        let calls = 0
        const part = await cutInParts(request, partBytes, (each) => (calls++, disk.hashPart(each)))
        if (part?.ok !== true) throw new Error('not cut')
        expect(Buffer.from(part.chunks).equals(expected.chunks)).toBe(true)
        expect([part.end, part.chunker]).toEqual([expected.size, expected.chunker])
        if (calls > Math.ceil(bytes.length / partBytes)) bridged++
      }),
      { numRuns: 25 },
    )
    expect(bridged > 0).toBe(true)
  })

  it('is not cut, for the caller to begin anew, when it changes between two parts', async () => {
    const request = await write(keystream('a', 2 * MIB))
    let calls = 0
    const cut = async (part: PartRequest): Promise<FilePart | undefined> => {
      const result = await disk.hashPart(part)
      if (++calls === 1) writeFileSync(join(subject.root, 'file'), keystream('b', 2 * MIB))
      return result
    }
    const oneByOne = async (part: PartRequest): Promise<FilePart | undefined> => (turn = turn.then(() => cut(part)))
    let turn: Promise<FilePart | undefined> = Promise.resolve(undefined)
    expect(await cutInParts(request, MIB, oneByOne)).toBe(undefined)
    expect(calls).toBe(2)
  })

  it.each([
    ['shorter', MIB],
    ['longer', 3 * MIB],
  ])('is %s than it was when it was listed', async (_, size) => {
    const request = await write(keystream('a', 2 * MIB))
    const now = await write(keystream('a', size))
    const part = await cutInParts(request, 700 * KIB, (each) => disk.hashPart(each))
    if (part !== undefined) {
      if (!part.ok) throw new Error(part.message)
      expect(Buffer.from(part.chunks).equals((await whole(now)).chunks)).toBe(true)
    }
  })

  it('is as unsettled as one of its parts', async () => {
    const request = await write(keystream('a', 2 * MIB))
    const cut = async (part: PartRequest): Promise<FilePart | undefined> => {
      const result = await disk.hashPart(part)
      if (result?.ok !== true) throw new Error('not cut')
      return { ...result, stat: { ...result.found, ctimeMs: part.from > MIB ? UNSETTLED : result.found.ctimeMs } }
    }
    expect(await cutInParts(request, 700 * KIB, cut)).toMatchObject({ ok: true, stat: { ctimeMs: UNSETTLED } })
  })

  it('tells why it cannot be read', async () => {
    const request = await write(keystream('a', 2 * MIB))
    mkdirSync(join(subject.root, 'other'))
    const gone = { ...request, path: 'other/file' }
    expect(await cutInParts(gone, 700 * KIB, (each) => disk.hashPart(each))).toMatchObject({ ok: false, code: 'gone' })
  })
})

it('a large file is hashed by all threads, and comes out like one that a single one hashed', async () => {
  const pool = openDiskPool({ spawner: nodeSpawner(), clock: systemClock }, { workers: 2, idleMs: 5_000 })
  try {
    const bytes = Buffer.concat([keystream('a', 70 * MIB), new Uint8Array(3_000_001), keystream('b', 70 * MIB)])
    const [small, large] = [await write(keystream('c', 5 * MIB), 'small'), await write(bytes, 'large')]
    const pooled = new PooledDisk(pool, { root: subject.root, keys: KEYS, device: DEVICE })
    const results = await pooled.hash([small, large, small])
    expect(pool.threads).toBe(2)
    expect(results).toEqual([await whole(small), await whole(large), await whole(small)])
  } finally {
    await pool.close()
  }
})
