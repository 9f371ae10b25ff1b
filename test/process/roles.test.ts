import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pair, type Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, joinOffered, settle, until } from './cluster.ts'
import { write, writeSmallFiles } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

async function shared(folder: string, role: string): Promise<[string, string]> {
  const places = (await cluster.share(folder, [anna, ben], (root) => writeSmallFiles(root, 10))) as [string, string]
  await settle(folder, anna, ben)
  await anna.cli('folder', 'share', folder, 'ben', '--role', role)
  await until('the role is known', async () =>
    (await ben.client.folders()).some((one) => one.name === folder && (one.role as string) === role),
  )
  return places
}

test('a receive-only device keeps its own edits to itself, shows them, and can give them up', async () => {
  const [here, there] = await shared('receive-only', 'receive-only')
  write(there, 'd0/f1', 'edited where it may not be')
  write(there, 'own', 'only here')
  await ben.client.scan({ folder: 'receive-only' })
  write(here, 'd0/f2', 'from anna')
  await anna.client.scan({ folder: 'receive-only' })
  await until('what others write still comes', () => readFileSync(join(there, 'd0/f2'), 'utf8') === 'from anna')
  expect(readFileSync(join(here, 'd0/f1'), 'utf8')).toMatch(/^small 1\n/)
  expect(existsSync(join(here, 'own'))).toBe(false)
  // What has just come is at work for a moment.
  await until('it says so', async () => (await folderOf(ben, 'receive-only')).reasonCode === 'local-edits')
  expect(await folderOf(ben, 'receive-only')).toMatchObject({ problems: 2 })
  expect((await ben.client.problems({ folder: 'receive-only' })).map(({ path, code }) => `${code} ${path}`)).toEqual([
    'local-edit d0/f1',
    'local-edit own',
  ])
  expect((await ben.client.wait({ timeoutSeconds: 20 })).notes).toMatchObject([
    { folder: 'receive-only', reasonCode: 'local-edits', hint: expect.stringContaining('holdfast folder revert receive-only') },
  ])
  expect(readFileSync(join(there, 'd0/f1'), 'utf8')).toBe('edited where it may not be')
  await ben.cli('folder', 'revert', 'receive-only')
  await settle('receive-only', anna, ben)
  expectSame(here, there)
  expect(existsSync(join(there, 'own'))).toBe(false)
  const archived = await ben.client.archive({ folder: 'receive-only' })
  expect(archived.map(({ path }) => path).toSorted()).toEqual(['d0/f1', 'd0/f2', 'own'])
})

test('a device without a role is told so, and waits for nothing that it does not get', async () => {
  const [here, there] = await shared('no-role', 'none')
  write(here, 'withheld', 'from anna')
  await anna.client.scan({ folder: 'no-role' })
  write(there, 'own', 'only here')
  await ben.client.scan({ folder: 'no-role' })
  await until('it says so', async () => (await folderOf(ben, 'no-role')).reasonCode === 'no-role')
  expect(await folderOf(ben, 'no-role')).toMatchObject({ role: 'none', state: 'idle', needEntries: 0 })
  await expect(ben.client.wait({ folder: 'no-role', timeoutSeconds: 5 })).rejects.toMatchObject({
    code: 'denied',
    hint: expect.stringContaining('--role sync'),
  })
  expect(existsSync(join(there, 'withheld'))).toBe(false)
  // Nothing that the others have could take the place of the edit: it is not given up.
  const way = 'holdfast folder share no-role ben --role sync'
  await expect(ben.client.revertFolder({ folder: 'no-role' })).rejects.toMatchObject({
    code: 'denied',
    hint: expect.stringContaining(way),
  })
  expect(await ben.client.problems({ folder: 'no-role' })).toMatchObject([{ path: 'own', hint: expect.stringContaining(way) }])
  // Nor is it waited for: it gets nothing.
  expect(await anna.client.wait({ folder: 'no-role', timeoutSeconds: 5 })).toMatchObject({ synced: true })
  await anna.cli('folder', 'share', 'no-role', 'ben', '--role', 'sync')
  await settle('no-role', anna, ben)
  expectSame(here, there)
})

test('who gives all a role is told whose own role stays', async () => {
  await shared('by-name', 'send-only')
  expect(await anna.cli('folder', 'share', 'by-name', 'all', '--role', 'receive-only')).toMatchObject({
    device: 'all',
    kept: [{ device: ben.ready.device, name: 'ben', role: 'send-only' }],
  })
  await anna.cli('folder', 'share', 'by-name', 'ben', '--role', 'receive-only')
  expect(await anna.cli('folder', 'share', 'by-name', 'all', '--role', 'receive-only')).toMatchObject({ kept: [] })
})

test('a send-only device gives and does not take', async () => {
  const [here, there] = await shared('send-only', 'send-only')
  write(there, 'd0/f1', 'from ben, who only sends')
  await ben.client.scan({ folder: 'send-only' })
  await until('it has come', () => readFileSync(join(here, 'd0/f1'), 'utf8') === 'from ben, who only sends')
  write(here, 'd0/f2', 'from anna')
  await anna.client.scan({ folder: 'send-only' })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(readFileSync(join(there, 'd0/f2'), 'utf8')).toMatch(/^small 2\n/)
  expect((await ben.client.wait({ folder: 'send-only', timeoutSeconds: 20 })).notes).toMatchObject([
    { folder: 'send-only', reasonCode: 'send-only', message: expect.stringContaining('1 change by others is not taken in') },
  ])
  expect(await ben.shown('folder', 'problems', 'send-only')).toContain('send-only is idle: This device only sends')
})

test('a device without a role is offered nothing', async () => {
  const carl = await cluster.start('carl')
  const { code } = await anna.cli<{ code: string }>('invite')
  await carl.cli('join', code)
  const [here] = (await cluster.share('private', [anna, ben], (root) => writeSmallFiles(root, 5))) as [string, string]
  await anna.cli('folder', 'share', 'private', 'carl', '--role', 'none')
  await until('the role is known', async () => !(await carl.client.folders()).some(({ name }) => name === 'private'))
  await expect(carl.cli('folder', 'join', 'private', `${here}.carl`)).rejects.toThrow(/private/)
  expect(existsSync(`${here}.carl`)).toBe(false)
})

test('what a device wrote that is put out by one without the folder still reaches who comes later', async () => {
  const [dora, erik] = [await cluster.start('dora'), await cluster.start('erik')]
  await pair(anna, dora)
  // Ben's and Dora's; Anna takes no part.
  const [here, there] = (await cluster.share('kept', [ben, dora], (root) => writeSmallFiles(root, 3))) as [string, string]
  await settle('kept', ben, dora)
  write(there, 'by-dora', 'before she was put out')
  await dora.client.scan({ folder: 'kept' })
  await until('it has come', () => existsSync(join(here, 'by-dora')))
  await anna.cli('devices', 'remove', 'dora')
  await pair(anna, erik)
  await joinOffered(erik, 'kept', cluster.place(erik, 'kept'))
  await until('it is there', () => existsSync(join(cluster.place(erik, 'kept'), 'by-dora')))
  // And Dora, who goes on alone with the folder, hands on what Ben wrote.
  const fred = await cluster.start('fred')
  await until('dora is alone', async () => (await dora.client.devices()).length === 1)
  await pair(dora, fred)
  await joinOffered(fred, 'kept', cluster.place(fred, 'kept'))
  await until('it is there', () => existsSync(join(cluster.place(fred, 'kept'), 'd0/f1')))
})
