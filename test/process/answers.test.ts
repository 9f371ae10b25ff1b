import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shellWord } from '#base'
import type { Device } from '../../scripts/device.ts'
import { Cluster, folderOf, until } from './cluster.ts'
import { write, writeSmallFiles } from './trees.ts'

const cluster = new Cluster()
let anna: Device

beforeAll(async () => {
  anna = await cluster.start('anna')
})
afterAll(() => cluster.end())

async function create(folder: string): Promise<string> {
  const place = cluster.place(anna, folder)
  writeSmallFiles(place, 5)
  await anna.client.createFolder({ path: place, name: folder })
  await anna.client.scan({ folder })
  return place
}

const scan = (folder: string): Promise<unknown> => anna.client.scan({ folder }).catch((error: unknown) => error)

test('a damaged marker is told as such, and unblock writes it anew', async () => {
  const here = await create('damaged')
  writeFileSync(join(here, '.holdfast/marker.json'), 'garbage')
  await scan('damaged')
  expect(await folderOf(anna, 'damaged')).toMatchObject({
    state: 'blocked',
    reasonCode: 'marker-damaged',
    reason: expect.stringContaining('damaged'),
  })
  // One folder's trouble keeps nobody from being served.
  const { ok, checks } = await anna.cli<{ ok: boolean; checks: { name: string; ok: boolean }[] }>('health')
  expect(ok).toBe(true)
  expect(checks.find(({ name }) => name === 'folder damaged')).toMatchObject({ ok: false })
  expect(await anna.cli('folder', 'unblock', 'damaged')).toMatchObject({ changed: 1 })
  await until('it goes on', async () => (await folderOf(anna, 'damaged')).state === 'idle')
  expect(await folderOf(anna, 'damaged')).toMatchObject({ entries: 6 })
})

test('an unblock that fails leaves the folder blocked, with the reason', async () => {
  const here = await create('newer')
  writeFileSync(join(here, '.holdfast/marker.json'), '{"version":9}')
  await scan('newer')
  await expect(anna.client.unblockFolder({ folder: 'newer' })).rejects.toMatchObject({ code: 'unsupported' })
  await until('blocked as before', async () => (await folderOf(anna, 'newer')).reasonCode === 'marker-changed')
  expect((await anna.client.list({ folder: 'newer' })).length).toBeGreaterThan(0)
})

test('a folder that is paused, blocked, joined already or has no such file in its archive says what to type', async () => {
  const here = await create('my letters')
  const word = shellWord('my letters')
  const other = cluster.place(anna, 'other')
  mkdirSync(other)
  const said = async (...args: string[]): Promise<string> =>
    anna.cli(...args).then(
      () => 'it did not fail',
      (error: unknown) => String(error),
    )
  await anna.cli('folder', 'pause', 'my letters', '--for', '1h')
  expect((await folderOf(anna, 'my letters')).reason).toMatch(/^Paused by you until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.$/)
  for (const command of [
    ['scan', 'my letters'],
    ['wait', '--folder', 'my letters'],
  ])
    expect(await said(...command)).toContain(`holdfast folder resume ${word} ends the pause`)
  await anna.cli('folder', 'resume', 'my letters')
  expect(await said('folder', 'join', 'my letters')).toContain(
    `it is at ${here}; to have it online-only: holdfast folder leave ${word}, then holdfast folder join ${word}`,
  )
  expect(await said('folder', 'join', 'my letters', '/elsewhere')).toContain(`holdfast folder join ${word} /elsewhere`)
  expect(await said('folder', 'create', other, '--name', 'my letters')).toContain(`holdfast folder create ${other} --name NAME`)
  expect(await said('folder', 'archive', 'my letters', '--restore', 'none')).toContain(
    `holdfast folder archive ${word} lists what there is; what is gone from it may be a version still: holdfast versions ${word}/PATH`,
  )
  renameSync(here, `${here}.away`)
  // Nothing is there to go on with: an unblock would have nothing to take.
  for (const command of ['scan', 'wait', 'unblock']) {
    const args = { scan: ['scan'], wait: ['wait', '--folder'], unblock: ['folder', 'unblock'] }[command]!
    const answer = await said(...args, 'my letters')
    expect(answer).toContain(`${here} is not there`)
    expect(answer).toContain(`if it is gone for good: holdfast folder leave ${word}`)
    expect(answer).not.toContain('cannot be shared')
  }
  const { reason } = await folderOf(anna, 'my letters')
  expect(reason).toContain('bring it back (mount its disk, or move it back)')
  expect(reason).not.toContain('unblock')
  renameSync(`${here}.away`, here)
})

test('a look at all folders passes over those that are paused, says so, and tells of others only what kept them', async () => {
  // Those of the tests before are in all kinds of states.
  for (const { name } of (await anna.client.status()).folders) await anna.cli('folder', 'leave', name)
  const places = { busy: await create('busy'), away: await create('away') }
  await create('asleep')
  await anna.cli('folder', 'pause', 'asleep')
  expect(await anna.cli('scan')).toMatchObject({
    notes: [{ folder: 'asleep', reasonCode: 'paused', hint: 'holdfast folder resume asleep ends the pause' }],
  })
  renameSync(places.away, `${places.away}.gone`)
  write(places.busy, 'new', 'text')
  await expect(anna.cli('scan')).rejects.toThrow(`${places.away} is not there`)
  expect((await anna.client.list({ folder: 'busy' })).map(({ path }) => path)).toContain('new')
  renameSync(`${places.away}.gone`, places.away)
  await anna.cli('folder', 'resume', 'asleep')
})

