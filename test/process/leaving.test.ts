import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, folderOf, joinOffered, settle, until } from './cluster.ts'
import { write, writeSmallFiles } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

test('who made a folder, left it and joins again does not bring back what the others have deleted or edited meanwhile', async () => {
  const [here, there] = (await cluster.share('again', [anna, ben], (root) => {
    writeSmallFiles(root, 3)
    write(root, 'gone.txt', 'old')
    write(root, 'edited.txt', 'old')
  })) as [string, string]
  await settle('again', anna, ben)
  await anna.client.leaveFolder({ folder: 'again' })
  rmSync(join(there, 'gone.txt'))
  write(there, 'edited.txt', 'new')
  await ben.client.scan({ folder: 'again' })
  await joinOffered(anna, 'again', here)
  await settle('again', anna, ben)
  for (const root of [here, there]) {
    expect(existsSync(join(root, 'gone.txt'))).toBe(false)
    expect(readFileSync(join(root, 'edited.txt'), 'utf8')).toBe('new')
  }
  expect((await folderOf(anna, 'again')).conflicts).toBe(0)
})

test('a device that has left a folder is waited for no more, also after both have met again', async () => {
  await cluster.share('left', [anna, ben], (root) => writeSmallFiles(root, 3))
  await settle('left', anna, ben)
  await ben.client.leaveFolder({ folder: 'left' })
  await settle('left', anna)
  await anna.stop()
  anna = await cluster.restart(anna)
  await until('they have met', async () => (await anna.client.devices()).some(({ connected }) => connected))
  await settle('left', anna)
})

test('a device that has left a folder is waited for no more while it is away, also where the news of it comes late', async () => {
  const [, there] = (await cluster.share('gone', [anna, ben], (root) => writeSmallFiles(root, 3))) as [string, string]
  write(there, 'by-ben', 'he is the author of a record')
  await settle('gone', ben, anna)
  const { id } = await folderOf(anna, 'gone')
  await anna.stop()
  await ben.client.leaveFolder({ folder: 'gone' })
  anna = await cluster.restart(anna)
  await until('they have met', async () => (await anna.client.devices()).some(({ connected }) => connected))
  await settle('gone', anna)
  await ben.stop()
  for (const again of [false, true]) {
    if (again) {
      // Nor would it know anything of an index that was lost here.
      await anna.stop()
      const indexes = join(anna.options.home, 'index')
      for (const name of readdirSync(indexes)) if (name.startsWith(id)) rmSync(join(indexes, name))
      anna = await cluster.restart(anna)
    }
    expect(await anna.client.wait({ folder: 'gone', timeoutSeconds: 5 })).toMatchObject({ synced: true })
  }
  ben = await cluster.restart(ben)
  await ben.client.joinFolder({ folder: 'gone', path: there })
  await settle('gone', ben, anna)
  await ben.stop()
  await expect(anna.client.wait({ folder: 'gone', timeoutSeconds: 1 })).rejects.toMatchObject({ code: 'timeout' })
  ben = await cluster.restart(ben)
})

test('a folder that everybody has left is offered to nobody; one that a device has that is away is, and a left one begins anew', async () => {
  const offers = async (device: Device) =>
    (await device.client.folders()).filter(({ offered }) => offered).map(({ name }) => name)
  const [, there] = (await cluster.share('over', [anna, ben], (root) => writeSmallFiles(root, 3))) as [string, string]
  await settle('over', anna, ben)
  await ben.stop()
  await anna.client.leaveFolder({ folder: 'over' })
  expect(await offers(anna)).toContain('over')
  ben = await cluster.restart(ben)
  await ben.client.leaveFolder({ folder: 'over' })
  for (const device of [anna, ben])
    await until(
      `over is offered no longer`,
      async () => !(await offers(device)).includes('over'),
      20_000,
      () => offers(device),
    )
  await ben.client.joinFolder({ folder: 'over', path: there })
  await until('it is offered again', async () => (await offers(anna)).includes('over'))
  await settle('over', ben)
})
