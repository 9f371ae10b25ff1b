import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, joinOffered, settle, until } from './cluster.ts'
import { describeTree, differences, noise, write, writeSmallFiles } from './trees.ts'

const LARGE = 80_000_000
const SMALL = 1_000
/** Of one test: some megabytes are written several times. */
const TIMEOUT_MS = 90_000

const cluster = new Cluster()
let sender: Device
let receiver: Device

beforeAll(async () => {
  ;[sender, receiver] = (await cluster.group(['sender', 'receiver'])) as [Device, Device]
}, TIMEOUT_MS)
afterAll(() => cluster.end())

type Side = 'sender' | 'receiver'

async function killAndRestart(side: Side): Promise<void> {
  const device = side === 'sender' ? sender : receiver
  const tree = device.tree
  await device.kill()
  await until('what it had started has ended too', () => tree.every((pid) => !existsSync(`/proc/${pid}/cwd`)), 5_000)
  const again = await cluster.restart(device)
  if (side === 'sender') sender = again
  else receiver = again
}

/** The bytes of a folder's files that have come to the receiver's disk, staged ones included. */
function arrived(place: string): number {
  if (!existsSync(place)) return 0
  return readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
}

/** Every file at the path it will have is whole: it equals the sender's. */
function expectWholeFiles(here: string, there: string): void {
  const [wanted, found] = [describeTree(here, { times: false }), describeTree(there, { times: false })]
  const half = Object.keys(found).filter((path) => found[path]?.startsWith('file') && found[path] !== wanted[path])
  expect(half).toEqual([])
}

const big = noise(LARGE, 'large')

test.each([
  ['receiver', 0.05],
  ['receiver', 0.9],
  ['sender', 0.3],
] as const)(
  'kill -9 of the %s when %d of a large file has come: it goes on, and the file is whole',
  async (side, part) => {
    const folder = `large-${side}-${part}`
    const [here, there] = [cluster.place(sender, folder), cluster.place(receiver, folder)]
    write(here, 'file', big)
    await sender.client.createFolder({ path: here, name: folder })
    await sender.client.scan({ folder })
    await joinOffered(receiver, folder, there)
    const progress = async () => ({
      here: await folderOf(sender, folder),
      there: await folderOf(receiver, folder),
      ...(await receiver.client.transfers()),
    })
    const hasCome = async (): Promise<boolean> => {
      const { there: state, transfers } = await progress()
      if (existsSync(join(there, 'file'))) return true
      const [transfer] = transfers
      return state.needEntries > 0 && state.needBytes > 0 && transfer !== undefined && transfer.bytes >= part * LARGE
    }
    await until('part of it has come', hasCome, 40_000, progress)
    await killAndRestart(side)
    expectWholeFiles(here, there)
    await settle(folder, sender, receiver)
    expectSame(here, there)
  },
  TIMEOUT_MS,
)

test.each([
  ['receiver', 0.1],
  ['receiver', 0.6],
  ['sender', 0.3],
  ['sender', 0.8],
] as const)(
  'kill -9 of the %s when %d of many small files have come: no file is half, none is missed',
  async (side, part) => {
    const folder = `small-${side}-${part}`
    const [here, there] = [cluster.place(sender, folder), cluster.place(receiver, folder)]
    writeSmallFiles(here, SMALL, folder)
    const before = describeTree(here)
    await sender.client.createFolder({ path: here, name: folder })
    await joinOffered(receiver, folder, there)
    await until('part of them has come', () => arrived(there) >= part * SMALL)
    await killAndRestart(side)
    expectWholeFiles(here, there)
    await settle(folder, sender, receiver)
    expectSame(here, there)
    expect(differences(before, describeTree(here))).toEqual([])
    expect((await folderOf(receiver, folder)).conflicts).toBe(0)
  },
  TIMEOUT_MS,
)

test(
  'kill -9 while a folder is scanned for the first time, of either side while files are replaced',
  async () => {
    const folder = 'edits'
    const [here, there] = [cluster.place(sender, folder), cluster.place(receiver, folder)]
    writeSmallFiles(here, SMALL, 'first')
    await sender.client.createFolder({ path: here, name: folder })
    await killAndRestart('sender')
    await joinOffered(receiver, folder, there)
    await settle(folder, sender, receiver)
    expectSame(here, there)

    for (const side of ['receiver', 'sender'] as const) {
      const old = describeTree(here, { times: false })
      writeSmallFiles(here, SMALL, `second ${side}`)
      const fresh = describeTree(here, { times: false })
      void sender.client.scan({ folder }).catch(() => undefined)
      await until('some are replaced', () => readFileSync(join(there, 'd3/f300'), 'utf8').startsWith(`second ${side}`))
      await killAndRestart(side)
      const now = describeTree(there, { times: false })
      expect(Object.keys(old).filter((path) => now[path] !== old[path] && now[path] !== fresh[path])).toEqual([])
      await settle(folder, sender, receiver)
      expectSame(here, there)
      expect(Object.keys(describeTree(there))).toHaveLength(Object.keys(old).length)
      expect((await folderOf(sender, folder)).conflicts).toBe(0)
    }
  },
  TIMEOUT_MS,
)

test(
  'a first save after a kill is not taken for an older one',
  async () => {
    const folder = 'epoch'
    const [here, there] = (await cluster.share(folder, [sender, receiver], (root) => write(root, 'note', 'one'))) as [
      string,
      string,
    ]
    await settle(folder, sender, receiver)
    for (const text of ['two', 'three', 'four']) {
      write(here, 'note', text)
      await sender.client.scan({ folder })
      await killAndRestart('sender')
    }
    await settle(folder, sender, receiver)
    expect(readFileSync(join(there, 'note'), 'utf8')).toBe('four')
    expect(describeTree(there)).toEqual(describeTree(here))
  },
  TIMEOUT_MS,
)
