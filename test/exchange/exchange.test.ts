import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { encodeResponseHead, Exchange, type LocalFolder } from '#exchange'
import { folderIdOf, toHex, type ChunkId, type DeviceId } from '#model'
import { linked, peerOver } from './linked.ts'

const folder = folderIdOf(new Uint8Array(16).fill(9))
const signal = new AbortController().signal

function chunk(text: string): { id: ChunkId; bytes: Uint8Array } {
  const bytes = new Uint8Array(Buffer.from(text))
  return { id: createHash('sha256').update(bytes).digest('hex') as ChunkId, bytes }
}

/** A folder whose chunks lie in memory; `lie` sends other bytes. */
function folderOf(chunks: { id: ChunkId; bytes: Uint8Array }[], lie = false): LocalFolder & { reads: number } {
  const byId = new Map<string, Uint8Array>(chunks.map(({ id, bytes }) => [id, bytes]))
  const ids = (packed: Uint8Array): string[] =>
    Array.from({ length: packed.length / 32 }, (_, at) => toHex(packed.subarray(at * 32, at * 32 + 32)))
  const served = {
    reads: 0,
    index: {
      locate: async (packed: Uint8Array) =>
        ids(packed).map((id) => {
          const bytes = byId.get(id)
          const stat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }
          return bytes === undefined ? [] : [{ path: id, offset: 0, length: bytes.length, stat }]
        }),
      manifestPieces: async (packed: Uint8Array) => ids(packed).map(() => null),
    },
    store: null,
    disk: {
      read: async (pieces: readonly { id: Uint8Array }[]) => {
        served.reads += pieces.length
        return pieces.map(({ id }) => {
          const bytes = byId.get(toHex(id)) ?? null
          return lie && bytes !== null ? bytes.map((byte) => byte ^ 1) : bytes
        })
      },
    },
  }
  return served
}

function device(
  name: string,
  served: LocalFolder | null,
  mayRead: () => boolean = () => true,
): { id: DeviceId; exchange: Exchange; struck: DeviceId[] } {
  const struck: DeviceId[] = []
  const exchange = new Exchange({
    clock: systemClock,
    logger: silentLogger,
    folderFor: () => (mayRead() ? served : null),
    mayServe: () => true,
    struckOut: (who) => struck.push(who),
  })
  return { id: name as DeviceId, exchange, struck }
}

function connect(a: ReturnType<typeof device>, b: ReturnType<typeof device>): { leave(): void } {
  const { toA, toB } = linked(a.id, b.id)
  a.exchange.attach(toB)
  b.exchange.attach(toA)
  const peer = peerOver(toB)
  a.exchange.addPeer(peer)
  return peer
}

