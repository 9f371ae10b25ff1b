import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, joinOffered, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

const FOLDER = 'thesis'
const FILES = 250
/** Each file is written so often: 1,000 versions in all. */
const ROUNDS = 4
/** Every so manieth file is restored, in all its versions. */
const SAMPLE = 25
const REPLICAS = 3
/** Bits that are flipped, on fewer disks than there are copies. */
const FLIPS = 1_000
/** What no storage device may be found to have: words that are in names, and in files. */
const [SECRET_NAME, SECRET] = ['a-name-that-nobody-may-read', 'the-words-that-nobody-may-read']

const cluster = new Cluster()
let anna: Device
let ben: Device
let attic: Device
let barn: Device
let cellar: Device
let [place, other] = ['', '']

async function storage(name: string, pledge: string): Promise<Device> {
  const device = await cluster.start(name)
  await device.cli('config', 'set', 'pledge', pledge)
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await device.cli('join', code)
  return device
}

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
  await anna.cli('config', 'set', 'pledge', '20MB')
  await ben.cli('config', 'set', 'pledge', '30MB')
  attic = await storage('attic', '40MB')
  barn = await storage('barn', '80MB')
  cellar = await storage('cellar', '120MB')
  ;[place] = (await cluster.share(FOLDER, [anna], (root) => writeRound(root, 0, () => true))) as [string]
  other = cluster.place(ben, FOLDER)
  await joinOffered(ben, FOLDER, other)
  await settle(FOLDER, anna, ben)
})
afterAll(() => cluster.end())

function pathOf(file: number): string {
  return `${SECRET_NAME}/${file % 10}/${file}.txt`
}

/** What a file is in a round: of 1 KB to 20 KB, but for a few large ones. */
function contentOf(file: number, round: number): Buffer {
  const length = file % 50 === 0 ? 300_000 : 1_000 + ((file * 613 + round * 97) % 19_000)
  return Buffer.concat([Buffer.from(`${SECRET} ${file} ${round}\n`), noise(length, `${file} ${round}`)])
}

function writeRound(root: string, round: number, isMine: (file: number) => boolean): void {
  for (let file = 0; file < FILES; file++) if (isMine(file)) write(root, pathOf(file), contentOf(file, round))
}

/** All blocks of a device by the ids of their chunks, in hex, as its disk has them. */
function chunksOf({ options }: Device): string[] {
  const store = join(options.home, 'store')
  const db = new DatabaseSync(join(store, 'store.db'), { readOnly: true, timeout: 10_000 })
  try {
    const rows = db.prepare('SELECT hex(chunk) AS chunk, bytes IS NULL AS apart FROM blocks WHERE damaged = 0').all()
    const files = readdirSync(store, { recursive: true }).filter((name) => String(name).endsWith('.block'))
    expect(files.length).toBeGreaterThanOrEqual(rows.filter(({ apart }) => apart === 1).length)
    return rows.map(({ chunk }) => String(chunk))
  } finally {
    db.close()
  }
}

/** How the ids of the chunks begin that are in the files on a device's disk, by its index. */
function liveOn({ options }: Device): Set<string> {
  const index = join(options.home, 'index')
  const name = readdirSync(index).find((file) => file.endsWith('.db') && file !== 'device.db')!
  const db = new DatabaseSync(join(index, name), { readOnly: true, timeout: 10_000 })
  try {
    const rows = db.prepare('SELECT DISTINCT prefix FROM chunks WHERE path >= 0').all()
    return new Set(rows.map(({ prefix }) => Number(prefix).toString(16).toUpperCase().padStart(12, '0')))
  } finally {
    db.close()
  }
}