test('where there is nothing to decide a decision says so', async () => {
  await create('calm')
  for (const word of ['approve', 'reject', 'unblock', 'revert'])
    expect(await anna.cli('folder', word, 'calm')).toMatchObject({ state: 'idle', changed: 0 })
})

test('an approval where nothing is held does not let the next deletions through', async () => {
  const here = cluster.place(anna, 'many')
  writeSmallFiles(here, 100)
  await anna.client.createFolder({ path: here, name: 'many' })
  await anna.client.scan({ folder: 'many' })
  await anna.client.approveFolder({ folder: 'many' })
  renameSync(join(here, 'd0'), `${here}.d0`)
  await scan('many')
  const { state, heldEntries, reason } = await folderOf(anna, 'many')
  expect(state).toBe('held')
  expect(heldEntries).toBeGreaterThan(25)
  expect(reason).toContain(`${heldEntries} entries vanished`)
})

test('a pause for a while ends by itself, also over a restart', async () => {
  const here = await create('resting')
  const rested = async (): Promise<boolean> => (await folderOf(anna, 'resting')).state === 'idle'
  await anna.cli('folder', 'pause', 'resting', '--for', '1s')
  expect(await folderOf(anna, 'resting')).toMatchObject({ state: 'paused' })
  await until('it goes on', rested)
  const paused = performance.now()
  await anna.cli('folder', 'pause', 'resting', '--for', '5s')
  write(here, 'meanwhile', 'text')
  await anna.stop()
  anna = await cluster.restart(anna)
  const after = await folderOf(anna, 'resting')
  // A machine that is too busy to start it within the pause tells nothing.
  if (performance.now() - paused < 5_000) expect(after).toMatchObject({ state: 'paused', entries: 6 })
  await until('it goes on', rested)
  await until('what was written meanwhile is noted', async () => (await folderOf(anna, 'resting')).entries === 7)
})

test('a support bundle tells versions, state, settings and the log, and no secret', async () => {
  const file = join(cluster.directory, 'bundle.json')
  const { code } = await anna.cli<{ code: string }>('invite')
  await anna.cli('config', 'set', 'log_level', 'debug')
  expect(await anna.cli('support-bundle', file)).toEqual({ file })
  const text = readFileSync(file, 'utf8')
  expect(JSON.parse(text)).toMatchObject({
    format: 1,
    node: { node: process.versions.node },
    settings: { log_level: 'debug' },
    status: { device: anna.ready.device },
    log: expect.arrayContaining([expect.stringContaining('"level"')]),
  })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const identity = JSON.parse(readFileSync(join(anna.options.home, 'identity.json'), 'utf8')) as Record<string, string>
  const secrets = [code, ...['ed25519', 'x25519'].map((key) => identity[key] ?? '')]
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(30)
    expect(text).not.toContain(secret)
  }
  await expect(anna.cli('support-bundle', file)).rejects.toMatchObject({ code: 'exists' })
})

test('a directory without entries is listed as empty, a file as itself, and directories have no time', async () => {
  const here = await create('listed')
  mkdirSync(join(here, 'empty'))
  write(here, 'file', 'text')
  await anna.client.scan({ folder: 'listed' })
  expect(await anna.cli('ls', 'listed/empty')).toEqual([])
  expect(await anna.cli('ls', 'listed/file')).toMatchObject([{ path: 'file', kind: 'file', size: 4, state: 'here' }])
  const all = await anna.cli<{ kind: string; modified: string | null }[]>('ls', 'listed')
  for (const { kind, modified } of all) expect(modified === null).toBe(kind === 'directory')
  await expect(anna.client.list({ folder: 'listed', path: 'nothing' })).rejects.toMatchObject({ code: 'not-found' })
})

test('a folder whose directory is missing at the start is told as at run time, and goes on when it is back', async () => {
  const here = await create('missing')
  await anna.stop()
  renameSync(here, `${here}.away`)
  anna = await cluster.restart(anna)
  await until('blocked', async () => (await folderOf(anna, 'missing')).state === 'blocked')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await folderOf(anna, 'missing')).toMatchObject({ state: 'blocked', reasonCode: 'root-missing' })
  renameSync(`${here}.away`, here)
  await until('it goes on', async () => (await folderOf(anna, 'missing')).state === 'idle')
  rmSync(here, { recursive: true })
})

test('serve with another name than the device has keeps that, and says how to change it; told to end, it does at once', async () => {
  const began = performance.now()
  await anna.stop()
  const first = performance.now() - began
  const again = await cluster.restart(anna, { name: 'hanna' })
  expect(again.ready.name).toBe('anna')
  expect(await again.cli('config', 'get', 'name')).toMatchObject({ value: 'anna' })
  const told = performance.now()
  const { stderr } = await again.stop()
  // Of two, as a busy machine may keep one waiting.
  expect(Math.min(first, performance.now() - told)).toBeLessThan(900)
  expect(stderr).toMatch(/is called anna already.*\n.*holdfast config set name hanna/)
  anna = await cluster.restart(anna)
})
