import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { chunkId, deriveFolderKeys } from '#content'
import { Exchange } from '#exchange'
import type { ChunkId, DeviceId, FolderId } from '#model'
import { folderChunks, type FolderSealing, type ForeignBlock } from '#store'
import type { Device } from '../../scripts/device.ts'
import type { Peer } from '#peers'
import { startDevice, unite, type TestDevice } from '../peers/devices.ts'
import { newForeign, newStore, packIds } from '../store/subjects.ts'
import { Cluster, until } from './cluster.ts'

interface Result {
  blocks: number
  notes: { folder: string; message: string }[]
}

const NEVER = new AbortController().signal
const NAME = 'letters that nobody else may read'
const cluster = new Cluster()
let shelf: Device

beforeAll(async () => {
  shelf = await cluster.start('shelf')
})
afterAll(() => cluster.end())

/** What reads and writes on a device that is only a network, with its keys. */
function exchangeOf(
  { network }: TestDevice,
  folder: FolderId,
): { exchange: Exchange; sealing: () => FolderSealing; struck: DeviceId[] } {
  const sealing = (): FolderSealing => ({
    folder,
    idKey: deriveFolderKeys(network.group.secret(folder)!).idKey,
    keys: network.group.dataKeys(folder).toReversed(),
  })
  const { chunks, foreign } = newStore()
  const struck: DeviceId[] = []
  const exchange = new Exchange({
    clock: systemClock,
    logger: silentLogger,
    folderFor: () => null,
    mayServe: () => false,
    struckOut: (device) => struck.push(device),
    mayHold: (_, device) => device === shelf.ready.device,
    openerOf: () =>
      folderChunks(Object.assign(chunks, { open: foreign.open, sealed: foreign.sealed.bind(foreign) }), folder, sealing),
  })
  const add = (peer: Peer): void => {
    exchange.addPeer(peer)
    peer.onBulk((link) => exchange.attach(link))
  }
  onTestFinished(network.on('connected', add))
  for (const device of network.group.state.devices) {
    const peer = network.peer(device.device)
    if (peer !== undefined) add(peer)
  }
  return { exchange, sealing, struck }
}

function filesBelow(directory: string): string[] {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return found.map(({ parentPath, name }) => join(parentPath, name))
}

test('a storage device holds blocks of a folder that it cannot read, through a kill, and gives them to who can when all else is gone', async () => {
  const [anna, ben, carl] = await Promise.all(['anna', 'ben', 'carl'].map((name) => startDevice(name)))
  await unite(anna!, ben!, carl!)
  const { id: folder } = await anna!.network.group.createFolder({ name: NAME })
  const { code } = await anna!.network.pairing.createInvite({ role: 'storage' })
  await shelf.cli('join', code)
  const holder = shelf.ready.device as DeviceId
  const members = [anna!, ben!, carl!]
  await anna!.network.group.shareFolder(folder, carl!.identity.device, 'none')
  const knows = ({ network }: TestDevice): boolean =>
    network.peer(holder) !== undefined && network.group.state.role(folder, carl!.identity.device) === 'none'
  for (const { network } of [ben!, carl!]) await network.learn(holder, shelf.ready.addresses)
  await until(
    'all are connected, and know the roles',
    () => members.every(knows) && ben!.network.group.dataKeys(folder).length > 0,
  )
  const writer = exchangeOf(anna!, folder)
  const chunks = [3_000, 40_000, 900_000].map((length) => {
    const bytes = Buffer.from(
      randomBytes(16)
        .toString('hex')
        .repeat(length / 32),
    )
    return { id: chunkId(writer.sealing().idKey, bytes) as ChunkId, bytes }
  })
  const blocks = chunks.map((chunk) => newForeign(writer.sealing(), chunk.bytes.length, chunk))
  const ids = packIds(...chunks.map(({ id }) => id))
  const copies = (): ForeignBlock[] => blocks.map((block) => ({ ...block, bytes: new Uint8Array(block.bytes) }))
  await until('the roles are known there, and blocks held', async () => {
    // A connection may yet give way to another one, which ends what was asked over it.
    const outcomes = await writer.exchange.hold(holder, folder, copies(), NEVER).catch(() => ['cut'])
    return outcomes.every((outcome) => outcome === 'stored')
  })
  expect(await writer.exchange.hold(holder, folder, copies(), NEVER)).toEqual(['had', 'had', 'had'])

  const stranger = exchangeOf(carl!, folder)
  expect(await stranger.exchange.hold(holder, folder, copies(), NEVER)).toEqual(['refused', 'refused', 'refused'])
  expect(await stranger.exchange.has(holder, folder, ids, NEVER)).toEqual([false, false, false])
  expect(await stranger.exchange.blocks(holder, folder, ids, NEVER)).toEqual([null, null, null])

  await shelf.kill()
  await anna!.network.stop()
  shelf = await cluster.restart(shelf)
  const reader = exchangeOf(ben!, folder)
  await ben!.network.learn(holder, shelf.ready.addresses)
  await until('it is there again', () => reader.exchange.sources(folder) === 1)
  expect(await reader.exchange.has(holder, folder, ids, NEVER)).toEqual([true, true, true])
  for (const { id, bytes } of chunks) {
    const found = await reader.exchange.fetch(folder, id, bytes.length, NEVER)
    expect(Buffer.compare(found.bytes, bytes)).toBe(0)
    expect(found.device).toBe(holder)
    found.release()
  }
  expect(reader.struck).toEqual([])

  const freed = await shelf.cli<Result>('gc')
  expect(freed).toMatchObject({ blocks: 0, notes: [{ message: expect.stringContaining('held for other devices') as string }] })
  expect(await reader.exchange.has(holder, folder, ids, NEVER)).toEqual([true, true, true])
  const kept = filesBelow(join(shelf.options.home, 'store')).map((file) => readFileSync(file))
  expect(kept.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(1_000)
  for (const { bytes } of chunks) expect(kept.some((file) => file.includes(bytes.subarray(0, 24)))).toBe(false)
})
