import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLogger, sleep, systemClock } from '#base'
import { Exchange } from '#exchange'
import type { ChunkId, DeviceId, FolderId } from '#model'
import type { Link } from '#peers'
import { decodeFrame, encodeResponseHead } from '../../src/exchange/frames.ts'
import { FOLDER } from '../db/fixtures.ts'
import { peerOver } from './linked.ts'

const MIB = 1024 * 1024
const NEVER = new AbortController().signal

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A device that has all chunks, or all blocks of them, and gives them one after another, at so many bytes a second. */
function paced(device: string, perSecond: number) {
  const given = { bytes: 0 }
  const progress = { sent: 0, received: 0, partial: 0, speed: null as number | null }
  let listener: (message: Uint8Array) => void = () => undefined
  let turn = Promise.resolve()
  const answer = async (number: number, start: number, of: 'chunks' | 'blocks'): Promise<void> => {
    await sleep(systemClock, (1000 * MIB) / perSecond)
    progress.received += MIB
    progress.speed = perSecond
    given.bytes += MIB
    const chunk = new Uint8Array(MIB)
    listener(new Uint8Array(Buffer.concat([encodeResponseHead({ number, start, chunks: [chunk] }, of), chunk])))
  }
  const link = {
    device: device as DeviceId,
    progress,
    closed: NEVER,
    onMessage: (heard: typeof listener) => (listener = heard),
    send: async (frame: Uint8Array) => {
      const decoded = decodeFrame(frame)
      const [request, of] = 'blocks' in decoded ? [decoded.blocks, 'blocks' as const] : [decoded, 'chunks' as const]
      const { number, ids } = 'request' in request ? request.request : (request as { number: number; ids: Uint8Array })
      for (let start = 0; start < ids.length / 32; start++) turn = turn.then(() => answer(number, start, of))
    },
  } as unknown as Link
  return { link, given }
}

/** How long it takes, in seconds, to get so many chunks of 1 MiB from `devices`; those called storage… hold sealed blocks. */
async function seconds(chunks: number, ...devices: ReturnType<typeof paced>[]): Promise<number> {
  const exchange = new Exchange({
    clock: systemClock,
    logger: silentLogger,
    folderFor: () => null,
    mayServe: (_, device) => !device.startsWith('storage'),
    mayHold: (_, device) => device.startsWith('storage'),
    openerOf: () => ({ open: async (blocks) => blocks.map(({ bytes }) => bytes) }),
    struckOut: () => undefined,
  })
  for (const { link } of devices) {
    exchange.attach(link)
    exchange.addPeer(peerOver(link))
  }
  const began = performance.now()
  let ended = 0
  const all = Array.from({ length: chunks }, async (_, at) => {
    const id = (at + 1).toString(16).padStart(64, '0') as ChunkId
    const { release } = await exchange.fetch(FOLDER as FolderId, id, MIB, NEVER)
    // Written to the disk.
    await sleep(systemClock, 1)
    release()
    ended = performance.now()
  })
  await vi.advanceTimersByTimeAsync(300_000)
  await Promise.all(all)
  return (ended - began) / 1000
}

test('a storage device gives of its blocks what the one that has the folder is too slow for', async () => {
  const [slow, storage] = [paced('member', MIB), paced('storage', 8 * MIB)]
  const alone = await seconds(60, paced('member', MIB))
  const both = await seconds(60, slow, storage)
  expect(alone / both).toBeGreaterThan(4)
  // Nothing is got twice, and the slow one does what it can.
  expect(slow.given.bytes + storage.given.bytes).toBe(60 * MIB)
  expect(slow.given.bytes).toBeGreaterThan(5 * MIB)
})

test('as long as that one is fast enough, no block is opened', async () => {
  const [fast, storage] = [paced('member', 80 * MIB), paced('storage', 80 * MIB)]
  expect(await seconds(120, fast, storage)).toBeLessThan(2)
  expect(storage.given.bytes).toBe(0)
})

test('two that hold blocks share what is to come by how fast they are', async () => {
  const [slow, fast] = [paced('storage 1', MIB), paced('storage 2', 9 * MIB)]
  expect(await seconds(60, slow, fast)).toBeLessThan(8.5)
  expect(fast.given.bytes / slow.given.bytes).toBeGreaterThan(6)
  expect(slow.given.bytes).toBeGreaterThan(3 * MIB)
})
