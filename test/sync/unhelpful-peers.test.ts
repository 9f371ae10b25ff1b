import { describe, expect, it, vi } from 'vitest'
import { systemClock, type Logger } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { DeviceId } from '#model'
import { A, author, B, C, device, file, FOLDER, open, RULES } from '../db/fixtures.ts'
import { IndexExchange } from '../../src/sync/index-exchange.ts'
import { decodeMessage, type StateMessage } from '../../src/sync/messages.ts'

const D = device(4)
const silent = { debug: () => undefined, warn: () => undefined } as unknown as Logger

/** An exchange whose index is empty, and what it sends to whom. */
async function start(need: () => Promise<void> = () => Promise.resolve()) {
  const wanted: DeviceId[] = []
  const exchange = new IndexExchange({
    folder: FOLDER,
    index: inProcess<FolderIndex>(open(A)),
    clock: systemClock,
    logger: silent,
    rules: () => RULES,
    mayRead: () => true,
    isNew: () => false,
    need: async () => {
      await need()
      return { needEntries: 0, needBytes: 0, materialised: true, superseded: 0, compared: true, scanning: false }
    },
    ingested: () => undefined,
    heard: () => undefined,
    ready: () => undefined,
    misbehaved: () => undefined,
  })
  await exchange.start()
  const add = (to: DeviceId): void =>
    exchange.addPeer(to, async (bytes) => {
      if (decodeMessage(bytes).type === 'want') wanted.push(to)
    })
  return { exchange, wanted, add }
}

/** One record of B's, as the state and the answer of a device that has it. */
function record() {
  const index = open(B)
  author(index, file('a', '1'))
  const have = index.have()
  const { author: by, epoch } = have[0]!
  const state: StateMessage = {
    type: 'state',
    folder: FOLDER,
    have,
    needEntries: 0,
    needBytes: 0,
    materialised: true,
    compared: true,
    asks: false,
  }
  const answer = (batches: Uint8Array[]) => ({ type: 'batches' as const, folder: FOLDER, author: by, epoch, batches })
  return { state, answer, batches: index.batches(by, epoch, 1, 1e6) }
}

describe('records that a device does not give', () => {
  it('are asked of the next that has them, and of each once', async () => {
    const { exchange, wanted, add } = await start()
    const { state, answer, batches } = record()
    for (const { id } of [C, D]) {
      add(id)
      await exchange.onMessage(id, state)
    }
    expect(wanted).toEqual([C.id])
    await exchange.onMessage(C.id, answer([new Uint8Array(9)]))
    expect(wanted).toEqual([C.id, D.id])
    await exchange.onMessage(D.id, answer([]))
    expect(wanted).toEqual([C.id, D.id])
    await exchange.onMessage(D.id, state)
    await exchange.onMessage(D.id, answer(batches))
    expect(exchange.have).toEqual(state.have)
    exchange.stop()
  })

  it('are asked of it again where it is the only one that has them, and its answer was lost', async () => {
    vi.useFakeTimers()
    try {
      const { exchange, wanted, add } = await start()
      const { state, answer, batches } = record()
      add(C.id)
      await exchange.onMessage(C.id, state)
      await vi.advanceTimersByTimeAsync(29_000)
      expect(wanted).toEqual([C.id])
      await vi.advanceTimersByTimeAsync(2_000)
      expect(wanted).toEqual([C.id, C.id])
      await exchange.onMessage(C.id, answer(batches))
      expect(exchange.have).toEqual(state.have)
      exchange.stop()
    } finally {
      vi.useRealTimers()
    }
  })

  it('are not asked of it again for its saying that it scans, or has, or what keeps it', async () => {
    const { exchange, wanted, add } = await start()
    const { state, answer } = record()
    add(C.id)
    await exchange.onMessage(C.id, { ...state, scanning: false })
    await exchange.onMessage(C.id, answer([]))
    await exchange.onMessage(C.id, { ...state, scanning: false, hindrance: 'held' })
    for (const scanning of [true, false, true]) await exchange.onMessage(C.id, { ...state, scanning })
    expect(wanted).toEqual([C.id])
    expect(exchange.isScanning(C.id)).toBe(true)
    await exchange.onMessage(C.id, { ...state, needEntries: 1, scanning: false })
    expect(wanted).toEqual([C.id, C.id])
    exchange.stop()
  })

  it('are asked of it once more where it has said something new since it was asked', async () => {
    const { exchange, wanted, add } = await start()
    const { state, answer, batches } = record()
    add(C.id)
    await exchange.onMessage(C.id, state)
    await exchange.onMessage(C.id, { ...state, needEntries: 1 })
    await exchange.onMessage(C.id, answer([]))
    expect(wanted).toEqual([C.id, C.id])
    await exchange.onMessage(C.id, answer([]))
    expect(wanted).toEqual([C.id, C.id])
    await exchange.onMessage(C.id, state)
    await exchange.onMessage(C.id, answer(batches))
    expect(exchange.have).toEqual(state.have)
    exchange.stop()
  })

  it('are not asked of it again where they came while a state was made', async () => {
    let made = (): void => undefined
    const { exchange, wanted, add } = await start(() => new Promise((resolve) => (made = resolve)))
    const { state, answer, batches } = record()
    add(C.id)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await exchange.onMessage(C.id, state)
    await exchange.onMessage(C.id, answer(batches))
    made()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(exchange.have).toEqual(state.have)
    await exchange.onMessage(C.id, { ...state, needEntries: 1 })
    expect(wanted).toEqual([C.id])
    exchange.stop()
  })

  it('are not waited for any longer', async () => {
    const { exchange, add } = await start()
    const { state, answer } = record()
    add(C.id)
    await exchange.onMessage(C.id, { ...state, have: state.have.map((place) => ({ ...place, seq: 1000 })), superseded: 1 })
    expect(exchange.backlog).toBe(1000)
    await exchange.onMessage(C.id, answer([]))
    expect(exchange.backlog).toBe(0)
    exchange.stop()
  })

  it('are asked of it again when it comes back before its going was noticed', async () => {
    const { exchange, wanted, add } = await start()
    const { state } = record()
    add(C.id)
    await exchange.onMessage(C.id, state)
    add(C.id)
    await exchange.onMessage(C.id, state)
    expect(wanted).toEqual([C.id, C.id])
    exchange.stop()
  })
})
