import { describe, expect, it, vi } from 'vitest'
import { systemClock, type Logger } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { A, author, B, file, FOLDER, open, RULES } from '../db/fixtures.ts'
import { IndexExchange } from '../../src/sync/index-exchange.ts'
import { decodeMessage, type BatchesMessage, type StateMessage, type WantMessage } from '../../src/sync/messages.ts'

const silent = { debug: () => undefined, warn: () => undefined } as unknown as Logger

/** A device without records and another one with so many batches, whose answers come when the test says so. */
async function pair(batches: number) {
  const other = open(B)
  for (let at = 1; at <= batches; at++) author(other, file(`f${at}`, `${at}`))
  const wants: WantMessage[] = []
  const exchange = new IndexExchange({
    folder: FOLDER,
    index: inProcess<FolderIndex>(open(A)),
    clock: systemClock,
    logger: silent,
    rules: () => RULES,
    mayRead: () => true,
    isNew: () => false,
    need: async () => ({ needEntries: 0, needBytes: 0, materialised: true, superseded: 0, compared: true, scanning: false }),
    ingested: () => undefined,
    heard: () => undefined,
    ready: () => undefined,
    misbehaved: () => undefined,
  })
  await exchange.start()
  const add = (): void =>
    exchange.addPeer(B.id, async (bytes) => {
      const message = decodeMessage(bytes)
      if (message.type === 'want') wants.push(message)
    })
  const state = (asks = false): StateMessage => {
    const parts = { needEntries: 0, needBytes: 0, materialised: true, compared: true, asks }
    return { type: 'state', folder: FOLDER, have: other.have(), ...parts }
  }
  /** Answers the oldest want with one batch. */
  const answer = async (): Promise<void> => {
    const { author: by, epoch, seq, folder } = wants.shift()!
    const message: BatchesMessage = { type: 'batches', folder, author: by, epoch, batches: other.batches(by, epoch, seq, 1) }
    await exchange.onMessage(B.id, message)
  }
  add()
  await exchange.onMessage(B.id, state())
  return { exchange, wants, answer, add, state, all: other.have() }
}

describe('an answer to what was asked before', () => {
  it('of a device that needed longer than it is waited for keeps none of the rest away', async () => {
    vi.useFakeTimers()
    try {
      const { exchange, wants, answer, all } = await pair(5)
      await vi.advanceTimersByTimeAsync(31_000)
      expect(wants).toHaveLength(2)
      while (wants.length > 0) await answer()
      expect(exchange.have).toEqual(all)
      exchange.stop()
    } finally {
      vi.useRealTimers()
    }
  })

  it('is waited for longer each time, so that what is asked twice does not pile up', async () => {
    vi.useFakeTimers()
    try {
      const { exchange, wants, answer, all } = await pair(20)
      let answers = 0
      for (; answers < 60 && wants.length > 0; answers++) {
        await vi.advanceTimersByTimeAsync(40_000)
        await answer()
      }
      expect(exchange.have).toEqual(all)
      expect(answers).toBeLessThan(25)
      exchange.stop()
    } finally {
      vi.useRealTimers()
    }
  })

  it('of a device that asks again what is here keeps none of the rest away', async () => {
    const { exchange, wants, answer, state, all } = await pair(5)
    await exchange.onMessage(B.id, state(true))
    expect(wants).toHaveLength(2)
    while (wants.length > 0) await answer()
    expect(exchange.have).toEqual(all)
    exchange.stop()
  })
})
