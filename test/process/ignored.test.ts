import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, folderOf, settle, until } from './cluster.ts'
import { write, writeSmallFiles } from './trees.ts'

const FILES = 200

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

test('waiting ends only when what is ignored no more is there', async () => {
  const [here, there] = (await cluster.share('unignored', [anna, ben], (root) => writeSmallFiles(root, 3))) as [string, string]
  for (const round of [0, 1, 2]) {
    write(here, '.holdfastignore', 'logs*/\n')
    await settle('unignored', anna, ben)
    for (let at = 0; at < FILES; at++) write(here, `logs${round}/${at}.log`, `log ${round} ${at}`)
    write(here, '.holdfastignore', '# nothing\n')
    await anna.client.wait({ folder: 'unignored', timeoutSeconds: 40 })
    expect(readdirSync(join(there, `logs${round}`))).toHaveLength(FILES)
  }
})

test('what is ignored here stays where it is, also when another device renames it to where it is not', async () => {
  const [here, there] = (await cluster.share('taken', [anna, ben], (root) => writeSmallFiles(root, 3))) as [string, string]
  write(here, 'build/x', 'content of x that is here')
  for (let at = 0; at < 5; at++) write(here, `out/${at}`, `content ${at}`)
  await settle('taken', anna, ben)
  await ben.stop()
  write(here, '.holdfastignore', 'build/\nout/\n')
  await anna.client.scan({ folder: 'taken' })
  renameSync(join(there, 'build/x'), join(there, 'y'))
  renameSync(join(there, 'out'), join(there, 'out2'))
  ben = await cluster.restart(ben)
  await settle('taken', anna, ben)
  for (const path of ['build/x', 'out/1', 'y', 'out2/1']) expect([path, existsSync(join(here, path))]).toEqual([path, true])
})

test('rules that are rubbish are named with their line, on every device, and the folder syncs by the others', async () => {
  const [here, there] = (await cluster.share('rubbish', [anna, ben], (root) => writeSmallFiles(root, 3))) as [string, string]
  await settle('rubbish', anna, ben)
  write(here, '.holdfastignore', '*.tmp\nphotos[\n\0\u0001*\n')
  write(here, 'a.tmp', 'ignored')
  write(here, 'b.txt', 'synced')
  await settle('rubbish', anna, ben)
  expect(['a.tmp', 'b.txt'].map((path) => existsSync(join(there, path)))).toEqual([false, true])
  for (const device of [anna, ben]) {
    await until('the rules are a problem', async () => (await folderOf(device, 'rubbish')).problems === 1)
    expect(await device.shown('folder', 'problems', 'rubbish')).toMatch(
      /^\.holdfastignore {2}line 2 is passed over.*line 3 is passed over/m,
    )
  }
  write(there, '.holdfastignore', '*\n')
  await settle('rubbish', ben, anna)
  expect(await anna.shown('folder', 'problems', 'rubbish')).toContain('its patterns ignore everything')
  write(there, '.holdfastignore', '*.tmp\n')
  await settle('rubbish', ben, anna)
  for (const device of [anna, ben]) expect((await folderOf(device, 'rubbish')).problems).toBe(0)
})

test('rules that are set by a program are tried out before, and are in force on every device after', async () => {
  const [here, there] = (await cluster.share('set', [anna, ben], (root) => {
    writeSmallFiles(root, 3)
    write(root, 'out/a.log', 'a')
  })) as [string, string]
  await settle('set', anna, ben)
  expect(await anna.client.ignoreRules({ folder: 'set' })).toEqual({ text: '' })
  const text = '*.log\n'
  expect(await anna.client.previewIgnore({ folder: 'set', text, limit: 10 })).toEqual({
    ignored: 1,
    newlyIgnored: ['out/a.log'],
    noLonger: [],
    faults: [],
  })
  expect(await anna.client.setIgnoreRules({ folder: 'set', text })).toEqual({ text })
  await settle('set', anna, ben)
  expect(await ben.client.ignoreRules({ folder: 'set' })).toEqual({ text })
  write(there, 'out/b.log', 'b')
  write(there, 'out/c', 'c')
  await settle('set', ben, anna)
  expect(readdirSync(join(here, 'out')).toSorted()).toEqual(['a.log', 'c'])
  expect(await ben.client.entryDetails({ folder: 'set', path: 'out/b.log' })).toMatchObject({ reasonCode: 'ignored' })
  expect(await ben.client.setIgnoreRules({ folder: 'set', text: '' })).toEqual({ text: '' })
  await settle('set', ben, anna)
  expect([existsSync(join(here, '.holdfastignore')), existsSync(join(here, 'out/b.log'))]).toEqual([false, true])
})

test('of an entry it is told why it is not the same everywhere, by whom, and what to do', async () => {
  const [here] = (await cluster.share('told', [anna, ben], (root) => writeSmallFiles(root, 3))) as [string]
  write(here, 'both', 'on both')
  await settle('told', anna, ben)
  const details = (path: string) => anna.client.entryDetails({ folder: 'told', path })
  const { device: own } = await anna.client.status()
  const { device: other } = await ben.client.status()
  await until('anna has heard that ben has it', async () => (await details('both')).reasonCode === 'synced')
  expect(await details('both')).toEqual({
    item: expect.objectContaining({ path: 'both', kind: 'file', size: 7, state: 'here' }) as unknown,
    reasonCode: 'synced',
    message: 'It is the same on all devices of the folder.',
    hint: null,
    values: { others: 1, sure: 'yes' },
    problem: null,
    devices: [
      { device: own, name: 'anna', connected: true, has: 'yes' },
      { device: other, name: 'ben', connected: true, has: 'yes' },
    ],
  })
  expect((await anna.client.status()).peers).toMatchObject([{ name: 'ben', syncedPercent: 100 }])
  expect(await details('nothing')).toMatchObject({ item: null, reasonCode: 'unknown', hint: expect.any(String) as unknown })
  rmSync(join(here, 'both'))
  await settle('told', anna, ben)
  expect(await details('both')).toMatchObject({ item: { state: 'deleted' }, reasonCode: 'deleted' })
  await ben.cli('folder', 'pause', 'told')
  write(here, 'held up', 'x')
  await anna.client.scan({ folder: 'told' })
  await until('anna has heard that ben has paused it', async () => /paused/.test((await details('held up')).message))
  expect(await details('held up')).toMatchObject({
    reasonCode: 'to-come-elsewhere',
    hint: expect.stringContaining('on ben') as unknown,
  })
  await until('ben lacks something', async () => (await anna.client.status()).peers[0]!.syncedPercent! < 100)
  await ben.stop()
  await until('ben is away', async () => (await anna.client.status()).peers[0]!.connected === false)
  write(here, 'later', 'y')
  await anna.client.scan({ folder: 'told' })
  expect(await details('later')).toMatchObject({
    reasonCode: 'away',
    message: 'It is here; ben has not been connected since it changed, and gets it when it is.',
    devices: [
      { name: 'anna', has: 'yes' },
      { name: 'ben', connected: false, has: 'no' },
    ],
  })
  expect((await anna.client.status()).peers).toMatchObject([{ name: 'ben', syncedPercent: null }])
  const [space] = (await anna.client.space()).filter(({ folder }) => folder === 'told')
  expect(space).toMatchObject({ liveBytes: (await folderOf(anna, 'told')).bytes, versionBytes: 'on both'.length })
  expect(await anna.client.upkeep()).toMatchObject({ scrubbed: null, snapshot: null, volumeBytes: expect.any(Number) as unknown })
  expect((await anna.client.metricHistory({ span: '30d' })).times).toHaveLength(360)
})
