import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { streamEvents } from '#api/client'
import type { PastVersion, Progress, Retention, Snapshot, SnapshotRestored, Verdict } from '#api/contract'
import { findDaemon } from '../../src/cli/places.ts'
import { Cluster, expectSame, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

function versions(device: Device, target: string): Promise<PastVersion[]> {
  const [folder = '', ...path] = target.split('/')
  return device.client.versions({ folder, path: path.join('/') })
}

async function untilKept(device: Device, target: string): Promise<void> {
  await until(`${target} is kept`, async () =>
    (await versions(device, target)).every(({ state }) => state === 'kept' || state === 'protected'),
  )
}

function restore(device: Device, how: { to?: string; dryRun?: boolean } = {}): Promise<SnapshotRestored> {
  return device.client.restoreSnapshot({ folder: 'work', name: 'before it all', ...how })
}

/** What is told of long work until `signal` aborts. */
async function progress(device: Device, signal: AbortSignal): Promise<Progress[]> {
  const told: Progress[] = []
  const { transport } = await findDaemon(device.options.home)
  try {
    for await (const { event, data } of streamEvents(transport, signal)) if (event === 'progress') told.push(data)
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return told
}

function names(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(({ path }) => path)
}

test('a policy that one device sets is in force on the other, and pins stand above it there', async () => {
  const places = await cluster.share('letters', [anna, ben], (root) => write(root, 'a.txt', 'text 1'))
  await settle('letters', anna, ben)
  for (const number of [2, 3, 4]) {
    write(places[0]!, 'a.txt', `text ${number}`.padEnd(10 + number))
    // What is replaced before any device has kept it would be given up.
    await anna.client.wait({ folder: 'letters', for: 'protected', timeoutSeconds: 40 })
  }
  await settle('letters', anna, ben)
  const show = (device: Device): Promise<Retention> => device.client.retention({ folder: 'letters' })
  expect(await ben.cli('retention', 'show', 'letters')).toMatchObject({ policy: {}, forget: [], kept: 4, forgotten: 0 })

  const planned = await anna.cli<Retention>('retention', 'set', 'letters', '--keep-last', '2', '--dry-run')
  expect(names(planned.forget)).toEqual(['a.txt', 'a.txt'])
  expect((await show(anna)).policy).toEqual({})
  await anna.cli('retention', 'set', 'letters', '--keep-last', '2')
  await until('ben has heard of the policy', async () => (await show(ben)).policy['keep-last'] === '2')
  const all = await versions(ben, 'letters/a.txt')
  expect((await show(ben)).forget).toEqual([
    expect.objectContaining({ path: 'a.txt', version: all[2]!.version, reasons: ['last: beyond the newest 2'] }),
    expect.objectContaining({ path: 'a.txt', version: all[3]!.version }),
  ])

  await ben.cli('pin', 'letters/a.txt', '--version', all[3]!.version.slice(0, 12))
  await until('anna has heard of the pin', async () => (await show(anna)).forget.length === 1)
  expect((await show(anna)).keep.at(-1)).toMatchObject({ version: all[3]!.version, reasons: ['pinned'] })
  expect((await versions(anna, 'letters/a.txt')).map(({ pinned }) => pinned)).toEqual([false, false, false, true])
  await anna.cli('unpin', 'letters/a.txt', '--version', all[3]!.version)
  expect((await show(anna)).forget).toHaveLength(2)
  await expect(anna.cli('unpin', 'letters/a.txt', '--version', all[3]!.version)).rejects.toMatchObject({ code: 'not-found' })
  await expect(anna.cli('retention', 'set', 'letters', '--keep-daily', 'few')).rejects.toMatchObject({ exitCode: 2 })
  await anna.client.setRetention({ folder: 'letters', policy: {} })
  expect(await show(anna)).toMatchObject({ policy: {}, forget: [] })
})

test('a snapshot of one device is listed on the other, and is restored there after all has changed', async () => {
  const big = noise(2_500_000, 'as it was')
  const places = await cluster.share('work', [anna, ben], (root) => {
    write(root, 'docs/plan.txt', 'the plan')
    write(root, 'docs/run.sh', '#!/bin/sh\n')
    chmodSync(join(root, 'docs/run.sh'), 0o775)
    write(root, 'big.bin', big)
    write(root, 'gone.txt', 'soon gone')
    symlinkSync('docs/plan.txt', join(root, 'link'))
    mkdirSync(join(root, 'empty'))
  })
  await settle('work', anna, ben)
  const made = await anna.cli<Snapshot>('snapshot', 'create', 'work', 'before it all')
  expect(made).toMatchObject({ name: 'before it all', entries: 7, bytes: 2_500_000 + 8 + 10 + 9, complete: true })
  await expect(anna.client.createSnapshot({ folder: 'work', name: '2026-01-01' })).rejects.toMatchObject({ code: 'usage' })
  await expect(anna.cli('ls', 'work', '--at', 'yesterday')).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(/T14:05/),
  })
  await expect(anna.client.createSnapshot({ folder: 'work', name: 'before it all' })).rejects.toMatchObject({ code: 'exists' })

  write(places[1]!, 'docs/plan.txt', 'another plan')
  write(places[1]!, 'big.bin', noise(1_000_000, 'new'))
  rmSync(join(places[1]!, 'gone.txt'))
  write(places[0]!, 'new/file.txt', 'came later')
  await settle('work', ben, anna)
  await settle('work', anna, ben)
  await anna.client.setRetention({ folder: 'work', policy: { 'keep-last': '1' } })
  await until('ben has heard', async () => (await ben.client.retention({ folder: 'work' })).policy['keep-last'] === '1')
  const { keep, forget } = await ben.client.retention({ folder: 'work' })
  expect(forget).toEqual([])
  expect(keep.filter(({ reasons }) => reasons.includes('snapshot before it all')).map(({ path }) => path)).toContain('gone.txt')
  expect((await versions(ben, 'work/docs/plan.txt')).map(({ snapshots }) => snapshots)).toEqual([[], ['before it all']])

  await until('all of it is stored', async () => (await ben.client.snapshots({ folder: 'work' }))[0]!.protected)
  expect(await ben.cli('snapshot', 'list', 'work')).toEqual([{ ...made, by: 'anna', protected: true }])
  for (let number = 1; number <= 6; number++) await anna.client.createSnapshot({ folder: 'work', name: `${number}` })
  const script = (await anna.client.retention({ folder: 'work' })).keep.find(({ path }) => path === 'docs/run.sh')
  expect(script?.reasons.slice(-2)).toEqual(['last', '2 more snapshots'])
  for (let number = 1; number <= 6; number++) await anna.client.deleteSnapshot({ folder: 'work', name: `${number}` })
  await until('ben has heard', async () => (await ben.client.snapshots({ folder: 'work' })).length === 1)
  const then = await ben.cli<{ path: string; size: number }[]>('ls', 'work', '--at', 'before it all', '--recursive')
  expect(then.map(({ path }) => path)).toEqual(['big.bin', 'docs', 'docs/plan.txt', 'docs/run.sh', 'empty', 'gone.txt', 'link'])

  for (const path of ['big.bin', 'gone.txt', 'docs/plan.txt']) await untilKept(ben, `work/${path}`)
  const out = join(cluster.directory, 'out', 'copy')
  const planned = await restore(ben, { to: out, dryRun: true })
  expect(planned).toMatchObject({ entries: 7, deleted: 0 })
  expect(existsSync(out)).toBe(false)
  const [text, tree] = [join(cluster.directory, 'plan.txt'), join(cluster.directory, 'docs')]
  await ben.cli('restore', 'work/docs/plan.txt', '--at', 'before it all', '--to', text)
  await ben.cli('get', 'work/docs', tree, '--recursive', '--at', 'before it all')
  expect(readFileSync(text, 'utf8')).toBe(readFileSync(join(tree, 'plan.txt'), 'utf8'))
  expect(readFileSync(text, 'utf8')).not.toBe('another plan')
  const ended = new AbortController()
  const told = progress(ben, ended.signal)
  await ben.cli('snapshot', 'restore', 'work', 'before it all', '--to', out)
  ended.abort()
  expect((await told).map(({ command, total }) => `${command} ${total}`)).toContain(`snapshot restore ${made.bytes}`)
  expect(readdirSync(join(cluster.directory, 'out'))).toEqual(['copy'])
  expect(readFileSync(join(out, 'big.bin')).equals(big)).toBe(true)
  expect(readFileSync(join(out, 'docs/plan.txt'), 'utf8')).toBe('the plan')
  expect(statSync(join(out, 'docs/run.sh')).mode & 0o777).toBe(0o775)
  expect(readlinkSync(join(out, 'link'))).toBe('docs/plan.txt')
  expect(readdirSync(out).sort()).toEqual(['big.bin', 'docs', 'empty', 'gone.txt', 'link'])
  await expect(restore(ben, { to: out })).rejects.toMatchObject({ code: 'exists' })

  const [removal] = await versions(ben, 'work/gone.txt')
  const pinned = ben.client.pin({ folder: 'work', path: 'gone.txt', version: removal!.version })
  await expect(pinned).rejects.toMatchObject({ code: 'not-found' })

  // An edit that nobody has looked at yet is a version like any other.
  write(places[1]!, 'docs/plan.txt', 'written in the last moment')
  const plan = await ben.cli<SnapshotRestored>('snapshot', 'restore', 'work', 'before it all', '--dry-run')
  expect(plan.write.map(({ path }) => path)).toEqual(['big.bin', 'docs/plan.txt', 'gone.txt'])
  expect(plan.delete).toEqual(['new', 'new/file.txt'])
  await ben.cli('snapshot', 'restore', 'work', 'before it all')
  await settle('work', ben, anna)
  expectSame(...(places as [string, string]), out)
  const written = await versions(anna, 'work/docs/plan.txt')
  expect(written.map(({ size }) => size)).toEqual([8, 26, 12, 8])
  expect(await restore(ben)).toMatchObject({ entries: 0, deleted: 0 })
  await ben.cli('restore', 'work/new/file.txt', '--version', (await versions(ben, 'work/new/file.txt'))[1]!.version)
  await ben.client.wait({ folder: 'work' })
  expect(readFileSync(join(places[1]!, 'new/file.txt'), 'utf8')).toBe('came later')

  await ben.cli('snapshot', 'delete', 'work', 'before it all')
  await until('anna has heard', async () => (await anna.client.snapshots({ folder: 'work' })).length === 0)
  expect((await anna.client.retention({ folder: 'work' })).forget.length).toBeGreaterThan(0)
  await expect(restore(anna)).rejects.toMatchObject({ code: 'not-found' })
})

