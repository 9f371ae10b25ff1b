import { describe, expect, it } from 'vitest'
import { HoldfastError, type Clock, type Logger } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { Version } from '#model'
import { A, author, B, exchange, file, heads, NOW, open, send } from '../db/fixtures.ts'
import { areThere, LostContent } from '../../src/sync/lost-content.ts'

const MINUTE = 60_000

/** A device that lost its database and with it, before anybody had it, the content of the last of `texts` at `a`. */
function missing(...texts: string[]) {
  const [first, other] = [open(A), open(B)]
  for (const text of texts) author(first, file('a', text))
  exchange(first, other)
  const index = open(A)
  send(other, index)
  let now = 0
  let complete = true
  const there = new Set(texts.slice(0, -1).map((text) => text.length))
  const lost = new LostContent({
    index: inProcess<FolderIndex>(index),
    clock: { now: () => NOW + 10 ** 8 + now, monotonic: () => now } as Clock,
    logger: { warn: () => undefined } as unknown as Logger,
    complete: () => complete,
    authored: () => undefined,
  })
  const build = async (version: Version): Promise<void> => {
    if (!there.has(version.size)) throw new HoldfastError('not-found', 'no connected device has this chunk')
  }
  return {
    there,
    heads: () => heads(index, 'a'),
    setComplete: (value: boolean) => (complete = value),
    /** It was there meanwhile. */
    pass: (minutes: number) => (now += minutes * MINUTE),
    /** Misses it every half minute. */
    miss: async (minutes: number): Promise<void> => {
      for (const end = now + minutes * MINUTE; now < end; now += MINUTE / 2) await lost.missed('a', build)
    },
  }
}

describe('content that no device has', () => {
  it('is waited for, and then gives way to the last version that can be had', async () => {
    const { miss, heads: now } = missing('1', '22', '333')
    await miss(4)
    expect(now()).toEqual(['file 3'])
    await miss(2)
    expect(now()).toEqual(['file 2'])
  })

  it('gives way to a deletion where there is none', async () => {
    const { miss, there, heads: now } = missing('1', '22', '333')
    there.clear()
    await miss(6)
    expect(now()).toEqual(['tombstone'])
  })

  it('is waited for as long as a device is away that could have it', async () => {
    const { miss, setComplete, heads: now } = missing('1', '22')
    setComplete(false)
    await miss(600)
    setComplete(true)
    await miss(4)
    expect(now()).toEqual(['file 2'])
  })

  it('is waited for anew where it was there meanwhile', async () => {
    const { miss, pass, heads: now } = missing('1', '22')
    await miss(4)
    pass(60)
    await miss(4)
    expect(now()).toEqual(['file 2'])
    await miss(2)
    expect(now()).toEqual(['file 1'])
  })

  it('is not given up once it can be had', async () => {
    const { miss, there, heads: now } = missing('1', '22')
    await miss(4)
    there.add(2)
    await miss(20)
    expect(now()).toEqual(['file 2'])
  })
})

it('takes a device for there when it is connected and has said how it stands', () => {
  const peer = { device: B.id, send: () => Promise.resolve(), since: 0, vain: new Set<string>(), told: null }
  const member = { device: B.id, creator: false }
  const state = { type: 'state' } as never
  expect(areThere([member], [])).toBe(false)
  expect(areThere([member], [{ ...peer, state: null }])).toBe(false)
  expect(areThere([member], [{ ...peer, state }])).toBe(true)
  expect(areThere([], [])).toBe(true)
})
