import { existsSync, readdirSync, renameSync } from 'node:fs'
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
