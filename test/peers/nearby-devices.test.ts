import { expect, test } from 'vitest'
import type { DeviceId } from '#model'
import { createIdentity } from '#peers'
import { NearbyDevices } from '../../src/peers/nearby-devices.ts'
import { HandClock } from '../base/hand-clock.ts'

const one = createIdentity().device
const ours = createIdentity().device
const AT = '/ip4/192.0.2.7/tcp/4001'

/** Somebody looks around; `asked` has whom the names were asked of. */
function nobody(askName: (device: DeviceId) => Promise<string>) {
  const clock = new HandClock()
  const asked: DeviceId[] = []
  const devices = new NearbyDevices({
    clock,
    isOurs: (device) => device === ours,
    askName: (device) => {
      asked.push(device)
      return askName(device)
    },
  })
  return { clock, asked, devices }
}

test('a device stays nearby while it is seen again, and is not when it was silent for three rounds', async () => {
  const { clock, asked, devices } = nobody(() => Promise.resolve('phone'))
  for (let round = 0; round < 10; round++) {
    devices.saw(one, [AT])
    await devices.look()
    expect(devices.list([])).toEqual([{ device: one, name: 'phone', address: AT, digits: null }])
    clock.pass(10_000)
  }
  expect(asked).toEqual([one])
  clock.pass(25_000)
  await devices.look()
  expect(devices.list([])).toEqual([])
})

test('a device is shown where it was seen last, loopback addresses behind', () => {
  const { devices } = nobody(() => Promise.resolve('phone'))
  devices.saw(one, ['/ip4/127.0.0.1/tcp/1', AT])
  expect(devices.addresses(one)).toEqual([AT, '/ip4/127.0.0.1/tcp/1'])
  devices.saw(one, ['/ip4/192.0.2.7/tcp/9'])
  expect(devices.addresses(one)).toEqual(['/ip4/192.0.2.7/tcp/9'])
})

test('one that does not answer is asked again only when it was seen again, and keeps nobody waiting', async () => {
  const silent = createIdentity().device
  const { asked, devices } = nobody((device) => (device === one ? Promise.resolve('phone') : Promise.reject(new Error('no'))))
  devices.saw(silent, [AT])
  await devices.look()
  await devices.look()
  expect(asked).toEqual([silent])
  devices.saw(silent, [AT])
  devices.saw(one, [AT])
  let named = 0
  await devices.look(() => named++)
  expect(asked).toEqual([silent, silent, one])
  expect(named).toBe(2)
  expect(devices.list([]).map(({ name }) => name)).toEqual(['phone'])
})

test('devices of the own group are not nearby', async () => {
  const { asked, devices } = nobody(() => Promise.resolve('phone'))
  devices.saw(ours, [AT])
  await devices.look()
  expect(asked).toEqual([])
  expect(devices.list([])).toEqual([])
})
