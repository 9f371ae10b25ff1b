import { describe, expect, it } from 'vitest'
import { HoldfastError, silentLogger, systemClock } from '#base'
import { Exchange, findAnywhere } from '#exchange'
import type { DeviceId } from '#model'
import { SealedFetcher } from '../../src/exchange/sealed-fetcher.ts'
import { newChunk, newForeign, newSealing, packIds } from '../store/subjects.ts'
import { connect, connectTo, device, folder, NEVER, sealing, type Device } from './block-devices.ts'

describe('a chunk that no device has in plaintext', () => {
  const chunk = newChunk(sealing, 3_000)
  const fetch = (a: Device, length = 3_000) => a.exchange.fetch(folder, chunk.id, length, NEVER)

  it('comes out of the block that a device without the keys holds', async () => {
    const [a, writer, holder] = [device('a'), device('writer'), device('holder', { isReader: false })]
    connect(writer, holder)
    await expect(fetch(a)).rejects.toMatchObject({ code: 'not-found' })
    expect(a.exchange.sources(folder)).toBe(0)
    await writer.exchange.hold(holder.id, folder, [newForeign(sealing, 3_000, chunk)], NEVER)
    connect(a, holder)
    expect(a.exchange.sources(folder)).toBe(1)
    const { bytes, device: from, release } = await fetch(a)
    expect(bytes).toEqual(chunk.bytes)
    expect(from).toBe('holder')
    release()
    await expect(fetch(a, 2_999)).rejects.toMatchObject({ code: 'not-found' })
    expect(a.struck).toEqual([])
  })

  it('is asked only of devices that may hold it, and only where the keys are here', async () => {
    const [a, blind, holder] = [device('a'), device('blind', { isReader: false }), device('holder')]
    const closed = connect(blind, holder)
    const link = connect(a, holder)
    await a.exchange.hold(holder.id, folder, [newForeign(sealing, 3_000, chunk)], NEVER)
    const sent = link.sent.length
    await expect(fetch(blind)).rejects.toMatchObject({ code: 'not-found' })
    a.set.holders = []
    await expect(fetch(a)).rejects.toMatchObject({ code: 'not-found' })
    expect(link.sent.length).toBe(sent)
    expect(closed.sent.length).toBe(0)
  })

  it('comes from the next one where a holder lies, which is found out, and asked no more in the end', async () => {
    const [a, liar, other] = [device('a'), device('liar'), device('other')]
    connect(a, liar)
    connect(a, other)
    const right = newForeign(sealing, 3_000, chunk)
    const wrong = newForeign(sealing, 3_000).bytes
    // The seal of another chunk, as whoever has no key can pass it off.
    await liar.store.foreign.take(folder, [{ ...right, bytes: wrong }], null)
    await other.store.foreign.take(folder, [right], null)
    for (let tries = 0; tries < 8; tries++) {
      const { bytes, device: from, release } = await fetch(a)
      expect([bytes, from]).toEqual([chunk.bytes, 'other'])
      release()
    }
    expect(a.struck).toEqual(['liar'])
    expect(a.exchange.sources(folder)).toBe(1)
  })

  it('comes from the next one where a holder is of a version that knows nothing of blocks', async () => {
    const [a, other] = [device('a'), device('other')]
    const count = connectTo(a, 'old', (_, link) => link.close('a frame of an unknown type'))
    await other.store.foreign.take(folder, [newForeign(sealing, 3_000, chunk)], null)
    connect(a, other)
    for (let tries = 0; tries < 12; tries++) (await fetch(a)).release()
    expect(count.opened).toBeLessThanOrEqual(5)
    expect(a.struck).toEqual(['old'])
  })

  it('comes from a holder, too, where the only device that says it has it in plaintext lies each time', async () => {
    const [a, holder] = [device('a'), device('holder')]
    const stat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }
    const lying = new Exchange({
      clock: systemClock,
      logger: silentLogger,
      folderFor: () => ({
        index: { locate: async () => [[{ path: 'f', offset: 0, length: 3_000, stat }]], manifestPieces: async () => [null] },
        disk: { read: async () => [new Uint8Array(3_000)] },
        store: null,
      }),
      mayServe: () => false,
      struckOut: () => undefined,
    })
    a.set.readers = ['reader']
    connect(a, { ...device('reader'), exchange: lying })
    connect(a, holder)
    await holder.store.foreign.take(folder, [newForeign(sealing, 3_000, chunk)], null)
    const here = { index: { locate: async () => [[]], manifestPieces: async () => [null] }, disk: null, store: null }
    const from = { folder, idKey: sealing.idKey, here, exchange: a.exchange }
    expect(await findAnywhere(from, packIds(chunk.id), [3_000], NEVER)).toEqual([chunk.bytes])
    expect(a.struck).toEqual(['reader'])
  })

  it('is not blamed on a holder where a key is lacking here', async () => {
    const [a, holder] = [device('a'), device('holder')]
    connect(a, holder)
    const later = { ...sealing, keys: newSealing().keys }
    await holder.store.foreign.take(folder, [newForeign(later, 3_000, chunk)], null)
    for (let tries = 0; tries < 4; tries++) await expect(fetch(a)).rejects.toMatchObject({ code: 'not-found' })
    expect(a.struck).toEqual([])
  })

  it('is asked of a holder that does not answer behind the others, until it answers', async () => {
    const asked: string[] = []
    let isSilent = true
    const holders = ['one', 'hung', 'other'] as DeviceId[]
    const fetcher = new SealedFetcher({
      clock: systemClock,
      logger: silentLogger,
      asker: {
        devices: holders,
        speed: () => undefined,
        async blocks(device) {
          asked.push(device)
          if (device === 'hung' && isSilent) throw new HoldfastError('timeout', 'it does not answer')
          return device === 'other' && asked.length > 12 ? [chunk.bytes] : [null]
        },
      },
      mayHold: () => true,
      openerOf: () => ({ open: async (blocks) => blocks.map(({ bytes }) => bytes) }),
      strike: () => undefined,
    })
    const get = () => fetcher.fetch(folder, chunk.id, 3_000, NEVER)
    for (let tries = 0; tries < 4; tries++) await expect(get()).rejects.toMatchObject({ absence: { isSure: false } })
    expect(asked.filter((_, at) => at % 3 === 2).slice(1)).toEqual(['hung', 'hung', 'hung'])
    for (let tries = 0; tries < 3; tries++) (await get()).release()
    expect(asked.slice(12)).not.toContain('hung')
    isSilent = false
    asked.splice(0)
    await expect(get()).rejects.toMatchObject({ absence: { isSure: true } })
    for (let tries = 0; tries < 3; tries++) await expect(get()).rejects.toMatchObject({ absence: { isSure: true } })
    expect(asked.filter((_, at) => at % 3 === 0)).toContain('hung')
  })
})
