import { createHash } from 'node:crypto'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLogger } from '#base'
import { blockKeyId, openBlock } from '#content'
import { toHex, type ChunkId } from '#model'
import { loadIdentity } from '#peers'
import { pair, type Device } from '../../scripts/device.ts'
import { unwrapDataKey } from '../../src/peers/wrap.ts'
import { Cluster, settle, until } from './cluster.ts'
import { blocksOnDisk, chunksOnDisk, groupOnDisk, type BlockOnDisk } from './disks.ts'
import { describeTree, differences, noise, write } from './trees.ts'

const PASSPHRASE = 'seven hills and a river'
const MB = 1_000_000
const cluster = new Cluster()
const file = join(cluster.directory, 'kit.txt')
/** Anna has made all, and is gone for good; the others were never in a group with her, but for the storage devices, which have half each, and Dora. */
let anna: Device
let nas: Device
let attic: Device
/** Was removed after the kit was made. */
let dora: Device
let ben: Device
let carla: Device
let exported: Exported
let address = ''
/** What Anna's folders looked like when she was last seen. */
const trees: Record<string, ReturnType<typeof describeTree>> = {}
/** What lay on the storage devices when Dora was removed. */
let early: BlockOnDisk[] = []

interface Exported {
  folders: { name: string }[]
  name: string
  words: string[] | null
  notes: { message: string }[]
}

interface Restored {
  folders: { name: string; path: string | null }[]
  notes: { message: string; hint: string }[]
}

/** Larger than 64 chunks of 256 KiB; `seed` is in the last of them. */
function image(seed: string): Buffer {
  return Buffer.concat([Buffer.alloc(17 * MB, noise(100_000, 'image')), Buffer.from(seed)])
}

const untilProtected = (folder: string): Promise<unknown> =>
  anna.cli('wait', '--folder', folder, '--for', 'protected', '--timeout', '40s')

const stored = (): BlockOnDisk[] => [nas, attic].flatMap((device) => blocksOnDisk(device))

beforeAll(async () => {
  const env = { HOLDFAST_PASSPHRASE: PASSPHRASE }
  const names = ['anna', 'nas', 'attic', 'dora', 'ben', 'carla']
  ;[anna, nas, attic, dora, ben, carla] = (await Promise.all(names.map((name) => cluster.start(name, { env })))) as [
    Device,
    Device,
    Device,
    Device,
    Device,
    Device,
  ]
  address = nas.ready.addresses[0]!
  // One copy of each piece: what one storage device has the other has not.
  await anna.client.configSet({ key: 'replication_factor', value: 1 })
  for (const device of [nas, attic]) {
    await device.client.configSet({ key: 'pledge', value: 1000 * MB })
    await device.client.joinGroup({ code: (await anna.client.createInvite({ role: 'storage' })).code })
  }
  await pair(anna, dora)
  await until('all are connected', async () => (await anna.client.status()).peers.every(({ connected }) => connected))
  const pledges = async (): Promise<number> =>
    (await anna.client.devices()).filter(({ pledgeBytes }) => pledgeBytes === 1000 * MB).length
  await until('both have pledged', async () => (await pledges()) === 2)
  const [place] = (await cluster.share('thesis', [anna, dora], (root) => {
    write(root, 'notes.txt', 'first')
    write(root, 'gone.txt', 'deleted when the kit had been made')
    write(root, 'backup.iso', image('first'))
  })) as [string, string]
  await settle('thesis', anna, dora)
  await untilProtected('thesis')
  exported = await anna.cli<Exported>('recovery', 'export', file, '--words')
  await dora.stop()
  early = stored()
  // What comes later is for the kit, too: another key, what is sealed with it, and another folder.
  await anna.client.removeDevice({ device: 'dora' })
  rmSync(join(place, 'gone.txt'))
  write(place, 'backup.iso', image('second'))
  write(place, 'notes.txt', 'second')
  const [photos] = (await cluster.share('photos', [anna], (root) => write(root, 'one.jpg', noise(MB, 'photo')))) as [string]
  for (const folder of ['thesis', 'photos']) {
    await settle(folder, anna)
    await untilProtected(folder)
  }
  Object.assign(trees, { thesis: describeTree(place), photos: describeTree(photos) })
  await anna.stop()
  for (const lost of [anna.options.home, place, photos]) rmSync(lost, { recursive: true })
})
afterAll(() => cluster.end())

