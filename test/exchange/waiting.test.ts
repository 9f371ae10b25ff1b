import { getEventListeners } from 'node:events'
import { expect, it, vi } from 'vitest'
import type { ChunkId, FolderId } from '#model'
import type { Wanted } from '../../src/exchange/source.ts'
import { Waiting } from '../../src/exchange/waiting.ts'

function wanted(reject: (error: Error) => void = () => undefined): Wanted {
  const resolve = (): void => undefined
  const state = { asked: [], absent: [], forgiven: [], askedAgain: false, done: false }
  return {
    folder: 'f' as FolderId,
    id: 'c' as ChunkId,
    length: 1,
    purpose: new AbortController().signal,
    since: 0,
    isRelieved: false,
    resolve,
    reject,
    ...state,
  }
}

it('gives up all that waits when the signal aborts, and nothing else', () => {
  const waiting = new Waiting()
  const [stop, other] = [new AbortController(), new AbortController()]
  const rejects = Array.from({ length: 4 }, () => vi.fn<(error: Error) => void>())
  const [first, second, had, apart] = rejects.map(wanted)
  for (const one of [first!, second!, had!]) waiting.add(stop.signal, one)
  waiting.add(other.signal, apart!)
  waiting.remove(stop.signal, had!)
  stop.abort(new Error('over'))
  expect(rejects.map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0, 0])
  expect(first!.done).toBe(true)
})

it('has one listener a signal, and none once nothing waits: a listener would keep the signal of each file', () => {
  const waiting = new Waiting()
  const { signal } = new AbortController()
  const [first, second] = [wanted(), wanted()]
  waiting.add(signal, first)
  waiting.add(signal, second)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  waiting.remove(signal, first)
  waiting.remove(signal, second)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  waiting.remove(signal, second)
  waiting.add(signal, first)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
})
