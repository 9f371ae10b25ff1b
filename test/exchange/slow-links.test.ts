import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { silentLogger, sleep, systemClock } from '#base'
import type { ChunkId, DeviceId, FolderId } from '#model'
import type { Link, Peer } from '#peers'
import { Asker } from '../../src/exchange/asker.ts'
import { Fetcher } from '../../src/exchange/fetcher.ts'
import { decodeFrame } from '../../src/exchange/frames.ts'
import { FOLDER } from '../db/fixtures.ts'

const MIB = 1024 * 1024
const NEVER = new AbortController().signal

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A device that sends what it is asked for byte by byte, so many a second; `asked` are the bytes of each request. */
class SlowDevice {
  readonly device: DeviceId
  readonly asked: number[] = []
  readonly progress: { sent: number; received: number; partial: number; speed: number | null } = {
    sent: 0,
    received: 0,
    partial: 0,
    speed: null,
  }
  readonly #perSecond: number
  readonly #fetcher: Fetcher
  readonly #lengths: ReadonlyMap<string, number>
  readonly #link: Link
  /** Stops in the middle of what it sends. */
  silentAfter = Infinity
  #turn = Promise.resolve()

  constructor(name: string, perSecond: number, fetcher: Fetcher, lengths: ReadonlyMap<string, number>) {
    this.device = name as DeviceId
    this.#perSecond = perSecond
    this.#fetcher = fetcher
    this.#lengths = lengths
    const send = async (frame: Uint8Array): Promise<void> => {
      const decoded = decodeFrame(frame)
      if (!('request' in decoded)) return
      const { number, ids } = decoded.request
      const names = Array.from({ length: ids.length / 32 }, (_, at) =>
        Buffer.from(ids.subarray(at * 32, (at + 1) * 32)).toString('hex'),
      )
      const chunks = names.map((id) => new Uint8Array(this.#lengths.get(id)!))
      this.asked.push(chunks.reduce((sum, { length }) => sum + length, 0))
      this.#turn = this.#turn.then(() => this.#answer(number, chunks))
    }
    this.#link = { device: this.device, progress: this.progress, send } as unknown as Link
    fetcher.addPeer({ device: this.device, bulk: async () => this.#link, closed: NEVER } as unknown as Peer)
  }

  async #answer(number: number, chunks: Uint8Array[]): Promise<void> {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
    const steps = Math.max(1, Math.ceil(bytes / this.#perSecond))
    for (let step = 0; step < steps; step++) {
      await sleep(systemClock, (1000 * bytes) / this.#perSecond / steps)
      if (this.progress.received >= this.silentAfter) return new Promise(() => undefined)
      this.progress.received += bytes / steps
      this.progress.partial += bytes / steps
    }
    this.progress.partial = 0
    this.progress.speed = this.#perSecond
    this.#fetcher.receive(this.#link, { number, start: 0, chunks }, new Uint8Array(1))
  }
}

/** A fetcher, and chunks of these lengths to get. */
function setUp(lengths: readonly number[]) {
  const fetcher = new Fetcher({ clock: systemClock, logger: silentLogger, mayServe: () => true, struckOut: () => undefined })
  const ids = lengths.map((_, at) => (at + 1).toString(16).padStart(64, '0') as ChunkId)
  const byId = new Map(ids.map((id, at) => [id as string, lengths[at]!]))
  const times: number[] = []
  const since = performance.now()
  const fetch = async (at: number, signal = NEVER): Promise<void> => {
    const { release } = await fetcher.fetch(FOLDER as FolderId, ids[at]!, lengths[at]!, signal)
    release()
    times[at] = (performance.now() - since) / 1000
  }
  return { fetcher, byId, fetch, times }
}

test('a chunk that takes minutes to come is waited for as long as it comes, and asked for once', async () => {
  const { fetcher, byId, fetch, times } = setUp([2 * MIB])
  const slow = new SlowDevice('slow', 5_000, fetcher, byId)
  void fetch(0)
  await vi.advanceTimersByTimeAsync(500_000)
  expect(slow.asked).toHaveLength(1)
  expect(times[0]).toBeGreaterThan(400)
})

test('a device that stops in the middle of a chunk is asked no more, and another one gives it', async () => {
  const { fetcher, byId, fetch, times } = setUp([2 * MIB])
  const slow = new SlowDevice('slow', 8_000, fetcher, byId)
  slow.silentAfter = 500_000
  void fetch(0)
  await vi.advanceTimersByTimeAsync(1_000)
  const fast = new SlowDevice('fast', 10 * MIB, fetcher, byId)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(fast.asked).toEqual([])
  await vi.advanceTimersByTimeAsync(70_000)
  expect(times[0]).toBeGreaterThan(90)
})

test('a device that is slow, or limited, is asked for little, and does not hold up what others give', async () => {
  const { fetcher, byId, fetch, times } = setUp(new Array<number>(64).fill(MIB))
  const slow = new SlowDevice('slow', 100_000, fetcher, byId)
  const fast = new SlowDevice('fast', 10_000_000, fetcher, byId)
  for (let at = 0; at < 64; at++) void fetch(at)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(slow.asked).toEqual([MIB])
  expect(fast.asked.length).toBe(63)
  expect(Math.max(...times)).toBeLessThan(12)
})

test('a small file does not wait behind a large one', async () => {
  const { fetcher, byId, fetch, times } = setUp([...new Array<number>(64).fill(MIB), 1000])
  const slow = new SlowDevice('slow', 1_000_000, fetcher, byId)
  for (let at = 0; at < 64; at++) void fetch(at)
  await vi.advanceTimersByTimeAsync(5_000)
  void fetch(64, new AbortController().signal)
  await vi.advanceTimersByTimeAsync(70_000)
  expect(times[64]).toBeLessThan(8)
  expect(times.filter((time) => time !== undefined)).toHaveLength(65)
  expect(slow.asked).toHaveLength(65)
})

describe('what is given to a device', () => {
  /** An asker that gives a block over a link on which nothing happens by itself. */
  function giving() {
    const asker = new Asker({ clock: systemClock, logger: silentLogger, isStruckOut: () => false, strike: () => undefined })
    const progress = { sent: 0, received: 0, partial: 0, speed: null }
    let sent = (): void => undefined
    const send = (): Promise<void> => new Promise((resolve) => (sent = resolve))
    const link = { device: 'slow', progress, send } as unknown as Link
    asker.addPeer({ device: 'slow' as DeviceId, bulk: async () => link, closed: NEVER } as unknown as Peer)
    const block = { id: '1'.repeat(64) as ChunkId, length: 2 * MIB, bytes: new Uint8Array(2 * MIB) }
    let outcome = 'open'
    asker.hold('slow' as DeviceId, FOLDER as FolderId, [block], NEVER).then(
      () => (outcome = 'held'),
      (error: { code: string }) => (outcome = error.code),
    )
    const answer = (): void => asker.receive(link, { held: { number: 1, outcomes: ['stored'] } })
    return { progress, sent: () => sent(), answer, outcome: () => outcome }
  }

  test('is waited for as long as it goes out, however slowly', async () => {
    const { progress, sent, answer, outcome } = giving()
    for (let at = 0; at < 40; at++) {
      await vi.advanceTimersByTimeAsync(10_000)
      progress.sent += 50_000
    }
    sent()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(outcome()).toBe('open')
    answer()
    await vi.advanceTimersByTimeAsync(1)
    expect(outcome()).toBe('held')
  })

  test('is given up when nothing more goes out, and when no answer comes', async () => {
    const [stuck, silent] = [giving(), giving()]
    await vi.advanceTimersByTimeAsync(10_000)
    for (const { progress } of [stuck, silent]) progress.sent += 50_000
    silent.sent()
    for (let at = 0; at < 7; at++) {
      await vi.advanceTimersByTimeAsync(10_000)
      silent.progress.sent += 50_000
    }
    expect([stuck.outcome(), silent.outcome()]).toEqual(['timeout', 'timeout'])
  })
})
