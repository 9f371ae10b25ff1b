import { createHash } from 'node:crypto'
import { appendFileSync, cpSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, folderOf, joinOffered, settle, until } from './cluster.ts'
import { blocksOnDisk, chunksOnDisk } from './disks.ts'
import { noise, write } from './trees.ts'

const cluster = new Cluster()
/** What the storage device's home was like at an earlier time. */
const backup = join(cluster.directory, 'backup')
let anna: Device
let ben: Device
/** Has the folder online-only. */
let cleo: Device
let nas: Device
let [place, other] = ['', '']

/** What no storage device may be found to have: the names of a folder and of a snapshot, and what a file is called and has in it. */
const [FOLDER, MOMENT] = ['thesis', 'before-the-defence']
const SECRET = 'the-words-that-nobody-may-read'

beforeAll(async () => {
  ;[anna, ben, cleo] = (await cluster.group(['anna', 'ben', 'cleo'])) as [Device, Device, Device]
  nas = await cluster.start('nas')
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await nas.cli('join', code)
  await nas.cli('config', 'set', 'pledge', '1GB')
  ;[place, other] = (await cluster.share('thesis', [anna], (root) => {
    write(root, `chapters/${SECRET}.tex`, `${SECRET}\n`.repeat(100))
    write(root, 'figure.bin', noise(3_000_000, 'figure'))
    for (let at = 0; at < 40; at++) write(root, `notes/${at}.txt`, `${SECRET} ${at}\n`)
  })) as [string, string]
  other = cluster.place(ben, 'thesis')
  await joinOffered(ben, 'thesis', other)
  await settle('thesis', anna, ben)
})
afterAll(() => cluster.end())

function sha(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** All that is in a directory, file by file. */
function* contents(directory: string): Generator<Buffer> {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) yield readFileSync(join(entry.parentPath, entry.name))
}

async function untilProtected(device: Device, timeout = '60s'): Promise<void> {
  await device.cli('wait', '--folder', 'thesis', '--for', 'protected', '--timeout', timeout)
}

