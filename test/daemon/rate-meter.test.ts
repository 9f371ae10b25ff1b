import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RateMeter } from '../../src/daemon/rate-meter.ts'
import { HandClock } from '../base/hand-clock.ts'

test('a steady flow is read as such, however often it is asked for', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1 }), (perMs, pauses) => {
      const clock = new HandClock()
      const begun = clock.monotonic()
      const flow = (): number => (clock.monotonic() - begun) * perMs
      const meter = new RateMeter(clock, () => ({ sent: flow(), received: 0 }))
      clock.pass(1_000)
      for (const pause of pauses) {
        expect(meter.read()).toEqual({ sendBytesPerSecond: perMs * 1000, receiveBytesPerSecond: 0 })
        clock.pass(pause)
      }
    }),
  )
})

test('counters that begin anew are no negative rate', () => {
  const clock = new HandClock()
  let sent = 1_000
  const meter = new RateMeter(clock, () => ({ sent, received: sent }))
  clock.pass(1_000)
  sent = 0
  expect(meter.read()).toEqual({ sendBytesPerSecond: 0, receiveBytesPerSecond: 0 })
})
