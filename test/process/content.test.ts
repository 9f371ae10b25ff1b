import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtEntry, type Device } from '../../scripts/device.ts'
import { findDaemon } from '../../src/cli/places.ts'
import { Cluster, folderOf, joinOffered, settle, until } from './cluster.ts'
import { describeTree, differences, noise, write } from './trees.ts'

const MIB = 1024 * 1024
/** More than 64 chunks, so that there is a manifest to be fetched. */
const LARGE = 120 * MIB

const cluster = new Cluster()
let anna: Device
/** Has the folder online-only. */
let ben: Device
let root: string

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'], { entry: builtEntry })) as [Device, Device]
  root = cluster.place(anna, 'shelf')
  mkdirSync(root, { recursive: true })
  write(root, 'old', 'what was there')
  await anna.client.createFolder({ path: root, name: 'shelf' })
  await until('shelf is offered', async () => (await ben.client.folders()).some(({ name }) => name === 'shelf'))
  await ben.cli('folder', 'join', 'shelf')
  await settle('shelf', anna)
  await heard('old')
})
afterAll(() => cluster.end())

/** Ben's index has what a path is now on Anna. */
async function heard(path: string): Promise<void> {
  const version = async (device: Device): Promise<unknown> =>
    (await device.client.list({ folder: 'shelf', recursive: true })).find((item) => item.path === path)?.version
  await until(`ben has heard of ${path}`, async () => (await version(ben)) === (await version(anna)))
}

interface Ended {
  code: number | null
  stdout: Buffer
  stderr: string
}