test('a device that has pledged disk holds sealed blocks of all versions, and nothing that it could read', async () => {
  const before = sha(join(place, 'figure.bin'))
  appendFileSync(join(place, 'figure.bin'), noise(10_000, 'more'))
  write(other, 'notes/7.txt', 'another one')
  await settle('thesis', anna, ben)
  await anna.cli('snapshot', 'create', 'thesis', MOMENT)
  // What is replaced before any device has kept it holds nobody up for long.
  for (let save = 0; save < 6; save++) {
    write(place, 'notes/8.txt', `save ${save}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await untilProtected(anna, '30s')
  await untilProtected(ben)
  await cleo.cli('folder', 'join', 'thesis')
  await untilProtected(cleo)
  for (const device of [anna, ben, cleo])
    await until('all is protected', async () => (await folderOf(device, 'thesis')).protectedPercent === 100)
  const { store } = await nas.client.status()
  expect(store.blocks).toBeGreaterThan(40)
  expect(store.bytes).toBeGreaterThan(300_000)
  expect(store.pledgeBytes).toBe(1_000_000_000)
  await nas.stop()
  const home = [...contents(nas.options.home)]
  const found = [SECRET, 'figure', 'notes', 'chapters', FOLDER, MOMENT].filter((text) =>
    home.some((bytes) => bytes.includes(text)),
  )
  expect(found).toEqual([])
  cpSync(nas.options.home, backup, { recursive: true, preserveTimestamps: true })
  // Nobody but the storage device has the old version of it: the stores of both are lost, and what sync replaced.
  for (const [device, root] of [
    [anna, place],
    [ben, other],
  ] as const) {
    await device.stop()
    for (const lost of [join(device.options.home, 'store'), join(root, '.holdfast/archive')])
      rmSync(lost, { recursive: true, force: true })
  }
  ;[anna, ben] = (await Promise.all([anna, ben].map((device) => cluster.restart(device)))) as [Device, Device]
  const meets = (whom: string): Promise<void> =>
    until(`${whom} is connected`, async () =>
      (await ben.client.status()).peers.some(({ name, connected }) => name === whom && connected),
    )
  await meets('anna')
  const versions = await ben.cli<{ version: string; current: boolean }[]>('versions', 'thesis/figure.bin')
  // While it is away nothing is restored of what it alone has, and nothing is deleted for it.
  const now = await ben.client.list({ folder: 'thesis', recursive: true })
  await expect(
    ben.cli('restore', 'thesis/figure.bin', '--version', versions.find(({ current }) => !current)!.version),
  ).rejects.toMatchObject({ code: 'offline' })
  await expect(ben.cli('snapshot', 'restore', 'thesis', MOMENT)).rejects.toMatchObject({
    code: 'offline',
    message: expect.stringContaining('notes/8.txt') as string,
  })
  expect(await ben.client.list({ folder: 'thesis', recursive: true })).toEqual(now)
  nas = await cluster.restart(nas)
  await meets('nas')
  const out = join(cluster.directory, 'out.bin')
  await ben.cli('restore', 'thesis/figure.bin', '--version', versions.find(({ current }) => !current)!.version, '--to', out)
  expect(sha(out)).toBe(before)
  await untilProtected(ben)
})

test('one that is put back to an older copy of its home is brought what it lacks, and counts as having nothing that is not there', async () => {
  const connected = async (device: Device): Promise<boolean> =>
    (await device.client.status()).peers.every((peer) => peer.connected)
  write(place, 'later.bin', noise(400_000, 'later'))
  write(place, 'notes/9.txt', 'another one, too')
  await settle('thesis', anna, ben)
  await untilProtected(anna)
  const had = chunksOnDisk(nas)
  await nas.stop()
  rmSync(nas.options.home, { recursive: true })
  renameSync(backup, nas.options.home)
  expect(had.difference(chunksOnDisk(nas)).size).toBeGreaterThan(2)
  nas = await cluster.restart(nas)
  for (const device of [anna, ben]) await until('it is connected', () => connected(device))
  for (const device of [anna, ben]) {
    await untilProtected(device)
    expect(had.difference(chunksOnDisk(nas))).toEqual(new Set())
    expect((await folderOf(device, 'thesis')).protectedPercent).toBe(100)
  }
  expect(blocksOnDisk(nas).filter(({ bytes }) => bytes === null)).toEqual([])
  expect(await anna.cli('repair')).toMatchObject({ repaired: 0, lacking: 0 })
})

test('what no version needs any more goes from it when a member says so, after its grace, and what is needed stays', async () => {
  interface Gc {
    blocks: number
    bytes: number
    freedBytes: number
    waitingBlocks: number
    elsewhere: { device: string; blocks: number }[]
    notes: { folder: string; named: boolean; message: string }[]
  }
  await nas.cli('config', 'set', 'gc_grace', '1h')
  await anna.cli('retention', 'set', 'thesis', '--keep-last', '1')
  await until('ben has heard of it', async () => {
    const { policy } = await ben.client.retention({ folder: 'thesis' })
    return Object.keys(policy).length > 0
  })
  await settle('thesis', anna, ben)
  await untilProtected(anna)
  await ben.cli('gc')
  const told = await anna.cli<Gc>('gc')
  expect(told.elsewhere).toMatchObject([{ device: 'nas' }])
  expect(told.elsewhere[0]!.blocks).toBeGreaterThan(1)
  expect(await anna.shown('gc')).toMatch(/On nas: .* of thesis in \d+ blocks, once the grace there is over/)
  const before = (await nas.client.status()).store
  const dry = await nas.cli<Gc>('gc', '--dry-run')
  expect(dry.notes).toMatchObject([{ folder: expect.stringMatching(/^[a-z2-7]{8}$/), named: false }])
  expect(dry).toMatchObject({ blocks: 0, waitingBlocks: told.elsewhere[0]!.blocks })
  expect(await nas.cli<Gc>('gc')).toMatchObject({ blocks: 0, waitingBlocks: dry.waitingBlocks })
  await nas.cli('config', 'set', 'gc_grace', '10ms')
  const freed = await nas.cli<Gc>('gc')
  expect(freed).toMatchObject({ blocks: dry.waitingBlocks, waitingBlocks: 0 })
  const after = (await nas.client.status()).store
  expect(after.blocks).toBe(before.blocks! - freed.blocks)
  expect(after.bytes).toBe(before.bytes! - freed.freedBytes)
  expect(await anna.cli('repair')).toMatchObject({ repaired: 0, lacking: 0 })
})

test('one that was removed says what it was, and that what it holds is of use in that group alone', async () => {
  await anna.cli('devices', 'remove', 'nas')
  await until('it has heard of it', async () => (await nas.client.status()).removed !== null)
  expect((await nas.client.status()).removed).toMatchObject({ name: 'anna', role: 'storage' })
  const { blocks, notes } = await nas.cli<{ blocks: number; notes: { message: string }[] }>('gc')
  expect([blocks, notes.map(({ message }) => message)]).toEqual([0, [expect.stringContaining('not in any more')]])
})