test('of a conflict that a snapshot has both versions come, as every device showed them', async () => {
  const places = await cluster.share('torn', [anna, ben], (root) => write(root, 'a.txt', 'first'))
  await settle('torn', anna, ben)
  for (const device of [anna, ben]) await device.client.pauseFolder({ folder: 'torn', forSeconds: null })
  write(places[0]!, 'a.txt', 'by anna')
  write(places[1]!, 'a.txt', 'by ben!')
  for (const device of [anna, ben]) await device.client.resumeFolder({ folder: 'torn' })
  await settle('torn', anna, ben)
  await ben.client.createSnapshot({ folder: 'torn', name: 'torn' })
  const out = join(cluster.directory, 'torn')
  rmSync(join(places[0]!, 'a.txt'))
  for (const name of readdirSync(places[0]!)) if (name.includes('conflict')) rmSync(join(places[0]!, name))
  await settle('torn', anna, ben)
  await anna.client.restoreSnapshot({ folder: 'torn', name: 'torn', to: out })
  const found = readdirSync(out).sort()
  expect(found).toEqual([expect.stringMatching(/^a\.conflict-/), 'a.txt'])
  expect(found.map((name) => readFileSync(join(out, name), 'utf8')).sort()).toEqual(['by anna', 'by ben!'])
})

