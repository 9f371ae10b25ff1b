import { expect, it } from 'vitest'
import { silentLogger } from '#base'
import { decodeFrame } from '#exchange'
import { folderIdOf, type DeviceId } from '#model'
import type { Link } from '#peers'
import { ChunkServer } from '../../src/exchange/server.ts'

const folder = folderIdOf(new Uint8Array(16).fill(9))
const stat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }

it('a device that asks and does not read is read no more: what it asks for is not fetched from the disk', async () => {
  let reads = 0
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  const answered: number[] = []
  const link = {
    device: 'flood' as DeviceId,
    closed: new AbortController().signal,
    async send(...pieces: Uint8Array[]) {
      await gate
      const frame = decodeFrame(new Uint8Array(Buffer.concat(pieces)))
      if ('response' in frame) answered.push(frame.response.number)
    },
  } as unknown as Link
  const served = {
    index: {
      locate: async () => [[{ path: 'a', offset: 0, length: 1000, stat }]],
      manifestPieces: async () => [null],
    },
    store: null,
    disk: { read: async () => (reads++, [new Uint8Array(1000)]) },
  }
  const server = new ChunkServer({ folderFor: () => served, logger: silentLogger }, link)
  let taken = 0
  // As a link does: the next message is read when the one before has been taken.
  const flood = (async () => {
    for (; taken < 500; taken++) await server.accept({ number: taken, folder, ids: new Uint8Array(32).fill(1) })
  })()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(reads).toBeLessThanOrEqual(4)
  expect(taken).toBeLessThanOrEqual(32)
  open()
  await flood
  await expect.poll(() => answered.length).toBe(500)
})
