import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, until } from './cluster.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device
let carol: Device
let nas: Device

beforeAll(async () => {
  ;[anna, ben, carol] = (await cluster.group(['anna', 'ben', 'carol'])) as [Device, Device, Device]
  nas = await cluster.start('nas')
  await nas.cli('config', 'set', 'pledge', '0')
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await nas.cli('join', code)
})
afterAll(() => cluster.end())

interface Shown {
  epoch: number
  author: string
}

async function layoutOf(device: Device): Promise<Shown | null> {
  return (await device.cli<{ layout: Shown | null }>('status')).layout
}

/** Resolves to the layout that all of these show, once it is `epoch` or a later one. */
async function agreed(epoch: number, ...devices: Device[]): Promise<Shown> {
  const shown = (): Promise<(Shown | null)[]> => Promise.all(devices.map(async ({ client }) => (await client.status()).layout))
  await until(
    `all show one layout from epoch ${epoch} on`,
    async () => {
      const all = await shown()
      return (all[0]?.epoch ?? 0) >= epoch && new Set(all.map((one) => JSON.stringify(one))).size === 1
    },
    60_000,
    shown,
  )
  return (await layoutOf(devices[0]!))!
}

test('without a pledge there is no layout; with some all devices show the same', async () => {
  expect(await layoutOf(anna)).toBe(null)
  expect(await ben.cli('config', 'set', 'pledge', '100GB')).toMatchObject({ key: 'pledge', value: 100e9, running: 100e9 })
  await nas.cli('config', 'set', 'pledge', '2TiB')
  const layout = await agreed(1, anna, ben, carol, nas)
  expect([anna, ben, carol].map(({ ready }) => ready.device)).toContain(layout.author)
  const devices = await carol.cli<{ name: string; pledgeBytes: number }[]>('devices')
  expect(Object.fromEntries(devices.map(({ name, pledgeBytes }) => [name, pledgeBytes]))).toEqual({
    anna: 0,
    ben: 100e9,
    carol: 0,
    nas: 2 * 1024 ** 4,
  })
  expect((await nas.client.status()).store.pledgeBytes).toBe(2 * 1024 ** 4)
  expect(await carol.shown('devices')).toMatch(/nas +\S+ +storage +2\.0 TiB/)
})

test('what applies to the group is set by a member and shown by all, and makes the next layout', async () => {
  const before = (await layoutOf(anna))!
  expect(await anna.cli('config', 'get', 'leave_after')).toMatchObject({ value: '7d' })
  await carol.cli('config', 'set', 'replication_factor', '2')
  await carol.cli('config', 'set', 'leave_after', '3d')
  await until('nas hears of it', async () => (await nas.client.configGet({ key: 'leave_after' })).value === '3d')
  expect(await nas.cli('config', 'get', 'replication_factor')).toMatchObject({ value: 2 })
  expect((await agreed(before.epoch + 1, anna, ben, carol, nas)).epoch).toBeGreaterThan(before.epoch)
  await expect(nas.cli('config', 'set', 'replication_factor', '3')).rejects.toMatchObject({
    code: 'denied',
    message: expect.stringMatching(/storage device[^]*do it on a member/) as string,
  })
  await expect(anna.cli('config', 'set', 'replication_factor', '0')).rejects.toMatchObject({ code: 'usage' })
  await expect(anna.cli('config', 'set', 'pledge', 'much')).rejects.toMatchObject({ code: 'usage' })
})

test('a device has its layout again after it was killed, with nobody else there', async () => {
  await Promise.all([anna, carol, nas].map((device) => device.stop()))
  const before = await layoutOf(ben)
  await ben.kill()
  ben = await cluster.restart(ben)
  expect(await layoutOf(ben)).toEqual(before)
  anna = await cluster.restart(anna)
  carol = await cluster.restart(carol)
  nas = await cluster.restart(nas)
  expect(await agreed(before!.epoch, anna, ben, carol, nas)).toEqual(before)
})

test('there is a next layout where a device is removed, and it has one of its own where it goes on alone', async () => {
  const before = (await layoutOf(anna))!
  await anna.cli('devices', 'remove', 'ben')
  const layout = await agreed(before.epoch + 1, anna, carol, nas)
  expect(layout.epoch).toBe(before.epoch + 1)
  await until('ben has heard of it', async () => (await ben.client.status()).removed !== null)
  // It pledges as much as before, in a group of its own.
  await until('ben has one of its own', async () => (await ben.client.status()).layout?.author === ben.ready.device)
})