/** Runs a command that content goes into or comes out of. */
function piped(device: Device, args: string[]): { input: NodeJS.WritableStream; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [builtEntry, '--home', device.options.home, ...args], { stdio: 'pipe' })
  child.stdin.on('error', () => undefined)
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const ended = Promise.all([closed, buffer(child.stdout), buffer(child.stderr)])
  return { input: child.stdin, ended: ended.then(([code, stdout, stderr]) => ({ code, stdout, stderr: stderr.toString() })) }
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const peakBytes = (device: Device): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${device.pid}/status`, 'utf8'))?.[1]) * 1024

test('what comes from stdin is in the folder at once, and the same comes out on a device that has none of it', async () => {
  const content = noise(LARGE, 'large')
  // Its threads have started, and the first buffers are there.
  writeFileSync(join(cluster.directory, 'first'), noise(3 * MIB, 'first'))
  await anna.cli('put', join(cluster.directory, 'first'), 'shelf/old')
  writeFileSync(join(cluster.directory, 'old'), 'what was there')
  await anna.cli('put', join(cluster.directory, 'old'), 'shelf/old')
  const before = peakBytes(anna)
  const { input, ended } = piped(anna, ['put', '-', 'shelf/box/large', '--json'])
  input.end(content)
  const { code, stdout, stderr } = await ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const written = JSON.parse(stdout.toString()) as { path: string; version: string; bytes: number }
  expect(written).toEqual({ path: 'box/large', version: expect.stringMatching(/^[0-9a-f]{32}$/), bytes: LARGE })
  expect(peakBytes(anna) - before).toBeLessThan(LARGE * 0.7)
  expect(digest(readFileSync(join(root, 'box/large')))).toBe(digest(content))
  expect((await anna.client.versions({ folder: 'shelf', path: 'box/large' }))[0]?.version).toBe(written.version)
  await heard('box/large')
  for (const device of [anna, ben]) {
    const got = await piped(device, ['get', 'shelf/box/large', '-']).ended
    expect([got.code, got.stderr, digest(got.stdout)]).toEqual([0, '', digest(content)])
  }
  expect(existsSync(join(ben.options.home, 'cache'))).toBe(true)
})

test('an online-only folder is listed, needs nothing, and takes no more of the disk than the cache may', async () => {
  expect(await folderOf(ben, 'shelf')).toMatchObject({
    state: 'idle',
    path: null,
    reasonCode: 'online-only',
    needEntries: 0,
    entries: 3,
  })
  // What is deleted is no entry of it any more.
  for (const [entries, change] of [
    [4, () => write(root, 'passing', 'text')],
    [3, () => rmSync(join(root, 'passing'))],
  ] as const) {
    change()
    await anna.client.scan({ folder: 'shelf' })
    await until(`there are ${entries}`, async () => (await folderOf(ben, 'shelf')).entries === entries)
    // What goes before it was kept is waited for, for some time.
    await anna.cli('wait', '--folder', 'shelf', '--for', 'protected', '--timeout', '40s')
  }
  expect(await ben.client.list({ folder: 'shelf' })).toMatchObject([
    { path: 'box', state: 'elsewhere' },
    { path: 'old', state: 'elsewhere' },
  ])
  await ben.cli('wait', '--folder', 'shelf', '--timeout', '20s')
  // It holds nothing, so nobody waits for it to.
  for (const device of [anna, ben]) await device.cli('wait', '--for', 'protected', '--timeout', '40s')
  await ben.cli('config', 'set', 'cache_bytes', String(10 * MIB))
  const cache = join(ben.options.home, 'cache')
  const used = readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
  expect(used).toBeGreaterThan(0)
  expect(used).toBeLessThanOrEqual(10 * MIB)
  expect((await ben.client.status()).store).toMatchObject({ bytes: 0, liveBytes: 0 })
})

test('what was read lately is there without any other device, and the rest is not', async () => {
  const files = join(cluster.directory, 'files/ben')
  mkdirSync(files)
  await ben.cli('get', 'shelf/old', join(files, 'first'))
  await anna.stop()
  await until('anna is gone', async () => (await ben.client.status()).peers.every(({ connected }) => !connected))
  await ben.stop()
  ben = await cluster.restart(ben)
  expect((await piped(ben, ['get', 'shelf/old', '-']).ended).stdout.toString()).toBe('what was there')
  await expect(ben.cli('get', 'shelf/box/large', join(files, 'large'))).rejects.toMatchObject({ code: 'offline' })
  await expect(ben.cli('get', 'shelf/../box', join(files, 'box'))).rejects.toMatchObject({ code: 'denied' })
  expect(readdirSync(files)).toEqual(['first'])
  anna = await cluster.restart(anna)
  await until('anna is back', async () => (await ben.client.status()).peers.some(({ connected }) => connected))
})

test('a part of a file is answered, with the version as its ETag', async () => {
  const { transport } = await findDaemon(ben.options.home)
  const ask = (headers: Record<string, string>) =>
    transport('/api/v1/content?folder=shelf&path=box%2Flarge', { method: 'GET', headers })
  const range = await ask({ range: 'bytes=1000000-4999999' })
  const part = await buffer(range.body!)
  expect([range.status, range.headers.get('content-range')]).toEqual([206, `bytes 1000000-4999999/${LARGE}`])
  expect(part.equals(readFileSync(join(root, 'box/large')).subarray(1_000_000, 5_000_000))).toBe(true)
  const etag = range.headers.get('etag')!
  expect((await ask({ 'if-none-match': etag })).status).toBe(304)
  expect((await ask({ range: `bytes=${LARGE}-` })).status).toBe(416)
})

test('a directory goes in and comes out as it is', async () => {
  const from = join(cluster.directory, 'tree')
  for (let n = 0; n < 40; n++) write(from, `d${n % 4}/sub/f${n}`, noise(n * 500, `f${n}`))
  write(from, 'run', '#!/bin/sh\n')
  chmodSync(join(from, 'run'), 0o755)
  utimesSync(join(from, 'run'), 1_600_000_000.5, 1_600_000_000.5)
  symlinkSync('run', join(from, 'link'))
  symlinkSync('/etc/hostname', join(from, 'outside'))
  mkdirSync(join(from, 'empty'))
  chmodSync(join(from, 'd0'), 0o500)
  const putting = () => anna.cli<{ entries: number; bytes: number; unchanged: number }>('put', from, 'shelf/tree', '--recursive')
  const sent = await putting()
  expect(sent).toMatchObject({ path: 'tree', entries: 40 + 4 + 4 + 5, unchanged: 0 })
  // An edit that leaves size and time as they were, and there a directory that has just gone and an edit: each is seen.
  const [edited, replaced] = [join(from, 'd1/sub/f1'), join(root, 'tree/d2/sub/f2')]
  const { atimeMs, mtimeMs } = statSync(edited)
  writeFileSync(edited, noise(500, 'other'))
  utimesSync(edited, atimeMs / 1000, mtimeMs / 1000)
  rmSync(join(root, 'tree/d3'), { recursive: true })
  writeFileSync(replaced, noise(1000, 'there'))
  const again = await putting()
  expect({ ...again, unchanged: 0 }).toEqual(sent)
  // What the daemon cannot vouch for at that moment is put once more.
  expect(again.unchanged).toBeLessThanOrEqual(43 - 12)
  expect(again.unchanged).toBeGreaterThan(0)
  expect(differences(describeTree(from), describeTree(join(root, 'tree')))).toEqual([])
  // What has vanished, and is held, is put back, and nothing waits any more.
  chmodSync(join(root, 'tree/d0'), 0o700)
  rmSync(join(root, 'tree'), { recursive: true })
  await anna.client.scan({ folder: 'shelf' })
  await until('what has vanished is held', async () => (await folderOf(anna, 'shelf')).state === 'held')
  expect(await putting()).toEqual({ ...sent, unchanged: 0 })
  expect(differences(describeTree(from), describeTree(join(root, 'tree')))).toEqual([])
  await until('nothing is held', async () => (await folderOf(anna, 'shelf')).state === 'idle')
  await heard('tree/d3/sub/f39')
  for (const device of [anna, ben]) {
    const copy = join(cluster.directory, 'copy', device.options.name)
    mkdirSync(join(copy, '..'), { recursive: true })
    expect(await device.cli('get', 'shelf/tree', copy, '--recursive')).toMatchObject({ entries: sent.entries })
    expect(differences(describeTree(from), describeTree(copy))).toEqual([])
  }
})

test('what is deleted is gone everywhere at once, however much it is, and can be restored', async () => {
  await anna.cli('rm', 'shelf/tree', '--recursive')
  expect(existsSync(join(root, 'tree'))).toBe(false)
  expect((await folderOf(anna, 'shelf')).state).not.toBe('held')
  await until('ben knows', async () => (await ben.client.list({ folder: 'shelf', recursive: true })).length === 3)
  await expect(ben.cli('get', 'shelf/tree/run', cluster.place(ben, 'run'))).rejects.toMatchObject({ code: 'not-found' })
  await anna.cli(
    'restore',
    'shelf/tree/run',
    '--version',
    (await anna.client.versions({ folder: 'shelf', path: 'tree/run' }))[1]!.version,
  )
  await until('it is back', () => existsSync(join(root, 'tree/run')))
})

test('where this device may not, or cannot, write, nothing is put or deleted', async () => {
  for (const args of [
    ['put', join(root, 'old'), 'shelf/new'],
    ['rm', 'shelf/old'],
  ])
    await expect(ben.cli(...args)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('folder join shelf PATH'),
    })
  for (const [path, code] of [
    ['.holdfast/x', 'denied'],
    ['a/../../x', 'denied'],
    ['box', 'exists'],
    ['old/x', 'exists'],
  ])
    await expect(anna.cli('put', join(root, 'old'), `shelf/${path}`)).rejects.toMatchObject({ code })
  await anna.cli('folder', 'share', 'shelf', 'anna', '--role', 'receive-only')
  await expect(anna.cli('put', join(root, 'old'), 'shelf/new')).rejects.toMatchObject({ code: 'denied' })
  await anna.cli('folder', 'share', 'shelf', 'anna', '--role', 'sync').catch(() => undefined)
  expect(existsSync(join(root, 'new'))).toBe(false)
})

test('a daemon that is killed while something is put leaves what was there', async () => {
  const { input, ended } = piped(anna, ['put', '-', 'shelf/old', '--json'])
  input.write(Buffer.alloc(5 * MIB, 'x'))
  const stage = join(root, '.holdfast/tmp')
  await until('some of it has come', () => readdirSync(stage).some((name) => statSync(join(stage, name)).size >= 4 * MIB))
  await anna.kill()
  const { code, stdout } = await ended
  expect([code, JSON.parse(stdout.toString())]).toMatchObject([1, { error: { code: 'offline' } }])
  anna = await cluster.restart(anna)
  expect(readFileSync(join(root, 'old'), 'utf8')).toBe('what was there')
  await until('the stage is clean', () => readdirSync(stage).length === 0)
  writeFileSync(join(cluster.directory, 'next'), 'the next one')
  await anna.cli('put', join(cluster.directory, 'next'), 'shelf/old')
  expect(readFileSync(join(root, 'old'), 'utf8')).toBe('the next one')
})

test('a daemon that is killed in the middle of a tree that is put leaves each file whole, or none of it', async () => {
  const from = join(cluster.directory, 'half')
  for (let n = 0; n < 64; n++) write(from, `d${n % 3}/f${n}`, noise(MIB + n, `half ${n}`))
  const { ended } = piped(anna, ['put', from, 'shelf/half', '--recursive', '--json'])
  const there = (): string[] =>
    readdirSync(join(root, 'half'), { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('f'))
  await until('some of it is there', () => existsSync(join(root, 'half')) && there().length >= 4)
  await anna.kill()
  expect((await ended).code).toBe(1)
  expect(there().length).toBeLessThan(64)
  anna = await cluster.restart(anna)
  for (const name of there()) expect(readFileSync(join(root, 'half', name)).equals(readFileSync(join(from, name)))).toBe(true)
  await until('the stage is clean', () => readdirSync(join(root, '.holdfast/tmp')).length === 0)
  await anna.cli('put', from, 'shelf/half', '--recursive')
  expect(differences(describeTree(from), describeTree(join(root, 'half')))).toEqual([])
})

test('an online-only folder gets a place on the disk when it is joined with one', async () => {
  const place = cluster.place(ben, 'shelf')
  await joinOffered(ben, 'shelf', place)
  await settle('shelf', anna, ben)
  expect(differences(describeTree(root), describeTree(place))).toEqual([])
})

test('versions in conflict are read by the names that they have', async () => {
  await ben.cli('folder', 'pause', 'shelf')
  write(root, 'old', 'by anna')
  await anna.cli('scan', 'shelf')
  write(cluster.place(ben, 'shelf'), 'old', 'by ben')
  await ben.cli('folder', 'resume', 'shelf')
  await settle('shelf', ben, anna)
  const [conflict] = await anna.client.conflicts()
  const read = async (path: string): Promise<string> => (await piped(anna, ['get', `shelf/${path}`, '-']).ended).stdout.toString()
  for (const path of ['old', conflict!.with]) expect(await read(path)).toBe(readFileSync(join(root, path), 'utf8'))
})
