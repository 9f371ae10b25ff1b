import { expect, it } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { decodeFrame } from '#exchange'
import { folderIdOf, type DeviceId } from '#model'
import type { Link } from '#peers'
import { ChunkServer } from '../../src/exchange/server.ts'
import { HandClock } from '../base/hand-clock.ts'

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
  const server = new ChunkServer({ folderFor: () => served, clock: systemClock, logger: silentLogger }, link)
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

it('a request for much that has waited for its turn for long is to be asked again; one for little waits for none of them', async () => {
  const clock = new HandClock()
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  const answered: [number: number, length: number][] = []
  const send = async (...pieces: Uint8Array[]): Promise<void> => {
    const bytes = Buffer.concat(pieces)
    if (bytes.length > 1000) await gate
    const frame = decodeFrame(new Uint8Array(bytes))
    if ('response' in frame) answered.push([frame.response.number, frame.response.chunks[0]!.length])
  }
  const link = { device: 'slow' as DeviceId, closed: new AbortController().signal, send } as unknown as Link
  const lengthOf = (ids: Uint8Array): number => (ids[0] === 1 ? 100_000 : 10)
  const served = {
    index: {
      locate: async (ids: Uint8Array) => [[{ path: 'a', offset: 0, length: lengthOf(ids), stat }]],
      manifestPieces: async () => [null],
    },
    store: null,
    disk: { read: async ([piece]: readonly { length: number }[]) => [new Uint8Array(piece!.length)] },
  }
  const server = new ChunkServer({ folderFor: () => served, clock, logger: silentLogger }, link)
  for (let number = 0; number < 6; number++) await server.accept({ number, folder, ids: new Uint8Array(32).fill(1) })
  await server.accept({ number: 6, folder, ids: new Uint8Array(32).fill(2) })
  await expect.poll(() => answered).toEqual([[6, 10]])
  clock.pass(20_000)
  open()
  await expect.poll(() => answered.length).toBe(7)
  expect(answered.toSorted(([a], [b]) => a - b).map(([, length]) => length)).toEqual([
    ...new Array<number>(4).fill(100_000),
    0,
    0,
    10,
  ])
})
