import { expect, test } from 'vitest'
import { PeerRates } from '../../src/daemon/peer-rates.ts'
import { HandClock } from '../base/hand-clock.ts'

test('each device has its own rate, those at rest none, and a new connection begins anew', () => {
  const clock = new HandClock()
  const rates = new PeerRates(clock)
  const [anna, ben, carol] = ['anna', 'ben', 'carol'].map((device) => ({ device, traffic: { sent: 500, received: 9_000 } }))
  const peers = [anna!, ben!, carol!]
  expect(rates.read(peers)).toEqual([])
  clock.pass(1_000)
  anna!.traffic.received += 2_000
  ben!.traffic.sent += 5_000
  expect(rates.read(peers)).toEqual([
    { device: 'ben', receiveBytesPerSecond: 0, sendBytesPerSecond: 5_000 },
    { device: 'anna', receiveBytesPerSecond: 2_000, sendBytesPerSecond: 0 },
  ])
  clock.pass(1_000)
  expect(rates.read([{ device: 'ben', traffic: { sent: 90_000, received: 0 } }])).toEqual([])
})
