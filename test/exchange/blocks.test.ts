import { describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { decodeFrame, encodeHeld, encodeHere, encodeResponseHead, Exchange } from '#exchange'
import type { DeviceId } from '#model'
import { HandClock } from '../base/hand-clock.ts'
import { linked, peerOver } from './linked.ts'
import { connect, connectTo, device, folder, foreigners, idsOf, NEVER } from './block-devices.ts'

const LARGE = 400_000
const LONG = new Uint8Array(3 * 1024 * 1024)

describe('sealed blocks', () => {
  it('are held by a device without the keys, told of, and given back, in any number', async () => {
    const [a, holder] = [device('a'), device('holder', { isReader: false })]
    const link = connect(a, holder)
    const [counts, sizes]: [number[], number[]] = [[], []]
    const { send } = link
    link.send = (...pieces) => {
      sizes.push(pieces.reduce((sum, { length }) => sum + length, 0))
      if (pieces[0]![0] === 3) counts.push(pieces.length - 1)
      return send.apply(link, pieces)
    }
    const blocks = [...foreigners(600), ...foreigners(6, LARGE)]
    const copies = blocks.map(({ bytes }) => Buffer.from(bytes))
    const held = await a.exchange.hold(holder.id, folder, blocks, NEVER)
    expect(held).toEqual(blocks.map(() => 'stored'))
    expect(await a.exchange.hold(holder.id, folder, [blocks[0]!, ...foreigners(1)], NEVER)).toEqual(['had', 'stored'])
    const none = foreigners(1)
    const has = await a.exchange.has(holder.id, folder, idsOf([...blocks, ...none]), NEVER)
    expect(has).toEqual([...blocks.map(() => true), false])
    const back = await a.exchange.blocks(holder.id, folder, idsOf([...none, ...blocks]), NEVER)
    expect(back[0]).toBeNull()
    copies.forEach((bytes, at) => expect(Buffer.compare(back[at + 1]!, bytes)).toBe(0))
    expect(Math.max(...counts)).toBe(256)
    expect(Math.max(...sizes)).toBeLessThan(1.1 * 1024 * 1024)
  })

  it('are not there for who may not read, and refused where a device holds nothing', async () => {
    const [a, holder] = [device('a'), device('holder')]
    connect(a, holder)
    const [block] = foreigners(1)
    await a.exchange.hold(holder.id, folder, [block!], NEVER)
    holder.set.mayRead = false
    expect(await a.exchange.has(holder.id, folder, idsOf([block!]), NEVER)).toEqual([false])
    expect(await a.exchange.blocks(holder.id, folder, idsOf([block!]), NEVER)).toEqual([null])
    const bare = new Exchange({
      clock: systemClock,
      logger: silentLogger,
      folderFor: () => null,
      mayServe: () => false,
      struckOut: () => undefined,
    })
    connect(a, { ...device('bare'), exchange: bare })
    const who = 'bare' as DeviceId
    expect(await a.exchange.hold(who, folder, [block!], NEVER)).toEqual(['refused'])
    expect(await a.exchange.has(who, folder, idsOf([block!]), NEVER)).toEqual([false])
    expect(await a.exchange.blocks(who, folder, idsOf([block!]), NEVER)).toEqual([null])
  })

  it('are refused, and the link stays, where the store fails; and full where its disk is', async () => {
    const [a, holder] = [device('a'), device('holder')]
    const link = connect(a, holder)
    const { foreign } = holder.store
    foreign.take = () => Promise.reject(new Error('it broke'))
    expect(await a.exchange.hold(holder.id, folder, foreigners(2), NEVER)).toEqual(['refused', 'refused'])
    foreign.take = () => Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' }))
    expect(await a.exchange.hold(holder.id, folder, foreigners(2), NEVER)).toEqual(['full', 'full'])
    expect(link.closed.aborted).toBe(false)
  })

  it('go to a device a few frames at once, the next one when one was answered', async () => {
    const a = device('a')
    const waiting: (() => void)[] = []
    connectTo(a, 'holder', (message, link) => {
      const frame = decodeFrame(message)
      if (!('hold' in frame)) throw new Error('it is to be a HOLD')
      const { number, blocks } = frame.hold
      waiting.push(() => void link.send(encodeHeld({ number, outcomes: blocks.map(() => 'stored') })))
    })
    const held = a.exchange.hold('holder' as DeviceId, folder, foreigners(6, 1_000_000), NEVER)
    await expect.poll(() => waiting.length).toBe(4)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(waiting.length).toBe(4)
    waiting.shift()!()
    await expect.poll(() => waiting.length).toBe(4)
    waiting.splice(0).forEach((answer) => answer())
    await expect.poll(() => waiting.length).toBe(1)
    waiting[0]!()
    expect(await held).toEqual(new Array(6).fill('stored'))
  })

  it('end with offline when the link breaks in the middle; what was stored by then is had the next time', async () => {
    const [a, holder] = [device('a'), device('holder')]
    const link = connect(a, holder)
    const { foreign } = holder.store
    const { take } = foreign
    let calls = 0
    foreign.take = async (...args) => {
      const taken = await take.apply(foreign, args)
      if (++calls === 2) link.close('pulled')
      return taken
    }
    const blocks = foreigners(900)
    const copies = blocks.map((block) => ({ ...block, bytes: new Uint8Array(block.bytes) }))
    await expect(a.exchange.hold(holder.id, folder, blocks, NEVER)).rejects.toMatchObject({ code: 'offline' })
    await expect(a.exchange.has(holder.id, folder, idsOf(blocks), NEVER)).rejects.toMatchObject({ code: 'offline' })
    await expect(a.exchange.has('nobody' as DeviceId, folder, idsOf(blocks), NEVER)).rejects.toMatchObject({ code: 'offline' })
    connect(a, holder)
    const held = await a.exchange.hold(holder.id, folder, copies, NEVER)
    expect(held.filter((outcome) => outcome === 'had').length).toBeGreaterThanOrEqual(512)
    expect(await a.exchange.has(holder.id, folder, idsOf(blocks), NEVER)).toEqual(blocks.map(() => true))
  })

  it('end with offline when the device goes before there is a link to it', async () => {
    const a = device('a')
    const peer = peerOver(linked(a.id, 'holder' as DeviceId).toB)
    a.exchange.addPeer({ ...peer, bulk: () => new Promise(() => undefined) })
    const asked = a.exchange.has('holder' as DeviceId, folder, new Uint8Array(32), NEVER)
    setTimeout(() => peer.leave(), 10)
    await expect(asked).rejects.toMatchObject({ code: 'offline' })
  })

  it('end with the caller’s signal, also those whose turn has not come, and give their turns to others', async () => {
    const a = device('a')
    const numbers: number[] = []
    connectTo(a, 'holder', (message, link) => {
      const frame = decodeFrame(message)
      if (!('has' in frame)) return
      numbers.push(frame.has.number)
      if (numbers.length > 4) void link.send(encodeHere({ number: frame.has.number, has: [true] }))
    })
    const ask = (signal: AbortSignal) => a.exchange.has('holder' as DeviceId, folder, new Uint8Array(32), signal)
    const [running, waiting] = [new AbortController(), new AbortController()]
    const asked = Array.from({ length: 4 }, () => ask(running.signal))
    const later = ask(waiting.signal)
    await expect.poll(() => numbers.length).toBe(4)
    waiting.abort(new Error('enough'))
    await expect(later).rejects.toThrow('enough')
    const last = ask(NEVER)
    running.abort(new Error('no more'))
    for (const one of asked) await expect(one).rejects.toThrow('no more')
    expect(await last).toEqual([true])
    await expect(ask(running.signal)).rejects.toThrow('no more')
  })

  it('are waited for some time, of a device that has not answered twice as long', async () => {
    const clock = new HandClock()
    const a = device('a', { clock })
    connectTo(a, 'holder', () => undefined)
    for (const ms of [30_000, 60_000]) {
      const asked = a.exchange.has('holder' as DeviceId, folder, new Uint8Array(32), NEVER)
      let end = ''
      asked.catch((error: { code: string }) => (end = error.code))
      await new Promise((resolve) => setTimeout(resolve, 20))
      clock.pass(ms - 1_000)
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(end).toBe('')
      clock.pass(1_001)
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(end).toBe('timeout')
    }
  })

  it.each<[string, (number: number) => Uint8Array[]]>([
    ['too few words', (number) => [encodeHere({ number, has: [true] })]],
    ['another answer', (number) => [encodeHeld({ number, outcomes: ['stored', 'stored'] })]],
    ['the end without the beginning', (number) => [encodeResponseHead({ number, start: 1, chunks: [null, null] }, 'blocks')]],
    ['more than there was to ask', (number) => [encodeResponseHead({ number, start: 0, chunks: [null, null, null] }, 'blocks')]],
    [
      'a block that is longer than one can be',
      (number) => [encodeResponseHead({ number, start: 0, chunks: [LONG] }, 'blocks'), LONG],
    ],
  ])('are asked no more of a device that answers %s, whose link is closed each time', async (_, answer) => {
    const a = device('a')
    const count = connectTo(a, 'liar', (message, link) => {
      const frame = decodeFrame(message)
      if ('has' in frame) void link.send(...answer(frame.has.number))
      if ('blocks' in frame) void link.send(...answer(frame.blocks.number))
    })
    const isAboutBlocks = 'sealed' in decodeFrame(Buffer.concat(answer(1)))
    const ask = (): Promise<unknown> =>
      a.exchange[isAboutBlocks ? 'blocks' : 'has']('liar' as DeviceId, folder, new Uint8Array(64), NEVER)
    const codes: string[] = []
    for (let tries = 0; tries < 5; tries++)
      codes.push(
        await ask().then(
          () => '',
          ({ code }: { code: string }) => code,
        ),
      )
    expect(a.struck).toEqual(['liar'])
    expect(new Set(codes.slice(0, 2))).toEqual(new Set(['offline']))
    expect(codes.slice(3)).toEqual(['denied', 'denied'])
    expect(count.opened).toBeLessThanOrEqual(3)
  })
})
