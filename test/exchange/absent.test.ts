import { describe, expect, it } from 'vitest'
import { silentLogger } from '#base'
import { Exchange, findAnywhere, type Absence, type ChunkSources } from '#exchange'
import type { DeviceId } from '#model'
import { HandClock } from '../base/hand-clock.ts'
import { newChunk, newForeign, packIds } from '../store/subjects.ts'
import { connect, connectTo, device, folder, NEVER, sealing, type Device } from './block-devices.ts'
import { linked, peerOver } from './linked.ts'

const chunk = newChunk(sealing, 3_000)
const NOWHERE: ChunkSources['here'] = {
  index: { locate: async () => [[]], manifestPieces: async () => [null] },
  disk: null,
  store: null,
}

/** Who answered that a chunk is not there; null: nothing can be told. */
async function absence(a: Pick<Device, 'exchange'>, here = NOWHERE): Promise<Absence | null> {
  let found: Absence | null = null
  const absent = (_: unknown, said: Absence): void => void (found = said)
  await findAnywhere({ folder, idKey: sealing.idKey, here, exchange: a.exchange, absent }, packIds(chunk.id), [3_000], NEVER)
  return found
}

/** A device that has the folder, and gives what it is asked for as `bytes`, or does not have it, or where it `fails` cannot read it. */
function reader(name: string, bytes: Uint8Array | null = null, fails: 'to find' | 'to read' | null = null): Device {
  const stat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }
  const exchange = new Exchange({
    clock: new HandClock(),
    logger: silentLogger,
    folderFor: () => ({
      index: {
        async locate() {
          if (fails === 'to find') throw new Error('disk I/O error')
          return [bytes === null && fails === null ? [] : [{ path: 'f', offset: 0, length: 3_000, stat }]]
        },
        manifestPieces: async () => [null],
      },
      disk: { read: async () => [bytes] },
      store: null,
    }),
    mayServe: () => false,
    struckOut: () => undefined,
  })
  return { ...device(name), exchange }
}

describe('a chunk that is nowhere', () => {
  it('is known to be so from the answers of all devices that were asked', async () => {
    const a = device('a')
    expect(await absence(a)).toEqual({ open: [], sealed: [], isSure: true })
    a.set.readers = ['b', 'c']
    connect(a, reader('b'))
    connect(a, reader('c'))
    connect(a, device('holder'))
    const found = await absence(a)
    expect(found).toEqual({ open: expect.arrayContaining(['b', 'c']) as string[], sealed: ['holder'], isSure: true })
    expect(found!.open.length).toBe(2)
  })

  it('is not known to be so where a place on this disk should have it', async () => {
    const stat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }
    const locate = async () => [[{ path: 'f', offset: 0, length: 3_000, stat }]]
    const here = { ...NOWHERE, index: { ...NOWHERE.index, locate }, disk: { read: async () => [null] } }
    expect(await absence(device('a'), here)).toBeNull()
  })

  it('is not where a device breaks its link each time, goes away, or does not answer in time', async () => {
    const a = device('a')
    a.set.readers = ['breaking', 'b']
    connectTo(a, 'breaking', (_, link) => link.close('it broke'))
    connect(a, reader('b'))
    expect(await absence(a)).toMatchObject({ open: ['b'], isSure: false })

    const gone = device('a')
    gone.set.readers = ['mute']
    const mute = peerOver(linked(gone.id, 'mute' as DeviceId).toB)
    gone.exchange.addPeer(mute)
    const asking = absence(gone)
    setTimeout(() => mute.leave(), 20)
    expect(await asking).toMatchObject({ open: [], isSure: false })

    const clock = new HandClock()
    const waiting = device('a', { clock })
    waiting.set.readers = ['mute']
    waiting.exchange.addPeer(peerOver(linked(waiting.id, 'mute' as DeviceId).toB))
    let found: Absence | null | undefined
    void absence(waiting).then((said) => (found = said))
    for (let passed = 0; passed < 400 && found === undefined; passed++) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.pass(1_000)
    }
    expect(found).toMatchObject({ open: [], isSure: false })
  })

  it('is not where a device cannot read what it has, which is no fault of its own', async () => {
    for (const fails of ['to find', 'to read'] as const) {
      const a = device('a')
      a.set.readers = ['b', 'c']
      connect(a, reader('b'))
      connect(a, reader('c', null, fails))
      expect(await absence(a)).toMatchObject({ open: ['b'], isSure: false })
      expect(a.struck).toEqual([])
    }
    const [b, holder] = [device('b'), device('holder')]
    connect(b, holder)
    holder.store.foreign.sealed = () => Promise.reject(new Error('disk I/O error'))
    expect(await absence(b)).toMatchObject({ sealed: [], isSure: false })
  })

  it('is not where a device gives something else', async () => {
    const a = device('a')
    a.set.readers = ['liar', 'b']
    connect(a, reader('liar', new Uint8Array(3_000)))
    connect(a, reader('b'))
    // It has struck out then, and is not even asked.
    expect(await absence(a)).toMatchObject({ open: ['b'] })
    expect(a.struck).toEqual(['liar'])
    const short = device('a')
    short.set.readers = ['liar']
    connect(short, reader('liar', new Uint8Array(7)))
    expect(await absence(short)).toMatchObject({ open: [], isSure: false })
  })

  it('is not where a device that holds blocks breaks its link, or gives what is none of that chunk', async () => {
    const a = device('a')
    connectTo(a, 'old', (_, link) => link.close('a frame of an unknown type'))
    connect(a, device('holder'))
    expect(await absence(a)).toEqual({ open: [], sealed: ['holder'], isSure: false })
    const [b, liar] = [device('b'), device('liar')]
    connect(b, liar)
    const wrong = newForeign(sealing, 3_000).bytes
    await liar.store.foreign.take(folder, [{ ...newForeign(sealing, 3_000, chunk), bytes: wrong }], null)
    expect(await absence(b)).toMatchObject({ sealed: [], isSure: false })
  })
})
