import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, folderOf, joinOffered, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

const FILES = 30

const cluster = new Cluster()
let anna: Device
let dora: Device

beforeAll(async () => {
  ;[anna, dora] = (await cluster.group(['anna', 'dora'])) as [Device, Device]
  // What others do not have too, no chance brings back.
  await anna.cli('config', 'set', 'replication_factor', '1')
})
afterAll(() => cluster.end())

async function untilProtected(...devices: Device[]): Promise<void> {
  for (const device of devices) await device.cli('wait', '--for', 'protected', '--timeout', '60s')
}

function names(): Promise<string[]> {
  return anna.client.devices().then((devices) => devices.map(({ name }) => name))
}

test('what only a device has that is away is out of reach, which is told with its name until it is back', async () => {
  const [place] = (await cluster.share('diary', [anna, dora], (root) => {
    for (let at = 0; at < FILES; at++) write(root, `${at}`, noise(2_000, `first ${at}`))
  })) as [string]
  await settle('diary', anna, dora)
  await untilProtected(anna, dora)
  await anna.cli('snapshot', 'create', 'diary', 'then')
  for (let at = 0; at < FILES; at++) write(place, `${at}`, noise(2_000, `second ${at}`))
  await settle('diary', anna, dora)
  await untilProtected(anna, dora)
  expect((await folderOf(anna, 'diary')).outOfReach).toEqual([])
  await dora.stop()
  await until('it is told', async () => (await folderOf(anna, 'diary')).outOfReach.length > 0)
  const { outOfReach, protectedPercent, notes } = await folderOf(anna, 'diary')
  const [{ versions } = { versions: 0 }] = outOfReach
  expect(outOfReach).toEqual([{ devices: [{ device: dora.ready.device, name: 'dora' }], said: true, files: 0, versions }])
  expect(protectedPercent).toBe(100)
  expect(notes).toContainEqual({
    folder: 'diary',
    reasonCode: 'out-of-reach',
    message: `${versions} older versions are on no device that is connected; dora, which is away, has them`,
    hint: 'start dora; if it is gone for good, holdfast devices remove dora --dry-run tells what would go with it; holdfast folder problems diary lists them',
    values: { devices: 'dora', number: 1, said: 'yes', files: 0, versions },
  })
  const problems = await anna.client.problems({ folder: 'diary' })
  expect(problems).toHaveLength(versions)
  const missed: string[] = []
  for (let at = 0; at < FILES; at++) {
    const [, first] = await anna.client.versions({ folder: 'diary', path: `${at}` })
    const to = join(cluster.directory, `first-${at}`)
    const restored = anna.client.restore({ folder: 'diary', path: `${at}`, version: first!.version, to })
    const message = await restored.then(String, ({ message, hint }: { message: string; hint: string }) => `${message}; ${hint}`)
    if (/: it is on no device that is connected; dora, which is away, has it; start dora;/.test(message)) missed.push(`${at}`)
  }
  expect(missed.toSorted()).toEqual(problems.map((problem) => problem.path).toSorted())
  expect(await anna.cli('devices', 'remove', 'dora', '--dry-run')).toEqual({
    device: dora.ready.device,
    removed: false,
    notes: [
      {
        folder: 'diary',
        reasonCode: 'only-copy',
        message: expect.stringContaining(`the content of ${versions} versions is on dora alone`),
        hint: expect.stringContaining('run holdfast leave on it instead, which hands this over first'),
        values: expect.objectContaining({ device: 'dora', versions, own: 'no' }),
      },
    ],
    folders: [{ folder: 'diary', places: 1024, newHolders: 512, copies: 1, copiesAfter: 1, wantedCopies: 1 }],
  })
  expect((await names()).toSorted()).toEqual(['anna', 'dora'])
  dora = await cluster.restart(dora)
  await until('it is told no longer', async () => (await folderOf(anna, 'diary')).outOfReach.length === 0)
})

