import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle, until } from './cluster.ts'
import { write } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

function text(root: string, path: string): string | null {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null
}

async function untilProtected(folder: string): Promise<void> {
  for (const device of [anna, ben]) await device.cli('wait', '--folder', folder, '--for', 'protected', '--timeout', '60s')
}

test('a device that is restored from an old backup brings nothing back and takes nothing away', async () => {
  const [here, there] = (await cluster.share('garden', [anna, ben], (root) => {
    for (const name of ['kept', 'edited', 'deleted', 'renamed', 'mine']) write(root, name, `old ${name}`)
  })) as [string, string]
  await settle('garden', anna, ben)
  await untilProtected('garden')
  await ben.stop()
  const places = [ben.options.home, there].map((place, at) => [place, join(cluster.directory, `backup-${at}`)] as const)
  const copy = (from: string, to: string): void => cpSync(from, to, { recursive: true, preserveTimestamps: true })
  for (const [place, backup] of places) copy(place, backup)
  ben = await cluster.restart(ben)
  write(here, 'edited', 'new edited')
  write(here, 'added', 'by anna')
  rmSync(join(here, 'deleted'))
  renameSync(join(here, 'renamed'), join(here, 'moved'))
  write(there, 'mine', 'new mine')
  write(there, 'his', 'by ben')
  await settle('garden', anna, ben)
  await untilProtected('garden')
  await ben.stop()
  for (const [place, backup] of places) {
    // Not removed, or its inodes may be those of the copy.
    renameSync(place, `${place}.lost`)
    copy(backup, place)
  }
  write(there, 'since', 'written after the backup was restored')
  ben = await cluster.restart(ben)
  // Only its user knows whether another directory in place of it is meant.
  await until('it is blocked', async () => (await folderOf(ben, 'garden')).state === 'blocked')
  const { reasonCode, reason } = await folderOf(ben, 'garden')
  expect(reasonCode).toBe('root-replaced')
  expect(reason).toMatch(/so was this device's home; .* in no store; if both are of one backup: holdfast folder unblock garden/)
  await ben.cli('folder', 'unblock', 'garden')
  await settle('garden', ben, anna)
  expectSame(here, there)
  const shown = ['kept', 'edited', 'added', 'deleted', 'renamed', 'moved', 'mine', 'his', 'since'].map((name) =>
    text(there, name),
  )
  const [written, old] = ['written after the backup was restored', 'old renamed']
  expect(shown).toEqual(['old kept', 'new edited', 'by anna', null, null, old, 'new mine', 'by ben', written])
  expect((await folderOf(ben, 'garden')).conflicts).toBe(0)
  await untilProtected('garden')
  for (const [path, count] of [
    ['edited', 2],
    ['mine', 2],
    ['deleted', 2],
    ['his', 1],
  ] as const)
    for (const device of [anna, ben]) expect(await device.client.versions({ folder: 'garden', path })).toHaveLength(count)
})

test('a directory alone that is restored from an old backup is compared with the others where the folder is left and joined again', async () => {
  const [here, there] = (await cluster.share('attic', [anna, ben], (root) => {
    for (const name of ['edited', 'deleted', 'mine']) write(root, name, `old ${name}`)
  })) as [string, string]
  await settle('attic', anna, ben)
  const backup = `${there}.backup`
  cpSync(there, backup, { recursive: true, preserveTimestamps: true })
  write(here, 'edited', 'new edited')
  write(here, 'added', 'by anna')
  rmSync(join(here, 'deleted'))
  write(there, 'mine', 'new mine')
  await settle('attic', anna, ben)
  renameSync(there, `${there}.lost`)
  renameSync(backup, there)
  await until('it is blocked', async () => (await folderOf(ben, 'attic')).reasonCode === 'root-replaced')
  const { reason } = await folderOf(ben, 'attic')
  expect(reason).toMatch(
    /in no store; .* folder leave attic, then holdfast folder join attic PATH .*; if it is meant .* folder unblock/,
  )
  await ben.cli('folder', 'leave', 'attic')
  await ben.cli('folder', 'join', 'attic', there)
  await settle('attic', ben, anna)
  expectSame(here, there)
  expect(['edited', 'added', 'deleted', 'mine'].map((name) => text(here, name))).toEqual([
    'new edited',
    'by anna',
    null,
    'new mine',
  ])
})

test('a device that was gone for long, while others forgot and swept, brings nothing back and loses nothing of its own', async () => {
  const [here, there] = (await cluster.share('shed', [anna, ben], (root) => {
    for (const name of ['kept', 'edited', 'deleted', 'both', 'his', 'rescued']) write(root, name, `old ${name}`)
  })) as [string, string]
  await settle('shed', anna, ben)
  await untilProtected('shed')
  await anna.cli('config', 'set', 'leave_after', '1s')
  await ben.stop()
  for (const name of ['his', 'both', 'rescued']) write(there, name, `${name} by ben`)
  for (const round of [1, 2]) {
    for (const name of ['edited', 'both']) write(here, name, `${name} by anna, ${round}`)
    await anna.client.scan({ folder: 'shed' })
  }
  for (const name of ['deleted', 'rescued']) rmSync(join(here, name))
  await anna.client.scan({ folder: 'shed' })
  await anna.cli('retention', 'set', 'shed', '--keep-last', '1')
  await anna.cli('config', 'set', 'gc_grace', '0')
  await anna.cli('gc')
  ben = await cluster.restart(ben)
  await settle('shed', ben, anna)
  expectSame(here, there)
  const shown = ['kept', 'edited', 'deleted', 'his', 'rescued'].map((name) => text(there, name))
  expect(shown).toEqual(['old kept', 'edited by anna, 2', null, 'his by ben', 'rescued by ben'])
  const both = readdirSync(there).filter((name) => name.startsWith('both'))
  expect(both.map((name) => text(there, name)).toSorted()).toEqual(['both by anna, 2', 'both by ben'])
  await untilProtected('shed')
})
