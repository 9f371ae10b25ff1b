import type { Connection } from '@libp2p/interface'
import { expect, test, vi } from 'vitest'
import type { DeviceId } from '#model'
import { Hearing } from '../../src/peers/hearing.ts'
import type { Group } from '../../src/peers/own-group.ts'
import { HandClock } from '../base/hand-clock.ts'

const removed = 'removed' as DeviceId
const member = 'member' as DeviceId

function connection(device: DeviceId) {
  const abort = vi.fn<(error: Error) => void>()
  return { abort, open: { remotePeer: device, abort } as unknown as Connection }
}

test('of the connections of a removed device that passed the gate together one is heard, for a while', () => {
  const clock = new HandClock()
  const group = { state: { kits: [], removed: [removed], devices: [{ device: member }] } } as unknown as Group
  const hearing = new Hearing({ group, clock })
  const [first, second, third, friend] = [connection(removed), connection(removed), connection(removed), connection(member)]
  expect([hearing.allows(removed), hearing.allows('stranger' as DeviceId)]).toEqual([true, false])
  expect([first, second, friend].map(({ open }) => hearing.admits(open))).toEqual([true, false, true])
  expect([first, second].map(({ abort }) => abort.mock.calls.length)).toEqual([0, 1])
  expect(hearing.allows(removed)).toBe(false)
  clock.pass(20_000)
  expect([first, friend].map(({ abort }) => abort.mock.calls.length)).toEqual([1, 0])
  expect([hearing.allows(removed), hearing.admits(third.open)]).toEqual([true, true])
})
