import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { StageFile } from '#folder'
import { stageContent } from '../../src/sync/stage-content.ts'

const MIB = 1024 * 1024
const { signal } = new AbortController()
const metadata = { mode: 0o644, mtime: 1 }

/** What is asked of the disk while `content` is staged; all of it succeeds. */
async function staged(content: AsyncIterable<Uint8Array>): Promise<{ calls: StageFile[]; size: number | null }> {
  const calls: StageFile[] = []
  const disk = {
    async stage(files: readonly StageFile[]) {
      calls.push(...files)
      return files.map(({ name }) => ({ ok: true as const, name }))
    },
    transition: async () => [],
  }
  const parts = { disk, idKey: new Uint8Array(32), staged: new Set<string>() }
  const size = await stageContent(parts, 'put-1', content, () => metadata, signal).catch(() => null)
  return { calls, size }
}

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all
}

test('a small file is staged by one call, in a buffer no larger than it', async () => {
  const [a, b] = [randomBytes(1_000), randomBytes(500)]
  const { calls, size } = await staged(pieces(a, b))
  expect(size).toBe(1_500)
  expect(calls).toMatchObject([{ name: 'put-1', begun: false, finish: { size: 1_500, ...metadata } }])
  const [write, ...others] = calls[0]!.writes as Extract<StageFile['writes'][number], { bytes: Uint8Array }>[]
  expect(others).toEqual([])
  expect(write!.bytes.buffer.byteLength).toBe(1_500)
  expect(Buffer.concat([a, b]).equals(write!.bytes)).toBe(true)
})

test('an empty file is staged by one call', async () => {
  expect(await staged(pieces())).toMatchObject({ size: 0, calls: [{ begun: false, writes: [], finish: { size: 0 } }] })
})

test('a large file is staged piece by piece, flushed on the way, and finished with its last piece', async () => {
  const content = randomBytes(33.5 * MIB)
  const { calls, size } = await staged(pieces(content.subarray(0, 70_001), content.subarray(70_001)))
  expect(size).toBe(33.5 * MIB)
  expect(calls.map(({ begun }) => begun)).toEqual([false, ...Array.from({ length: 33 }, () => true)])
  expect(calls.flatMap(({ flush }, at) => (flush === true ? [at] : []))).toEqual([31])
  expect(calls.flatMap(({ finish }, at) => (finish === undefined ? [] : [at]))).toEqual([33])
  const writes = calls.flatMap(({ writes: some }) => some as Extract<StageFile['writes'][number], { bytes: Uint8Array }>[])
  expect(Buffer.concat(writes.map(({ bytes }) => bytes)).equals(content)).toBe(true)
  expect(writes.map(({ offset }) => offset)).toEqual(Array.from({ length: 34 }, (_, at) => at * MIB))
})

test('what breaks off leaves nothing', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield randomBytes(3 * MIB)
    throw new Error('the sender is gone')
  }
  const { calls, size } = await staged(broken())
  expect(size).toBeNull()
  expect(calls.at(-1)).toMatchObject({ name: 'put-1', drop: true })
})