test('a snapshot whose records have not all come is not restored from what there is', async () => {
  const places = await cluster.share('late', [anna, ben], (root) => write(root, 'a.txt', 'text'))
  await settle('late', anna, ben)
  const share = (role: 'none' | 'sync') => anna.client.shareFolder({ folder: 'late', device: 'ben', role })
  await share('none')
  write(places[0]!, 'b.txt', 'not there yet')
  await anna.cli('snapshot', 'create', 'late', 'two files')
  const listed = async (): Promise<Snapshot | undefined> => (await ben.client.snapshots({ folder: 'late' }))[0]
  await until('ben has heard', async () => (await listed()) !== undefined)
  expect(await listed()).toMatchObject({ entries: 2, complete: false })
  const to = join(cluster.directory, 'late')
  const how = { folder: 'late', name: 'two files' }
  for (const where of [null, to])
    await expect(ben.client.restoreSnapshot({ ...how, to: where })).rejects.toMatchObject({ code: 'offline' })
  await share('sync')
  await until('ben may read', async () => (await ben.client.folders()).every(({ role }) => role === 'sync'))
  await settle('late', ben)
  expect(await listed()).toMatchObject({ complete: true })
  mkdirSync(to)
  await ben.client.restoreSnapshot({ ...how, to })
  expectSame(...(places as [string, string]), to)
})