/** Flips bits of what a device's store has on the disk: each byte of each file as likely as any other. The names of these files. */
function flipBits({ options }: Device, count: number, seed: string): Set<string> {
  const store = join(options.home, 'store')
  const files = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'))
    .map(({ parentPath, name }) => join(parentPath, name))
  const sizes = files.map((file) => statSync(file).size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const dice = noise(8 * count, seed)
  const hit = new Set<string>()
  for (let at = 0; at < count; at++) {
    let place = dice.readUIntLE(8 * at, 6) % total
    const which = sizes.findIndex((size) => (place < size ? true : ((place -= size), false)))
    const fd = openSync(files[which]!, 'r+')
    const byte = Buffer.alloc(1)
    readSync(fd, byte, 0, 1, place)
    byte[0]! ^= 1 << (dice[8 * at + 7]! % 8)
    writeSync(fd, byte, 0, 1, place)
    closeSync(fd)
    hit.add(basename(files[which]!))
  }
  return hit
}

/** On how many of these disks each chunk is: as a block, or on a member's in a file. */
function copies(members: readonly Device[], storages: readonly Device[]): Map<string, number> {
  const disks = [...members, ...storages].map((device) => new Set(chunksOf(device)))
  const live = members.map(liveOn)
  const chunks = new Set(disks.flatMap((disk) => [...disk]))
  const count = (chunk: string): number =>
    disks.filter((disk, at) => disk.has(chunk) || live[at]?.has(chunk.slice(0, 12)) === true).length
  return new Map([...chunks].map((chunk) => [chunk, count(chunk)]))
}

let known = new Set<string>()
/** Ids that no chunk ever had. */
const strange = new Set<string>()

/** In how many bits two ids, in hex, differ. */
function differingBits(one: string, other: string): number {
  const [a, b] = [BigInt(`0x${one}`), BigInt(`0x${other}`)]
  return (a ^ b).toString(2).replaceAll('0', '').length
}

/** Every chunk that there was is on so many disks as it is to be. */
function expectCopies(members: readonly Device[], storages: readonly Device[]): void {
  const found = copies(members, storages)
  expect([...known].filter((chunk) => !found.has(chunk))).toEqual([])
  expect([...found].filter(([chunk, count]) => count < REPLICAS && !strange.has(chunk))).toEqual([])
  known = new Set([...found.keys()].filter((chunk) => !strange.has(chunk)))
}

async function untilProtected(...devices: Device[]): Promise<void> {
  await Promise.all(devices.map((device) => device.cli('wait', '--folder', FOLDER, '--for', 'protected', '--timeout', '90s')))
}

/** The same home again, without the blocks and the replaced files that it had. */
async function withoutStore(device: Device, root: string): Promise<Device> {
  await device.stop()
  for (const lost of [join(device.options.home, 'store'), join(root, '.holdfast/archive')])
    rmSync(lost, { recursive: true, force: true })
  return cluster.restart(device)
}

async function untilConnected(device: Device, ...others: Device[]): Promise<void> {
  await until('they are connected', async () => {
    const { peers } = await device.client.status()
    return others.every(({ ready }) => peers.some((peer) => peer.device === ready.device && peer.connected))
  })
}

let restored = 0

/** Some paths, in every version that they ever had, are byte for byte what was written. */
async function expectRestored(device: Device, rounds = ROUNDS): Promise<void> {
  const out = join(cluster.directory, `out-${restored++}`)
  mkdirSync(out)
  for (let file = 0; file < FILES; file += SAMPLE) {
    const of = { folder: FOLDER, path: pathOf(file) }
    const versions = (await device.client.versions(of)).toReversed()
    expect(versions.length).toBe(rounds)
    for (const [round, { version }] of versions.entries()) {
      const to = join(out, `${file}-${round}`)
      await device.client.restore({ ...of, version, to })
      expect(readFileSync(to).equals(contentOf(file, round)), `${of.path} as it was in round ${round}`).toBe(true)
    }
  }
}

/** No file below a directory has any of these in its name or its bytes: words, and parts of what files were. */
function expectUnreadable(directory: string): void {
  const pieces = Array.from({ length: FILES / SAMPLE }, (_, at) => contentOf(at * SAMPLE, at % ROUNDS).subarray(200, 232))
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const bytes = readFileSync(file)
    for (const piece of [SECRET, SECRET_NAME, ...pieces]) {
      expect(bytes.includes(piece), `${file} has ${String(piece)}`).toBe(false)
      expect(file.includes(String(piece))).toBe(false)
    }
  }
}

test('a thousand versions are on three of five disks of unequal size', async () => {
  for (let round = 1; round < ROUNDS; round++) {
    writeRound(place, round, (file) => (file + round) % 2 === 0)
    writeRound(other, round, (file) => (file + round) % 2 === 1)
    await Promise.all([anna, ben].map(({ client }) => client.scan({ folder: FOLDER })))
    await settle(FOLDER, anna, ben)
  }
  await untilProtected(anna, ben)
  expectSame(place, other)
  expectCopies([anna, ben], [attic, barn, cellar])
  const sizes = await Promise.all([attic, barn, cellar].map(async ({ client }) => (await client.status()).store.bytes!))
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
})

test('a thousand bits flipped over all that two of five stores keep are found and mended, under devices that run', async () => {
  // Most of a store that is so young is in its database's log.
  for (const [at, device] of [barn, ben].entries())
    expect([...flipBits(device, FLIPS / 2, `bits ${at}`)].join()).toContain('store.db')
  for (const device of [barn, ben]) {
    const { damaged } = await device.cli<{ damaged: number }>('scrub')
    // Whatever read its database first has found that it is damaged, and put it aside.
    expect(damaged > 0 || readdirSync(join(device.options.home, 'store')).some((name) => name.includes('.damaged-'))).toBe(true)
  }
  await anna.cli('repair')
  await untilProtected(anna, ben)
  // Of a block whose chunk's id was hit as well it shows only now that nobody needs it.
  await ben.cli('repair')
  // Where a bit of a chunk's id was hit, its block is there under that id as well, and is needed by nobody.
  for (const id of copies([anna, ben], [attic, barn, cellar]).keys()) if (!known.has(id)) strange.add(id)
  for (const id of strange) expect([...known].some((each) => differingBits(each, id) <= 3)).toBe(true)
  expectCopies([anna, ben], [attic, barn, cellar])
  for (const device of [barn, ben]) expect(await device.cli('scrub')).toMatchObject({ damaged: 0 })
})

