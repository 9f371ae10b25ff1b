import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, joinOffered, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

const MANY = 600

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

/** Bytes of the files that a user has in a folder. */
function bytesIn(root: string): number {
  const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !join(entry.parentPath, entry.name).includes('/.holdfast/'),
  )
  return found.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

test('a folder without history stores nothing, whatever becomes of its files; what is on the disk is counted to the byte', async () => {
  const places = [cluster.place(anna, 'bare'), cluster.place(ben, 'bare')] as const
  for (let at = 0; at < 20; at++) write(places[0], `f${at}`, noise(20_000 + at, `f${at}`))
  await anna.cli('folder', 'create', places[0], '--name', 'bare', '--history', 'off')
  await joinOffered(ben, 'bare', places[1])
  await settle('bare', anna, ben)
  write(places[0], 'f1', noise(70_000, 'edited'))
  rmSync(join(places[0], 'f2'))
  write(places[1], 'f3', 'edited by ben')
  rmSync(join(places[1], 'f4'))
  await settle('bare', ben, anna)
  await settle('bare', anna, ben)
  expectSame(...places)
  // What is kept is kept behind sync, after two quiet seconds.
  await new Promise((resolve) => setTimeout(resolve, 3_500))
  for (const [at, device] of [anna, ben].entries()) {
    const { store } = await device.client.status()
    expect(store).toMatchObject({ blocks: 0, bytes: 0, liveBytes: bytesIn(places[at]!) })
  }
})

/** What lies in the archive of a folder. */
function archived(root: string): string[] {
  const archive = join(root, '.holdfast/archive')
  if (!existsSync(archive)) return []
  const found = readdirSync(archive, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory())
  return found.map(({ parentPath, name }) => join(parentPath, name))
}

async function untilProtected(folder: string, ...devices: Device[]): Promise<void> {
  for (const device of devices) await device.cli('wait', '--folder', folder, '--for', 'protected', '--timeout', '90s')
}

async function grace(device: Device, value: string): Promise<void> {
  await device.client.configSet({ key: 'gc_grace', value })
}

/** What the device restores of a path's versions, the newest first. */
async function contents(device: Device, folder: string, path: string): Promise<Buffer[]> {
  const versions = await device.client.versions({ folder, path })
  const found: Buffer[] = []
  for (const { version, kind } of versions) {
    if (kind !== 'file') continue
    const out = join(cluster.directory, `out-${device.options.name}-${version}`)
    await device.cli('restore', `${folder}/${path}`, '--version', version, '--to', out)
    found.push(readFileSync(out))
    rmSync(out)
  }
  return found
}

test('what is protected leaves the archives, and every version is restored on each device, alone', async () => {
  const [here, there] = (await cluster.share('thesis', [anna, ben], (root) => {
    write(root, 'a.txt', 'first of a')
    write(root, 'docs/large.bin', noise(3_000_000, 'first'))
    write(root, 'gone.txt', noise(20_000, 'gone'))
  })) as [string, string]
  await settle('thesis', anna, ben)
  write(here, 'a.txt', 'second of a')
  write(there, 'docs/large.bin', noise(3_000_000, 'second'))
  await settle('thesis', anna, ben)
  write(there, 'a.txt', 'third of a')
  rmSync(join(here, 'gone.txt'))
  await settle('thesis', anna, ben)
  await untilProtected('thesis', anna, ben)
  expect([archived(here).length, archived(there).length]).toEqual([2, 2])
  // A program may have one open: until it has rested nothing goes.
  for (const device of [anna, ben]) expect(await device.cli('gc')).toMatchObject({ archivedFiles: 0 })
  for (const device of [anna, ben]) {
    await grace(device, '0')
    expect(await device.cli('gc', '--dry-run')).toMatchObject({ archivedFiles: 2 })
  }
  expect([archived(here).length, archived(there).length]).toEqual([2, 2])
  const [kept] = await ben.client.archive({ folder: 'thesis', path: 'gone.txt' })
  expect(await anna.cli('gc')).toMatchObject({ archivedFiles: 2 })
  expect(await ben.shown('gc')).toMatch(/ freed, in 0 blocks and 2 archived files\.\n$/)
  expect([archived(here), archived(there)]).toEqual([[], []])
  await expect(ben.cli('folder', 'archive', 'thesis', '--restore', kept!.name)).rejects.toThrow(/holdfast versions thesis\/PATH/)

  for (const [device, other] of [
    [anna, ben],
    [ben, anna],
  ] as const) {
    await other.stop()
    expect((await contents(device, 'thesis', 'a.txt')).map(String)).toEqual(['third of a', 'second of a', 'first of a'])
    const large = await contents(device, 'thesis', 'docs/large.bin')
    expect(large.map((bytes) => bytes.equals(noise(3_000_000, 'second')))).toEqual([true, false])
    expect(large[1]!.equals(noise(3_000_000, 'first'))).toBe(true)
    expect(await contents(device, 'thesis', 'gone.txt')).toEqual([noise(20_000, 'gone')])
    if (other === ben) ben = await cluster.restart(ben)
    else anna = await cluster.restart(anna)
    await settle('thesis', anna, ben)
  }
  const [, gone] = await anna.client.versions({ folder: 'thesis', path: 'gone.txt' })
  await anna.cli('restore', 'thesis/gone.txt', '--version', gone!.version)
  await settle('thesis', anna, ben)
  expect(readFileSync(join(there, 'gone.txt'))).toEqual(noise(20_000, 'gone'))
  expectSame(here, there)
})

