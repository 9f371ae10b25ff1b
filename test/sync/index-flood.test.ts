import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { inProcess, type FolderIndex } from '#db'
import { encodeCbor, idBytes } from '#model'
import { decodeMessage, encodeMessage, type SyncEngine } from '#sync'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, file, FOLDER, NOW, open } from '../db/fixtures.ts'
import { MemoryLink } from '../peers/memory-link.ts'
import { engineOf, peerOver, until } from './engines.ts'

const ASKS = encodeMessage({
  type: 'state',
  folder: FOLDER,
  have: [],
  needEntries: 0,
  needBytes: 0,
  materialised: true,
  asks: true,
})

/** A device that floods `engine`: what it sends is handed over, what it gets stays unread until `read`. */
class Flooder {
  answers = 0
  bytes = 0
  readonly link: MemoryLink
  #listener: (message: Uint8Array) => void | Promise<void> = () => undefined
  #read: (() => void)[] = []

  constructor(engine: SyncEngine) {
    this.link = new MemoryLink(B.id)
    this.link.onMessage = (listener) => (this.#listener = listener)
    this.link.send = (message) => {
      this.answers++
      this.bytes += message.length
      return new Promise((resolve) => this.#read.push(resolve))
    }
    engine.addPeer(peerOver(this.link))
  }

  /** Without waiting for its turn. */
  send(message: Uint8Array): void {
    void this.#listener(message)
  }

  read(): void {
    for (const resolve of this.#read.splice(0)) resolve()
  }
}

function indexOf(entries: number): SqliteFolderIndex {
  const index = open(A)
  for (let at = 0; at < entries; at++) index.author([file(`f${at}`, 'x')], { now: NOW + at })
  return index
}

describe('a device that floods the index protocol', () => {
  test('with questions has one answer under way, and gets the newest when it reads', async () => {
    const index = indexOf(3)
    const { engine, folder } = await engineOf(index)
    const flooder = new Flooder(engine)
    for (let n = 0; n < 20_000; n++) flooder.send(ASKS)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(flooder.answers).toBe(1)
    index.author([file('more', 'x')], { now: NOW + 10 })
    flooder.read()
    await until(() => flooder.answers === 2)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(flooder.answers).toBe(2)
    expect(folder.exchange.peers).toHaveLength(1)
    await engine.stop()
  })

  test('is read at a measured pace', async () => {
    const { engine } = await engineOf(indexOf(1))
    const flooder = new Flooder(engine)
    let read = 0
    const link = flooder.link
    const states = 3000
    void (async () => {
      const paced = new MemoryLink(B.id)
      paced.onMessage = (listener) => {
        void (async () => {
          for (; read < states && !paced.closed.aborted; read++) await listener(ASKS)
        })()
      }
      engine.addPeer(peerOver(paced))
    })()
    await new Promise((resolve) => setTimeout(resolve, 500))
    // 4 MiB at once, then 1 MiB a second, each message 4 KiB at least.
    expect(read).toBeGreaterThan(1000)
    expect(read).toBeLessThan(1400)
    expect(link.closed.aborted).toBe(false)
    await engine.stop()
  })

  test('without a role costs next to nothing: its messages are not read', async () => {
    let may = false
    const { engine, said } = await engineOf(indexOf(1), { mayRead: () => may })
    const flooder = new Flooder(engine)
    const chains = Array.from({ length: 16_384 }, () => [randomBytes(32), 1, 1])
    const large = encodeCbor([1, idBytes(FOLDER), chains, 0, 0, true, true])
    const began = performance.now()
    for (let n = 0; n < 500; n++) flooder.send(large)
    const unread = performance.now() - began
    for (let n = 0; n < 25; n++) expect(() => decodeMessage(large)).toThrow('too many authors')
    const read = 20 * (performance.now() - began - unread)
    expect(unread).toBeLessThan(read / 5)
    expect(said).toEqual([])
    expect(flooder.answers).toBe(0)
    may = true
    flooder.send(large)
    await until(() => said.length > 0)
    expect(said[0]).toContain('too many authors')
    await engine.stop()
  })

  test('with what does not begin as a message loses its link', async () => {
    for (const rubbish of [new Uint8Array(0), Uint8Array.of(0x87, 1), new Uint8Array(40).fill(0x87), ASKS.with(1, 9)]) {
      const { engine, said } = await engineOf(indexOf(1))
      const flooder = new Flooder(engine)
      flooder.send(rubbish)
      await until(() => flooder.link.closed.aborted)
      expect(said).toHaveLength(1)
      await engine.stop()
    }
  })

  test('with wants that it does not take answers to loses its link', async () => {
    const { engine, said } = await engineOf(indexOf(3))
    const flooder = new Flooder(engine)
    const want = encodeMessage({ type: 'want', folder: FOLDER, author: A.id, epoch: NOW * 1024, seq: 1 })
    for (let n = 0; n < 300; n++) flooder.send(want)
    await until(() => flooder.link.closed.aborted)
    expect(said).toEqual(['asks for records faster than it takes them'])
    expect(flooder.answers).toBeLessThanOrEqual(2)
    await engine.stop()
  })
})

describe('a state', () => {
  test('that could not be made is told with the next retry', async () => {
    const real = inProcess<FolderIndex>(indexOf(1))
    let broken = false
    const index = new Proxy(real, {
      get: (target, name: keyof FolderIndex) =>
        name === 'have' && broken ? () => Promise.reject(new Error('disk I/O error')) : target[name],
    })
    const { engine, folder } = await engineOf(index)
    broken = true
    const flooder = new Flooder(engine)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(flooder.answers).toBe(0)
    broken = false
    await until(() => flooder.answers === 1)
    expect(folder.exchange.peers).toHaveLength(1)
    await engine.stop()
  })
})