test('a member that leaves hands over first what it alone has of the past', async () => {
  const before = (await anna.client.status()).store.blocks
  expect(await dora.cli('leave')).toEqual({ left: true, notes: [] })
  await dora.stop()
  expect(await names()).toEqual(['anna'])
  expect(before).toBeLessThan(2 * FILES)
  await anna.cli('snapshot', 'restore', 'diary', 'then', '--to', join(cluster.directory, 'then'))
  for (let at = 0; at < FILES; at++)
    expect(readFileSync(join(cluster.directory, 'then', `${at}`)).equals(noise(2_000, `first ${at}`))).toBe(true)
})

test('a storage device leaves once others hold what it held for them, and stays where nobody can say that they do, or it is killed meanwhile', async () => {
  const storage = async (name: string): Promise<Device> => {
    const device = await cluster.start(name)
    const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
    await device.cli('join', code)
    await device.cli('config', 'set', 'pledge', '1GB')
    return device
  }
  let nas = await storage('nas')
  await until('nas is to hold all', async () => (await anna.client.status()).layout?.epoch === 1)
  await untilProtected(anna)
  const { blocks } = (await nas.client.status()).store
  await expect(nas.cli('folder', 'join', 'any')).rejects.toMatchObject({ code: 'denied' })
  expect(blocks).toBeGreaterThan(FILES)
  await anna.stop()
  await until('nas is alone', async () => (await nas.client.status()).peers.every(({ connected }) => !connected))
  await expect(nas.cli('leave')).rejects.toMatchObject({
    code: 'offline',
    message: expect.stringMatching(
      /stays in the group.* blocks are here for others, none of which is connected.*holdfast leave --now/,
    ),
  })
  anna = await cluster.restart(anna)
  const isCountedOn = async (): Promise<boolean> => (await anna.client.status()).layout !== null
  await until('they have met', async () => (await anna.client.status()).peers.some(({ connected }) => connected))
  const broken = nas.cli('leave').catch((error: unknown) => error)
  await until('nas is counted on no longer', async () => !(await isCountedOn()))
  await nas.kill()
  expect(await broken).toMatchObject({ code: 'offline' })
  nas = await cluster.restart(nas)
  await until('nas is counted on again', isCountedOn)
  expect((await names()).toSorted()).toEqual(['anna', 'nas'])
  const attic = await storage('attic')
  expect(await nas.cli('leave')).toEqual({ left: true, notes: [] })
  expect((await attic.client.status()).store.blocks).toBeGreaterThanOrEqual(blocks!)
  await nas.cli('config', 'set', 'gc_grace', '0')
  await nas.cli('gc', '--abandoned')
  expect(await nas.client.status()).toMatchObject({ store: { blocks: 0 } })
  expect((await names()).toSorted()).toEqual(['anna', 'attic'])
  await untilProtected(anna)
})

test('who puts a device out is told what no other device has, and who leaves at once what is there alone', async () => {
  await anna.cli('config', 'set', 'gc_grace', '10ms')
  // What attic holds goes from anna.
  await anna.cli('rebalance')
  await anna.cli('rebalance')
  const { notes } = await anna.client.removeDevice({ device: 'attic' })
  expect(notes).toMatchObject([
    { folder: 'diary', reasonCode: 'only-copy', message: expect.stringMatching(/^the content of 30 versions is on attic alone/) },
  ])
  const carl = await cluster.start('carl')
  const [place] = (await cluster.share('new', [carl], (root) => write(root, 'a', 'by carl'))) as [string]
  await carl.cli('join', (await anna.cli<{ code: string }>('invite')).code)
  await joinOffered(anna, 'new', cluster.place(anna, 'new'))
  await anna.cli('config', 'set', 'replication_factor', '2')
  await untilProtected(carl)
  await anna.client.pauseFolder({ folder: 'new', forSeconds: null })
  write(place, 'b', 'nobody else has it')
  write(place, 'like-a', 'by carl')
  await carl.client.scan({ folder: 'new' })
  const told = await carl.cli<{ notes: unknown[] }>('leave', '--now')
  expect(told.notes).toMatchObject([
    { folder: 'new', message: expect.stringMatching(/of up to 1 version is on this device alone.*: of b$/) },
  ])
})