/** Waits until members go by the layout that is so many further. */
async function untilLayout(epoch: number): Promise<void> {
  const isOf = async ({ client }: Device): Promise<boolean> => ((await client.status()).layout?.epoch ?? 0) >= epoch
  await until('there is another layout', async () => (await isOf(anna)) && (await isOf(ben)))
}

test('a storage device has nothing that it could read; it is away, and all is on three disks again; it is back, and its disk is lost', async () => {
  await attic.stop()
  expectUnreadable(attic.options.home)
  const { epoch } = (await anna.client.status()).layout!
  await anna.cli('config', 'set', 'leave_after', '1s')
  await untilLayout(epoch + 1)
  await untilProtected(anna, ben)
  expectCopies([anna, ben], [barn, cellar])
  await anna.cli('config', 'set', 'leave_after', '7d')
  attic = await cluster.restart(attic)
  await untilLayout(epoch + 2)
  await untilProtected(anna, ben)
  expect(await anna.cli('rebalance')).toMatchObject({ epoch: epoch + 2, movedBytes: 0, notes: [] })
  await attic.kill()
  rmSync(attic.options.home, { recursive: true })
  await anna.cli('devices', 'remove', 'attic')
  await untilProtected(anna, ben)
  expectCopies([anna, ben], [barn, cellar])
  ben = await withoutStore(ben, other)
  await untilConnected(ben, anna, barn, cellar)
  await expectRestored(ben)
})

test('a member is lost with its folder, and all is on three disks again', async () => {
  await ben.kill()
  for (const lost of [ben.options.home, other]) rmSync(lost, { recursive: true })
  await anna.cli('devices', 'remove', 'ben')
  await untilProtected(anna)
  expectCopies([anna], [barn, cellar])
  anna = await withoutStore(anna, place)
  await untilConnected(anna, barn, cellar)
  await expectRestored(anna)
  // A while after its start a device looks what its store has lost.
  const lacking = (): string[] =>
    [...copies([anna], [barn, cellar])].flatMap(([id, count]) => (count < REPLICAS && !strange.has(id) ? [id] : []))
  const isAgain = (): boolean => lacking().length === 0
  await until('what was lost is on its disk again', isAgain, 60_000, () => Promise.resolve([lacking().length, strange.size]))
  expectCopies([anna], [barn, cellar])
})

test('a storage device whose pledge is too small drops nothing, and is told by name; with more all is on three disks again', async () => {
  const before = chunksOf(barn)
  const room = 500_000
  await barn.cli('config', 'set', 'pledge', String((await barn.client.status()).store.bytes! + room))
  writeRound(place, ROUNDS, () => true)
  await settle(FOLDER, anna)
  let failure: unknown
  await until(
    'it is said who is full, and what to do',
    async () => {
      failure = await anna.client.wait({ folder: FOLDER, for: 'protected', timeoutSeconds: 2 }).catch((error: unknown) => error)
      return failure instanceof Error && failure.message.includes('is full')
    },
    60_000,
  )
  expect(failure).toMatchObject({
    code: 'timeout',
    message: expect.stringMatching(/versions are not kept by barn yet, for its pledge, or its disk, is full/) as string,
    hint: expect.stringContaining('on barn: holdfast config set pledge SIZE') as string,
  })
  const status = await anna.client.status()
  expect(status.peers.find(({ name }) => name === 'barn')).toMatchObject({ obstacle: 'full' })
  expect(status.folders[0]!.notes).toContainEqual(
    expect.objectContaining({ reasonCode: 'full', message: expect.stringContaining('barn') as string }),
  )
  const full = new Set(chunksOf(barn))
  expect(before.filter((chunk) => !full.has(chunk))).toEqual([])
  expect(full.size).toBeGreaterThan(before.length)
  await until('another one has all of it', () => chunksOf(cellar).length >= known.size + FILES, 60_000)
  anna = await withoutStore(anna, place)
  await untilConnected(anna, barn, cellar)
  await expectRestored(anna, ROUNDS + 1)
  await barn.cli('config', 'set', 'pledge', '80MB')
  await untilProtected(anna)
  const isFree = async (): Promise<boolean> => (await anna.client.status()).peers.every(({ obstacle }) => obstacle === null)
  await until('nothing is full any more', isFree)
  expectCopies([anna], [barn, cellar])
})
