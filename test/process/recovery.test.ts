import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, settle, until } from './cluster.ts'
import { write } from './trees.ts'

const PASSPHRASE = 'seven hills and a river'
const cluster = new Cluster()
const file = join(cluster.directory, 'kit.txt')
/** Anna has made all, and is gone for good; the others were never in a group with her, but for the storage device. */
let anna: Device
let nas: Device
let ben: Device
let carla: Device
let exported: Exported
let address = ''

interface Exported {
  folders: { name: string }[]
  name: string
  words: string[] | null
  notes: { message: string }[]
}

interface Restored {
  folders: { name: string; path: string | null }[]
  notes: { message: string; hint: string }[]
}

beforeAll(async () => {
  const env = { HOLDFAST_PASSPHRASE: PASSPHRASE }
  ;[anna, nas, ben, carla] = (await Promise.all([
    cluster.start('anna', { env }),
    cluster.start('nas'),
    cluster.start('ben', { env }),
    cluster.start('carla'),
  ])) as [Device, Device, Device, Device]
  address = nas.ready.addresses[0]!
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await nas.cli('join', code)
  await until('both are connected', async () => (await anna.client.status()).peers[0]?.connected === true)
  const [place] = await cluster.share('thesis', [anna], (root) => write(root, 'notes.txt', 'first'))
  exported = await anna.cli<Exported>('recovery', 'export', file, '--words')
  // What comes later is for the kit, too.
  await cluster.share('photos', [anna])
  await settle('photos', anna)
  await anna.stop()
  for (const lost of [anna.options.home, place!]) rmSync(lost, { recursive: true })
})
afterAll(() => cluster.end())

const byName = ({ folders }: Restored): Restored['folders'] => folders.toSorted((a, b) => (a.name < b.name ? -1 : 1))

test('a kit is for its owner alone, is no offline computer, and tells nobody what is in it', async () => {
  expect(exported).toMatchObject({ name: 'recovery-kit', folders: [{ name: 'thesis' }], notes: [] })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const text = readFileSync(file, 'utf8')
  for (const told of ['thesis', 'photos', 'anna', address, nas.ready.device]) expect(text).not.toContain(told)
  const roles = (await nas.client.devices()).map(({ name, role }) => `${name} ${role}`)
  expect(roles.toSorted()).toEqual(['anna member', 'nas storage', 'recovery-kit recovery'])
  expect((await nas.client.status()).peers.map(({ name }) => name)).toEqual(['anna'])
})

test('with the file and a storage device an empty device gets the folders back', async () => {
  const to = join(cluster.directory, 'back')
  const wrong = { file, passphrase: 'eight hills and a river', to }
  await expect(ben.client.restoreRecovery(wrong)).rejects.toMatchObject({ code: 'denied' })
  expect(await ben.client.devices()).toHaveLength(1)
  const restored = await ben.cli<Restored>('recovery', 'restore', file, '--to', to)
  expect(byName(restored)).toMatchObject(['photos', 'thesis'].map((name) => ({ name, path: join(to, name) })))
  expect(restored.notes).toMatchObject([{ message: 'anna: in the group, and not connected.' }])
  expect(restored.notes[0]!.hint).toContain('holdfast devices remove anna')
  // Done again it says the same, and changes nothing.
  expect(await ben.cli<Restored>('recovery', 'restore', file, '--to', to)).toMatchObject({ folders: restored.folders })
  await ben.client.removeDevice({ device: 'anna' })
  await until('the storage device has heard of it', async () => !(await nas.client.devices()).some(({ name }) => name === 'anna'))
})

test('with the words and an address as well, on a device that has no folders', async () => {
  const [place] = await cluster.share('own', [carla])
  const kit = { words: exported.words!.join(' '), addresses: [address] }
  await expect(carla.client.restoreRecovery(kit)).rejects.toMatchObject({ code: 'conflict' })
  await carla.client.leaveFolder({ folder: 'own' })
  rmSync(place!, { recursive: true })
  const restored = await carla.client.restoreRecovery(kit)
  expect(byName(restored)).toMatchObject(['photos', 'thesis'].map((name) => ({ name, path: null })))
})