test('a late write through an open descriptor is not lost: it becomes a file of its own', async () => {
  const [here, there] = (await cluster.share('notes', [anna, ben], (root) => write(root, 'log.txt', 'one line.'))) as [
    string,
    string,
  ]
  await settle('notes', anna, ben)
  const open = openSync(join(there, 'log.txt'), 'r+')
  write(here, 'log.txt', 'what came from elsewhere')
  await settle('notes', anna, ben)
  await untilProtected('notes', anna, ben)
  writeSync(open, 'LATE', 0)
  closeSync(open)
  await grace(ben, '0')
  expect(await ben.cli('gc')).toMatchObject({ archivedFiles: 0 })
  expect(archived(there)).toEqual([])
  await settle('notes', ben, anna)
  const late = readdirSync(here).filter((name) => name.startsWith('log.late-'))
  expect(late.map((name) => readFileSync(join(here, name), 'utf8'))).toEqual(['LATEline.'])
  expectSame(here, there)
})

test('what is not protected stays, and so does all in a folder without history', async () => {
  const [here, there] = (await cluster.share('essay', [anna, ben], (root) => write(root, 'a.txt', 'first'))) as [string, string]
  const plain = [cluster.place(anna, 'plain'), cluster.place(ben, 'plain')] as const
  write(plain[0], 'a.txt', 'first')
  await anna.cli('folder', 'create', plain[0], '--name', 'plain', '--history', 'off')
  await joinOffered(ben, 'plain', plain[1])
  for (const folder of ['essay', 'plain']) await settle(folder, anna, ben)
  write(here, 'a.txt', 'second')
  write(plain[0], 'a.txt', 'second')
  for (const folder of ['essay', 'plain']) await settle(folder, anna, ben)
  await untilProtected('essay', anna, ben)
  for (const device of [anna, ben]) await device.stop()
  ben = await cluster.restart(ben)
  await grace(ben, '0')
  // What anna has said is known over a restart: nothing waits for her to say it again.
  expect(await ben.cli('gc')).toMatchObject({ archivedFiles: 1 })
  expect(archived(there)).toEqual([])
  // Of this she has said nothing.
  write(there, 'a.txt', 'third')
  await ben.client.scan({ folder: 'essay' })
  const [, , first] = await ben.client.versions({ folder: 'essay', path: 'a.txt' })
  await ben.cli('restore', 'essay/a.txt', '--version', first!.version)
  expect(await ben.cli('gc')).toMatchObject({ archivedFiles: 0 })
  expect(archived(there).map((path) => readFileSync(path, 'utf8'))).toEqual(['third'])
  anna = await cluster.restart(anna)
  await settle('essay', anna, ben)
  await untilProtected('essay', ben)
  expect(await ben.cli('gc')).toMatchObject({ archivedFiles: 1 })
  expect(archived(there)).toEqual([])
  expect(archived(plain[1]).map((path) => readFileSync(path, 'utf8'))).toEqual(['first'])
})

test('kill -9 while the archive is emptied loses nothing', async () => {
  const path = (at: number): string => `d${at % 7}/${at}.txt`
  const [here, there] = (await cluster.share('many', [anna, ben], (root) => {
    for (let at = 0; at < MANY; at++) write(root, path(at), noise(3_000, `many ${at}`))
  })) as [string, string]
  await settle('many', anna, ben)
  for (let at = 0; at < MANY; at++) write(here, path(at), noise(3_000, `new ${at}`))
  await settle('many', anna, ben)
  await untilProtected('many', anna, ben)
  expect(archived(there)).toHaveLength(MANY)
  await grace(ben, '0')
  const running = ben.client.gc({}).catch(() => undefined)
  await until('some are gone', () => archived(there).length < MANY)
  await ben.kill()
  await running
  const left = archived(there).length
  expect(left).toBeGreaterThan(0)
  ben = await cluster.restart(ben)
  await settle('many', anna, ben)
  await untilProtected('many', anna, ben)
  expect((await ben.cli<{ archivedFiles: number }>('gc')).archivedFiles).toBeGreaterThanOrEqual(left)
  expect(archived(there)).toEqual([])
  await anna.stop()
  for (let at = 0; at < MANY; at += 60)
    expect(await contents(ben, 'many', path(at))).toEqual([noise(3_000, `new ${at}`), noise(3_000, `many ${at}`)])
})