test('what cannot be done says why, and leaves all as it is', async () => {
  const places = await cluster.share('lost', [anna, ben], (root) => {
    write(root, 'a.txt', 'here')
    write(root, 'b.txt', noise(50_000, 'lost'))
    write(root, 'c.txt', 'stays')
  })
  await settle('lost', anna, ben)
  await anna.client.createSnapshot({ folder: 'lost', name: 'whole' })
  await anna.client.shareFolder({ folder: 'lost', device: 'ben', role: 'receive-only' })
  await until('ben has heard', async () => (await ben.client.status()).folders.some(({ role }) => role === 'receive-only'))
  const folder = 'lost'
  const [{ version } = { version: '' }] = await versions(ben, 'lost/a.txt')
  await expect(ben.client.setRetention({ folder, policy: { 'keep-last': '1' } })).rejects.toMatchObject({ code: 'denied' })
  await expect(ben.client.createSnapshot({ folder, name: 'mine' })).rejects.toMatchObject({ code: 'denied' })
  await expect(ben.client.deleteSnapshot({ folder, name: 'whole' })).rejects.toMatchObject({ code: 'denied' })
  await expect(ben.client.pin({ folder, path: 'a.txt', version })).rejects.toMatchObject({ code: 'denied' })
  await expect(ben.client.restoreSnapshot({ folder, name: 'whole' })).rejects.toMatchObject({ code: 'denied' })

  await anna.client.shareFolder({ folder, device: 'ben', role: 'sync' })
  await until('ben has heard', async () => (await ben.client.status()).folders.every(({ role }) => role === 'sync'))
  for (const path of ['a.txt', 'b.txt']) rmSync(join(places[1]!, path))
  await settle('lost', ben, anna)

  const plain = cluster.place(anna, 'plain')
  mkdirSync(plain, { recursive: true })
  await anna.client.createFolder({ path: plain, history: 'off' })
  write(plain, 'once.txt', 'once')
  await anna.client.scan({ folder: 'plain' })
  expect((await versions(anna, 'plain/once.txt')).map(({ stored }) => stored)).toEqual([false])
  expect((await anna.client.retention({ folder: 'plain' })).history).toBe('off')
  await expect(anna.client.createSnapshot({ folder: 'plain' })).rejects.toMatchObject({ code: 'usage' })
  await expect(anna.cli('wait', '--folder', 'plain', '--for', 'protected')).rejects.toMatchObject({ code: 'usage' })
  const keepOne = anna.client.setRetention({ folder: 'plain', policy: { 'keep-last': '1' } })
  await expect(keepOne).rejects.toMatchObject({ code: 'usage' })

  // Nobody has the content any more: anna is away, and what ben deleted himself was in his store alone.
  await anna.stop()
  await ben.stop()
  rmSync(join(ben.options.home, 'store'), { recursive: true, force: true })
  ben = await cluster.restart(ben)
  await until('the folder is open', async () => (await ben.client.snapshots({ folder })).length === 1)
  expect((await ben.client.snapshots({ folder }))[0]).toMatchObject({ complete: true, protected: false })
  const out = join(cluster.directory, 'nowhere', 'copy')
  await expect(ben.cli('snapshot', 'restore', 'lost', 'whole', '--to', out)).rejects.toMatchObject({ code: 'offline' })
  expect(readdirSync(join(cluster.directory, 'nowhere'))).toEqual([])
  await expect(ben.client.restoreSnapshot({ folder, name: 'whole' })).rejects.toMatchObject({ code: 'offline' })
  const dry = await ben.client.restoreSnapshot({ folder, name: 'whole', dryRun: true })
  expect(dry).toMatchObject({ entries: 0, missing: ['a.txt', 'b.txt'], missingEntries: 2 })
  expect((await versions(ben, 'lost/a.txt'))[0]).toMatchObject({ kind: 'tombstone', current: true })
  // Each of the refusals says how to get the rest.
  for (const to of [null, out])
    await expect(ben.client.restoreSnapshot({ folder, name: 'whole', to })).rejects.toMatchObject({
      hint: expect.stringMatching(new RegExp(`start anna.*lost whole ${to === null ? '' : `--to ${to} `}--partial`)) as string,
    })
  const some = { folder, name: 'whole', partial: true }
  expect(await ben.client.restoreSnapshot({ ...some, to: out })).toMatchObject({ entries: 1, missing: dry.missing, bytes: 5 })
  expect(readdirSync(out)).toEqual(['c.txt'])
  // What is in the way of a file that cannot come stays.
  write(places[1]!, 'a.txt/in', 'new')
  renameSync(join(places[1]!, 'c.txt'), join(places[1]!, 'new.txt'))
  expect(await ben.client.restoreSnapshot(some)).toMatchObject({ entries: 1, missing: dry.missing, delete: ['new.txt'] })
  const there = (path: string): boolean => existsSync(join(places[1]!, path))
  await until('the rest is as it was', () => there('c.txt') && !there('new.txt'))
  expect(['a.txt/in', 'b.txt'].map(there)).toEqual([true, false])
})
