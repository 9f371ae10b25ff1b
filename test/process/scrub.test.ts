import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, folderOf, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

interface Scrubbed {
  checked: number
  damaged: number
  healed: number
  unneeded: number
  inFiles: number
  waiting: number
  notes: { folder: string; message: string; hint: string }[]
}

interface GivenUp {
  lost: number
  undecided: { folder: string; versions: number; away: string[]; message: string }[]
}

const MB = 1_000_000

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

function scrub(device: Device, ...args: string[]): Promise<Scrubbed> {
  return device.cli<Scrubbed>('scrub', ...args)
}

function storeOf({ options }: Device): string {
  return join(options.home, 'store')
}

/** The files of a device's blocks, in an order of their own. */
function blocksOf(device: Device): string[] {
  const entries = readdirSync(join(storeOf(device), 'blocks'), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
}

function flip(file: string, at: number): void {
  const byte = readFileSync(file)[at]!
  const fd = openSync(file, 'r+')
  writeSync(fd, Uint8Array.of(byte ^ 4), 0, 1, at)
  closeSync(fd)
}

async function untilProtected(...devices: Device[]): Promise<void> {
  for (const device of devices) await device.cli('wait', '--for', 'protected', '--timeout', '60s')
  for (const device of devices)
    await until('all is protected', async () =>
      (await device.client.status()).folders.every(({ protectedPercent }) => protectedPercent === 100),
    )
}

test('what is damaged on the disk is found, and got again from the files that are here', async () => {
  await cluster.share('files', [anna, ben], (root) => {
    for (let at = 0; at < 12; at++) write(root, `${at}.bin`, randomBytes(MB))
    for (let at = 0; at < 40; at++) write(root, `small/${at}.txt`, noise(2_000, `small ${at}`))
  })
  await settle('files', anna, ben)
  await untilProtected(anna, ben)
  const blocks = (await anna.client.status()).store.blocks!
  expect(await scrub(anna)).toEqual({ checked: blocks, damaged: 0, healed: 0, unneeded: 0, inFiles: 0, waiting: 0, notes: [] })
  const [a, b, c, d, e] = blocksOf(anna) as [string, string, string, string, string]
  flip(a, 70_000)
  truncateSync(b, 9)
  rmSync(c)
  const aside = `${d}.aside`
  for (const [from, to] of [
    [d, aside],
    [e, d],
    [aside, e],
  ] as const)
    renameSync(from, to)
  const mended = await scrub(anna)
  expect(mended).toMatchObject({ checked: blocks, damaged: 5, waiting: 0, notes: [] })
  // The other device is to have the blocks of some, of which a file is enough here.
  expect(mended.healed + mended.unneeded).toBe(5)
  expect(mended.inFiles).toBe(mended.unneeded)
  expect(readdirSync(join(storeOf(anna), 'quarantine')).length).toBe(4)
  await untilProtected(anna, ben)
  expect(await scrub(anna)).toMatchObject({ damaged: 0, healed: 0, notes: [] })
  const some = await scrub(anna, '--sample', '25%')
  expect(some).toMatchObject({ damaged: 0 })
  expect(some.checked).toBeLessThan(blocks)
  expect(await anna.client.health()).toMatchObject({ ok: true })
})

test('what only another device has stays damaged while that is away, is not counted as kept, and comes when it is back', async () => {
  const first = randomBytes(3 * MB)
  const [place] = (await cluster.share('past', [anna, ben], (root) => write(root, 'report.bin', first))) as [string]
  await settle('past', anna, ben)
  write(place, 'report.bin', randomBytes(3 * MB))
  await settle('past', anna, ben)
  await untilProtected(anna, ben)
  await ben.stop()
  for (const file of blocksOf(anna)) flip(file, 500)
  const { damaged, healed, unneeded, waiting, notes } = await scrub(anna)
  expect(damaged).toBeGreaterThan(healed)
  expect(waiting).toBe(damaged - healed - unneeded)
  expect(healed).toBeGreaterThan(0)
  expect(notes).toEqual([
    expect.objectContaining({ folder: 'past', reasonCode: 'damaged', hint: expect.stringContaining('connect') }),
  ])
  const status = await folderOf(anna, 'past')
  expect(status.damaged).toBe(waiting)
  expect(status.protectedPercent).toBeLessThan(100)
  expect((await folderOf(anna, 'files')).damaged).toBe(0)
  expect((await anna.client.health()).checks.find(({ name }) => name === 'store')).toMatchObject({ ok: false })
  anna = await restarted(anna)
  expect((await scrub(anna, '--sample', '1%')).notes.length).toBe(1)
  ben = await cluster.restart(ben)
  await until('it is healed', async () => (await folderOf(anna, 'past')).damaged === 0, 20_000)
  await untilProtected(anna, ben)
  const old = (await anna.client.versions({ folder: 'past', path: 'report.bin' })).at(-1)!
  await ben.stop()
  const out = join(cluster.directory, 'first')
  await anna.cli('restore', 'past/report.bin', '--version', old.version, '--to', out)
  expect(readFileSync(out)).toEqual(first)
  ben = await cluster.restart(ben)
})

test('what was kept and is lost on all devices is told, and comes back on all of them with the disk of one', async () => {
  // So that the archives have it no longer.
  for (const { client } of [anna, ben]) {
    await client.configSet({ key: 'gc_grace', value: '0' })
    await client.gc({})
    await client.configSet({ key: 'gc_grace', value: '1d' })
  }
  await Promise.all([anna, ben].map((device) => device.stop()))
  for (const device of [anna, ben]) renameSync(storeOf(device), `${storeOf(device)}.away`)
  ;[anna, ben] = (await Promise.all([anna, ben].map((device) => cluster.restart(device)))) as [Device, Device]
  for (const device of [anna, ben]) {
    await until('it is told', async () => (await folderOf(device, 'past')).lost === 1, 60_000)
    const old = (await device.client.versions({ folder: 'past', path: 'report.bin' })).at(-1)!
    expect(old).toMatchObject({ state: 'incomplete', lost: true })
    const [problem] = await device.client.problems({ folder: 'past' })
    expect(problem).toMatchObject({ path: 'report.bin', code: 'lost' })
    expect(problem!.message).toContain(old.version.slice(0, 12))
    const { notes } = await device.client.wait({ folder: 'past', for: 'protected', timeoutSeconds: 60 })
    expect(notes).toContainEqual(expect.objectContaining({ reasonCode: 'lost', hint: expect.stringContaining('gc --lost') }))
    expect((await folderOf(device, 'past')).protectedPercent).toBeLessThan(100)
  }
  expect(await anna.shown('status')).toContain(
    'past: the content of 1 version that was kept is on no device of the group any more',
  )
  expect(await anna.shown('versions', 'past/report.bin')).toMatch(/ lost$/m)
  const health = await anna.client.health()
  expect(health).toMatchObject({ ok: true })
  expect(health.checks.find(({ name }) => name === 'folder past')).toMatchObject({ ok: false })
  await anna.stop()
  rmSync(storeOf(anna), { recursive: true })
  renameSync(`${storeOf(anna)}.away`, storeOf(anna))
  anna = await cluster.restart(anna)
  for (const device of [anna, ben]) await until('it is back', async () => (await folderOf(device, 'past')).lost === 0, 60_000)
  await until('all is protected', async () => (await folderOf(ben, 'past')).protectedPercent === 100, 60_000)
  const all = await ben.client.versions({ folder: 'past', path: 'report.bin' })
  expect(all.map(({ lost, state }) => [lost, state])).toEqual([
    [false, 'protected'],
    [false, 'protected'],
  ])
})

test('gc --lost looks itself, says what it cannot know while a device is away, and gives up on its own device alone', async () => {
  await Promise.all([anna, ben].map((device) => device.stop()))
  for (const device of [anna, ben]) rmSync(storeOf(device), { recursive: true })
  anna = await cluster.restart(anna)
  const lost = await anna.cli<GivenUp>('gc', '--lost')
  expect(lost).toMatchObject({ lost: 0, undecided: [{ folder: 'past', away: ['ben'] }] })
  expect(lost.undecided[0]!.message).toContain('may be on ben, which is not connected')
  ben = await cluster.restart(ben)
  await until('they are connected', async () => (await anna.client.devices()).every(({ connected }) => connected))
  expect(await anna.cli<GivenUp>('gc', '--lost')).toMatchObject({ lost: 1, undecided: [] })
  const told = async (device: Device) =>
    (await device.client.versions({ folder: 'past', path: 'report.bin' })).map((each) => [each.lost, each.forgotten])
  expect((await told(anna)).at(-1)).toEqual([false, true])
  await until('it is known there, too', async () => (await told(ben)).at(-1)![0] === true, 20_000)
  expect(await ben.cli<GivenUp>('gc', '--lost', '--dry-run')).toMatchObject({ lost: 1, undecided: [] })
  expect(await ben.cli<GivenUp>('gc', '--lost')).toMatchObject({ lost: 1, undecided: [] })
  expect(await told(ben)).toEqual(await told(anna))
})

test('a database that is no database any more is made anew, under a device that runs and under one that starts', async () => {
  await untilProtected(anna, ben)
  // The log too: what it has of the first page would take the place of what is in the file.
  const wreck = (): void => {
    for (const name of ['store.db', 'store.db-wal']) {
      const file = join(storeOf(anna), name)
      const { size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {}
      if (size === 0) continue
      const fd = openSync(file, 'r+')
      writeSync(fd, randomBytes(size), 0, size, 0)
      closeSync(fd)
    }
  }
  wreck()
  const result = await scrub(anna)
  expect(result).toMatchObject({ notes: [] })
  expect(result.damaged).toBeGreaterThan(10)
  expect(result.healed + result.unneeded).toBe(result.damaged)
  await untilProtected(anna, ben)
  // Without those that this device had beyond what it is to have.
  const { blocks } = (await anna.client.status()).store
  await anna.stop()
  wreck()
  anna = await cluster.restart(anna)
  await until('all blocks are there again', async () => (await anna.client.status()).store.blocks === blocks, 60_000)
  await untilProtected(anna, ben)
  expect(readdirSync(storeOf(anna)).filter((name) => /^store\.db\.damaged-\d+$/.test(name)).length).toBe(1)
  expect(await scrub(anna)).toMatchObject({ checked: blocks, damaged: 0 })
})

test('a scrub that a kill ends goes on where it was', async () => {
  const alone = await cluster.start('alone')
  await cluster.share('many', [alone], (root) => {
    for (let at = 0; at < 40; at++) write(root, `${at}.bin`, randomBytes(MB))
  })
  await alone.client.scan({ folder: 'many' })
  await untilProtected(alone)
  const { blocks } = (await alone.client.status()).store
  const scrubbing = scrub(alone).catch(() => undefined)
  await until('a part is read', async () => /"checked":[1-9]/.test(await cursorOf(alone)))
  await alone.kill()
  await scrubbing
  const again = await cluster.restart(alone)
  expect(await scrub(again)).toMatchObject({ checked: blocks, damaged: 0, notes: [] })
  const log = join(again.options.home, 'logs/holdfast.log')
  await until('it is said', () => /"checked":[1-9]\d*.*scrubbing the store goes on/.test(readFileSync(log, 'utf8')))
})

/** As it is kept on the disk. */
async function cursorOf(device: Device): Promise<string> {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(join(device.options.home, 'index/device.db'), { readOnly: true })
  try {
    return String(db.prepare("SELECT value FROM settings WHERE key = 'scrub'").get()?.['value'])
  } finally {
    db.close()
  }
}

async function restarted(device: Device): Promise<Device> {
  await device.stop()
  return cluster.restart(device)
}
