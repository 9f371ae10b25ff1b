import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLogger, systemClock, sleep } from '#base'
import type { ChunkId, DeviceId, FolderId } from '#model'
import type { Link, Peer } from '#peers'
import { Fetcher } from '../../src/exchange/fetcher.ts'
import { decodeFrame } from '../../src/exchange/frames.ts'
import { FOLDER } from '../db/fixtures.ts'

const DEVICE = 'device' as DeviceId
const CHUNK_BYTES = 1024 * 1024
const NEVER = new AbortController().signal

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A fetcher with one device, which answers one chunk after another, each after so many ms; but for the request with the number `never`. */
function fetcherFrom(ms: number, never = 0) {
  const fetcher = new Fetcher({ clock: systemClock, logger: silentLogger, mayServe: () => true, struckOut: () => undefined })
  let requests = 0
  let turn = Promise.resolve()
  const answer = async (number: number, start: number): Promise<void> => {
    await sleep(systemClock, ms)
    const bytes = new Uint8Array(CHUNK_BYTES)
    fetcher.receive(link, { number, start, chunks: [bytes] }, bytes)
  }
  const link: Link = {
    device: DEVICE,
    send: async (frame: Uint8Array) => {
      const decoded = decodeFrame(frame)
      if (!('request' in decoded)) return
      const { number, ids } = decoded.request
      requests++
      for (let start = 0; start < ids.length / 32 && number !== never; start++) turn = turn.then(() => answer(number, start))
    },
  } as unknown as Link
  fetcher.addPeer({ device: DEVICE, bulk: async () => link, closed: NEVER } as unknown as Peer)
  const fetch = async (at: number): Promise<void> => {
    const id = at.toString(16).padStart(64, '0') as ChunkId
    const { release } = await fetcher.fetch(FOLDER as FolderId, id, CHUNK_BYTES, NEVER)
    release()
  }
  return { fetch, requests: () => requests }
}

test('a device on a slow line gives all that it is asked for', async () => {
  const { fetch, requests } = fetcherFrom(8_000)
  const all = Promise.all(Array.from({ length: 20 }, (_, at) => fetch(at)))
  all.catch(() => undefined)
  await vi.advanceTimersByTimeAsync(200_000)
  await expect(all).resolves.toHaveLength(20)
  expect(requests()).toBe(20)
})

test('a device whose line is so slow that each chunk takes longer than it is waited for at first gives them all the same', async () => {
  const { fetch } = fetcherFrom(50_000)
  for (let tries = 1; ; tries++) {
    const one = fetch(1).then(
      () => true,
      () => false,
    )
    await vi.advanceTimersByTimeAsync(150_000)
    if (await one) break
    expect(tries).toBe(1)
  }
})

test('what a device does not answer, though it answers all else, is given up some time', async () => {
  const { fetch } = fetcherFrom(1, 6)
  const answered = async (at: number, ms: number): Promise<void> => {
    const another = fetch(at)
    await vi.advanceTimersByTimeAsync(ms)
    await another
  }
  // Until it is asked for more than one at a time.
  for (let at = 1; at < 6; at++) await answered(at, 10)
  const one = fetch(6)
  one.catch(() => undefined)
  for (let at = 7; at < 40; at++) await answered(at, 10_000)
  await expect(one).rejects.toMatchObject({ code: 'not-found' })
})