describe('chunks from other devices', () => {
  const chunks = Array.from({ length: 600 }, (_, at) => chunk(`chunk ${at} `.repeat(200)))

  it('come whole and in any number', async () => {
    const a = device('a', null)
    connect(a, device('b', folderOf(chunks)))
    const got = await Promise.all(chunks.map(({ id, bytes }) => a.exchange.fetch(folder, id, bytes.length, signal)))
    got.forEach(({ bytes }, at) => expect(Buffer.compare(bytes, chunks[at]!.bytes)).toBe(0))
  })

  it('are taken from all devices that have them', async () => {
    const a = device('a', null)
    const one = folderOf(chunks)
    const two = folderOf(chunks)
    connect(a, device('b', one))
    connect(a, device('c', two))
    await Promise.all(chunks.map(({ id, bytes }) => a.exchange.fetch(folder, id, bytes.length, signal)))
    expect(one.reads + two.reads).toBe(chunks.length)
    expect(Math.min(one.reads, two.reads)).toBeGreaterThan(chunks.length / 5)
  })

  it('are found at the one device that has them', async () => {
    const a = device('a', null)
    connect(a, device('b', folderOf([])))
    connect(a, device('c', folderOf(chunks.slice(0, 3))))
    const { id, bytes } = chunks[2]!
    expect((await a.exchange.fetch(folder, id, bytes.length, signal)).device).toBe('c')
  })

  it('are asked of one device alone where it is to be known whether that has them', async () => {
    const a = device('a', null)
    const [one, two] = [folderOf(chunks.slice(0, 1)), folderOf(chunks)]
    connect(a, device('b', one))
    connect(a, device('c', two))
    const ask = (at: number, of: string): Promise<unknown> =>
      a.exchange.fetchFrom(of as DeviceId, folder, chunks[at]!.id, chunks[at]!.bytes.length, signal)
    expect(await ask(0, 'b')).toMatchObject({ device: 'b', bytes: chunks[0]!.bytes })
    expect([two.reads, a.exchange.receivedBytes]).toEqual([0, 0])
    await expect(ask(1, 'b')).rejects.toMatchObject({ absence: { open: ['b'] } })
    await expect(ask(1, 'away')).rejects.toMatchObject({ absence: { open: [] } })
    expect(two.reads).toBe(0)
  })

  it('that nobody has fail at once with not-found', async () => {
    const a = device('a', null)
    const { id, bytes } = chunks[0]!
    await expect(a.exchange.fetch(folder, id, bytes.length, signal)).rejects.toMatchObject({ code: 'not-found' })
    connect(a, device('b', folderOf([])))
    await expect(a.exchange.fetch(folder, id, bytes.length, signal)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('are not given to a device that may not read the folder', async () => {
    const served = folderOf(chunks)
    const a = device('a', null)
    connect(
      a,
      device('b', served, () => false),
    )
    const { id, bytes } = chunks[0]!
    await expect(a.exchange.fetch(folder, id, bytes.length, signal)).rejects.toMatchObject({ code: 'not-found' })
    expect(served.reads).toBe(0)
  })

  it('are asked of another device when one leaves in the middle', async () => {
    const a = device('a', null)
    const silent = linked('a' as DeviceId, 'mute' as DeviceId)
    const mute = peerOver(silent.toB)
    a.exchange.addPeer(mute)
    const { id, bytes } = chunks[0]!
    const fetched = a.exchange.fetch(folder, id, bytes.length, signal)
    connect(a, device('c', folderOf(chunks)))
    mute.leave()
    expect((await fetched).device).toBe('c')
  })

  it('stop being asked of a device that lies, which is reported', async () => {
    const a = device('a', null)
    connect(a, device('liar', folderOf(chunks, true)))
    for (let tries = 0; tries < 3; tries++) {
      const { id, bytes } = chunks[tries]!
      const fetched = await a.exchange.fetch(folder, id, bytes.length, signal)
      a.exchange.strike(fetched.device)
      fetched.release()
    }
    expect(a.struck).toEqual(['liar'])
    const { id, bytes } = chunks[9]!
    await expect(a.exchange.fetch(folder, id, bytes.length, signal)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('of another length than was asked for are not taken', async () => {
    const a = device('a', null)
    connect(a, device('b', folderOf(chunks)))
    const { id, bytes } = chunks[0]!
    await expect(a.exchange.fetch(folder, id, bytes.length + 1, signal)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('hold no more memory than allowed: the rest waits until some is given back', async () => {
    const a = device('a', null)
    const big = chunk('x'.repeat(2 * 1024 * 1024))
    connect(a, device('b', folderOf([big])))
    const fetch = () => a.exchange.fetch(folder, big.id, big.bytes.length, signal)
    const [first] = await Promise.all(Array.from({ length: 24 }, fetch))
    let more = false
    const waiting = fetch().then(() => (more = true))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(more).toBe(false)
    first!.release()
    expect(first!.bytes).toHaveLength(0)
    await waiting
    expect(more).toBe(true)
  })

  it('say whether others came in the same buffer', async () => {
    const a = device('a', null)
    const [large, small] = [chunk('x'.repeat(200_000)), chunk('small')]
    connect(a, device('b', folderOf([large, small])))
    const fetch = ({ id, bytes }: typeof large) => a.exchange.fetch(folder, id, bytes.length, signal)
    const both = await Promise.all([fetch(large), fetch(small)])
    expect(both.map(({ isAlone }) => isAlone)).toEqual([false, false])
    expect((await fetch(large)).isAlone).toBe(true)
  })

  it('are asked for again when the link breaks while the device stays', async () => {
    const a = device('a', null)
    const b = device('b', folderOf(chunks))
    const silent = linked(a.id, b.id)
    a.exchange.attach(silent.toB)
    let bulk = silent.toB
    a.exchange.addPeer({ ...peerOver(silent.toB), bulk: async () => bulk })
    const fetched = Promise.all(chunks.slice(0, 5).map(({ id, bytes }) => a.exchange.fetch(folder, id, bytes.length, signal)))
    await new Promise((resolve) => setTimeout(resolve, 20))
    const { toA, toB } = linked(a.id, b.id)
    a.exchange.attach(toB)
    b.exchange.attach(toA)
    bulk = toB
    silent.toB.close()
    expect(await fetched).toHaveLength(5)
  })

  /** A device whose bulk link breaks `times` times, each time it is asked, and then leads to `served`. */
  function breaking(a: ReturnType<typeof device>, b: ReturnType<typeof device>, times: number): { opened: number } {
    const count = { opened: 0 }
    const first = linked(a.id, b.id)
    a.exchange.addPeer({
      ...peerOver(first.toB),
      bulk: async () => {
        const { toA, toB } = linked(a.id, b.id)
        a.exchange.attach(toB)
        if (++count.opened > times) b.exchange.attach(toA)
        else toA.onMessage(() => toA.close())
        return toB
      },
    })
    return count
  }

  it('are not asked for without end of a device that breaks its link each time', async () => {
    const a = device('a', null)
    const count = breaking(a, device('b', null), Infinity)
    const { id, bytes } = chunks[0]!
    await expect(a.exchange.fetch(folder, id, bytes.length, signal)).rejects.toMatchObject({ code: 'not-found' })
    expect(count.opened).toBe(2)
    for (let tries = 0; tries < 5; tries++)
      await expect(a.exchange.fetch(folder, id, bytes.length, signal)).rejects.toMatchObject({ code: 'not-found' })
    expect(a.struck).toEqual(['b'])
    expect(count.opened).toBeLessThanOrEqual(4)
  })

  it('come from an honest device beside one that breaks its link each time', async () => {
    const a = device('a', null)
    const count = breaking(a, device('b', null), Infinity)
    connect(a, device('c', folderOf(chunks)))
    const got = await Promise.all(chunks.map(({ id, bytes }) => a.exchange.fetch(folder, id, bytes.length, signal)))
    expect(got.every(({ device: from }) => from === 'c')).toBe(true)
    expect(count.opened).toBeLessThanOrEqual(4)
  })

  it('still come from a device whose link breaks now and then', async () => {
    const a = device('a', null)
    breaking(a, device('b', folderOf(chunks)), 1)
    const got = await Promise.all(chunks.slice(0, 5).map(({ id, bytes }) => a.exchange.fetch(folder, id, bytes.length, signal)))
    expect(got.every(({ device: from }) => from === 'b')).toBe(true)
    expect(a.struck).toEqual([])
  })

  it('come from a device that has come back, whatever the link that it had before brings still, and whenever that ends', async () => {
    const a = device('a', null)
    const served = folderOf(chunks)
    const b = device('b', served)
    const former = linked(a.id, b.id)
    a.exchange.attach(former.toB)
    a.exchange.addPeer(peerOver(former.toB))
    const disk = served.disk!
    const { read } = disk
    disk.read = async (pieces) => {
      const other = chunks[1]!.bytes
      await former.toA.send(encodeResponseHead({ number: 1, start: 0, chunks: [other] }), other)
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      former.toA.close()
      return read(pieces)
    }
    connect(a, b)
    const { id, bytes } = chunks[0]!
    expect(Buffer.compare((await a.exchange.fetch(folder, id, bytes.length, signal)).bytes, bytes)).toBe(0)
    expect(served.reads).toBe(1)
  })

  it('end with the caller’s signal', async () => {
    const a = device('a', null)
    a.exchange.addPeer(peerOver(linked('a' as DeviceId, 'mute' as DeviceId).toB))
    const stop = new AbortController()
    const fetched = a.exchange.fetch(folder, chunks[0]!.id, 5, stop.signal)
    stop.abort(new Error('enough'))
    await expect(fetched).rejects.toThrow('enough')
  })
})
