import { expect, test } from 'vitest'
import type { Have } from '#db'
import type { DeviceId, Role } from '#model'
import { shareOf, syncedPercent } from '../../src/daemon/peer-share.ts'

const have = (seq: number): Have[] => [{ author: 'anna' as DeviceId, epoch: 1, seq }]

test('a device that has heard of all and needs nothing has all, also where there is nothing', () => {
  expect(shareOf([{ entries: 0, have: [], said: { have: [], needEntries: 0 } }])).toBe(100)
  expect(shareOf([{ entries: 10, have: have(30), said: { have: have(30), needEntries: 0 } }])).toBe(100)
})

test('it lacks what it says it needs, and what it has not heard of', () => {
  expect(shareOf([{ entries: 10, have: have(30), said: { have: have(28), needEntries: 3 } }])).toBe(50)
  expect(shareOf([{ entries: 10, have: have(30), said: { have: [], needEntries: 0 } }])).toBe(0)
})

test('whoever lacks one of a million has not all', () => {
  const said = { have: have(9), needEntries: 1 }
  expect(shareOf([{ entries: 1_000_000, have: have(9), said }])).toBe(99)
})

test('folders count by their entries', () => {
  const whole = { entries: 90, have: have(90), said: { have: have(90), needEntries: 0 } }
  expect(shareOf([whole, { entries: 10, have: have(10), said: { have: have(10), needEntries: 10 } }])).toBe(90)
})

test('folders in which it takes no changes are left out', () => {
  const [anna, ben] = ['anna', 'ben'] as DeviceId[] as [DeviceId, DeviceId]
  const state = (needEntries: number) => ({ materialised: true, have: have(10), needEntries })
  const folder = (id: string, needEntries: number) => ({
    stored: { id },
    takers: [ben],
    sync: {
      exchange: { have: have(10), peers: [{ device: ben, state: state(needEntries) }] },
      totals: { entries: 10, needEntries: 0 },
    },
  })
  const folders = [folder('sent', 0), folder('both', 5)] as unknown as Parameters<typeof syncedPercent>[0]['folders']
  const roles = (sent: Role, both: Role) => ({ state: { role: (id: string) => (id === 'sent' ? sent : both) } })
  expect(syncedPercent({ group: roles('sync', 'sync'), folders }, ben)).toBe(75)
  expect(syncedPercent({ group: roles('send-only', 'sync'), folders }, ben)).toBe(50)
  expect(syncedPercent({ group: roles('send-only', 'send-only'), folders }, anna)).toBe(null)
})