function sha(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The content of each version of a path, as hashes, the newest first; null where it is a deletion. */
async function contentsOf(device: Device, path: string): Promise<(string | null)[]> {
  const versions = await device.cli<{ version: string; kind: string }[]>('versions', path)
  const found: (string | null)[] = []
  for (const { version, kind } of versions) {
    const out = join(cluster.directory, `out-${version}`)
    if (kind === 'file') await device.cli('restore', path, '--version', version, '--to', out)
    found.push(kind === 'file' ? sha(readFileSync(out)) : null)
  }
  return found
}

const byName = ({ folders }: Restored): Restored['folders'] => folders.toSorted((a, b) => (a.name < b.name ? -1 : 1))

test('a kit is for its owner alone, is no offline computer, and tells nobody what is in it', async () => {
  expect(exported).toMatchObject({ name: 'recovery-kit', folders: [{ name: 'thesis' }], notes: [] })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const text = readFileSync(file, 'utf8')
  for (const told of ['thesis', 'photos', 'anna', address, nas.ready.device]) expect(text).not.toContain(told)
  const roles = (await nas.client.devices()).map(({ name, role }) => `${name} ${role}`)
  expect(roles.toSorted()).toEqual(['anna member', 'attic storage', 'nas storage', 'recovery-kit recovery'])
  expect((await nas.client.status()).peers.map(({ name }) => name).toSorted()).toEqual(['anna', 'attic'])
})

test('what is sealed since a device was removed has a key that it was not given, and what it had keeps the old one', async () => {
  const group = await groupOnDisk(dora, dora)
  const folder = group.state.folders.find(({ name }) => name === 'thesis')!.id
  const hers = new Map(group.dataKeys(folder).map(({ id, key }) => [toHex(id), key]))
  expect(hers.size).toBe(1)
  const had = new Set(early.map(({ digest }) => digest))
  const now = stored().filter((block) => block.folder === folder)
  expect(now.map(({ bytes }) => bytes)).not.toContain(null)
  const [old, since] = [now.filter(({ digest }) => had.has(digest)), now.filter(({ digest }) => !had.has(digest))]
  expect(old).toHaveLength(had.size)
  const open = ({ bytes, chunk }: BlockOnDisk, keyOf: (id: string) => Uint8Array | undefined): number =>
    openBlock(bytes!, { folder, chunk: chunk as ChunkId }, keyOf).length
  for (const block of old) expect(open(block, (id) => hers.get(id))).toBeGreaterThan(0)
  expect(since.length).toBeGreaterThan(2)
  expect(new Set(since.map(({ bytes }) => blockKeyId(bytes!)))).toHaveLength(1)
  for (const block of since) {
    expect(() => open(block, (id) => hers.get(id))).toThrow('that this device does not have')
    for (const key of hers.values()) expect(() => open(block, () => key)).toThrow('is damaged')
  }
  // Nor does any wrap of a key open to it that the group has come to have since.
  const later = await groupOnDisk(dora, nas)
  const { device, x25519 } = await loadIdentity(dora.options.home, silentLogger)
  const keys = later.state.dataKeys(folder)!
  const holders = [device, ...[...later.state.devices, ...later.state.kits].map((each) => each.device)]
  const wraps = keys.all().flatMap((name) => holders.flatMap((holder) => keys.wraps(name, holder)))
  expect(new Set(wraps.map(({ id }) => toHex(id)))).toHaveLength(2)
  const opened = wraps.filter(
    (wrap) => unwrapDataKey({ ...wrap, device }, { group: later.state.id, folder }, x25519) !== undefined,
  )
  expect(opened.map(({ id }) => toHex(id))).toEqual([...hers.keys()])
})

test('with the file and storage devices of which none has all an empty device gets the folders back, with their history', async () => {
  const [here, there] = [chunksOnDisk(nas), chunksOnDisk(attic)]
  for (const [some, others] of [
    [here, there],
    [there, here],
  ] as const)
    expect([...some].filter((chunk) => !others.has(chunk)).length).toBeGreaterThan(10)
  const to = join(cluster.directory, 'back')
  const wrong = { file, passphrase: 'eight hills and a river', to }
  await expect(ben.client.restoreRecovery(wrong)).rejects.toMatchObject({ code: 'denied' })
  expect(await ben.client.devices()).toHaveLength(1)
  const restored = await ben.cli<Restored>('recovery', 'restore', file, '--to', to)
  expect(byName(restored)).toMatchObject(['photos', 'thesis'].map((name) => ({ name, path: join(to, name) })))
  expect(restored.notes).toMatchObject([{ message: 'anna: in the group, and not connected.' }])
  expect(restored.notes[0]!.hint).toContain('holdfast devices remove anna')
  for (const [folder, tree] of Object.entries(trees)) {
    await until(`${folder} is back`, () => differences(tree, describeTree(join(to, folder))).length === 0, 90_000)
  }
  expect(await contentsOf(ben, 'thesis/notes.txt')).toEqual(['second', 'first'].map(sha))
  expect(await contentsOf(ben, 'thesis/gone.txt')).toEqual([null, sha('deleted when the kit had been made')])
  expect(await contentsOf(ben, 'thesis/backup.iso')).toEqual(['second', 'first'].map((seed) => sha(image(seed))))
  expect(await contentsOf(ben, 'photos/one.jpg')).toEqual([sha(noise(MB, 'photo'))])
  // Done again it says the same, and changes nothing.
  expect(await ben.cli<Restored>('recovery', 'restore', file, '--to', to)).toMatchObject({ folders: restored.folders })
  await ben.client.removeDevice({ device: 'anna' })
  await until('the storage device has heard of it', async () => !(await nas.client.devices()).some(({ name }) => name === 'anna'))
})

test('with the words and an address as well, on a device that has no folders', async () => {
  const [place] = await cluster.share('own', [carla])
  const kit = { words: exported.words!.join(' '), addresses: [address] }
  await expect(carla.client.restoreRecovery(kit)).rejects.toMatchObject({ code: 'conflict' })
  await carla.client.leaveFolder({ folder: 'own' })
  rmSync(place!, { recursive: true })
  const restored = await carla.client.restoreRecovery(kit)
  expect(byName(restored)).toMatchObject(['photos', 'thesis'].map((name) => ({ name, path: null })))
})
