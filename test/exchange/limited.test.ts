import { expect, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { Exchange, type LocalFolder } from '#exchange'
import { folderIdOf, type ChunkId, type FolderId } from '#model'
import { peerOf, startDevice, unite, until, type TestDevice } from '../peers/devices.ts'

const MIB = 1024 * 1024
const BULK = folderIdOf(new Uint8Array(16).fill(1))
const OTHER = folderIdOf(new Uint8Array(16).fill(2))

/** A folder with any chunk one asks for, all of one length. */
function folderOf(length: number): LocalFolder {
  const stat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }
  const places = [{ path: 'a', offset: 0, length, stat }]
  return {
    index: {
      locate: async (ids: Uint8Array) => Array.from({ length: ids.length / 32 }, () => places),
      manifestPieces: async () => [],
    },
    store: null,
    disk: { read: async (pieces: readonly unknown[]) => pieces.map(() => new Uint8Array(length)) },
  }
}

/** Over real bulk links. */
function exchangeOf({ network }: TestDevice, folders: ReadonlyMap<FolderId, LocalFolder>): Exchange {
  const exchange = new Exchange({
    clock: systemClock,
    logger: silentLogger,
    folderFor: (folder) => folders.get(folder) ?? null,
    mayServe: () => true,
    struckOut: () => undefined,
  })
  network.on('connected', (peer) => {
    peer.onBulk((link) => exchange.attach(link))
    exchange.addPeer(peer)
  })
  return exchange
}

test('a small file does not wait for what a device took on before it was limited, nor does one for another device', async () => {
  const [anna, ben, cora] = [await startDevice('anna'), await startDevice('ben'), await startDevice('cora')]
  const folders = new Map([
    [BULK, folderOf(MIB)],
    [OTHER, folderOf(35)],
  ])
  exchangeOf(anna, folders)
  const there = [ben, cora].map((device) => exchangeOf(device, new Map()))
  await unite(anna, ben, cora)
  for (const device of [ben, cora]) await peerOf(device, anna)

  const [bulk, small] = [new AbortController(), new AbortController()]
  const fetch = async (exchange: Exchange, folder: FolderId, at: number, length: number, signal: AbortSignal): Promise<void> => {
    const { release } = await exchange.fetch(folder, at.toString(16).padStart(64, '0') as ChunkId, length, signal)
    release()
  }
  let came = 0
  for (let at = 0; at < 400; at++)
    fetch(there[0]!, BULK, at, MIB, bulk.signal).then(
      () => came++,
      () => undefined,
    )
  await until(() => came > 40)
  anna.network.limits.set(50_000, 0)
  // What the line has taken already comes, and then nothing that would make room.
  await new Promise((resolve) => setTimeout(resolve, 300))
  const since = performance.now()
  await Promise.all(there.map((exchange) => fetch(exchange, OTHER, 0, 35, small.signal)))
  expect(performance.now() - since).toBeLessThan(2_000)
  expect(came).toBeLessThan(400)
  bulk.abort()
})
