import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { deadline, every, sleep, systemClock } from '#base'
import { DeviceClock, World } from '../simulator/world.ts'
import { clockSuite } from './clock-suite.ts'
import { HandClock } from './hand-clock.ts'

const DAY_MS = 86_400_000
/** The machine may be busy. */
const SLACK_MS = 4

// First: Node warns once.
test('the system’s clock takes a time gone by without a warning on the terminal', async () => {
  const warnings: Error[] = []
  const listener = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listener)
  await sleep(systemClock, -5)
  process.off('warning', listener)
  expect(warnings).toEqual([])
})

clockSuite('of the system', () => ({
  clock: systemClock,
  async pass(ms) {
    for (const end = performance.now() + ms; performance.now() < end;) await pause(SLACK_MS)
  },
}))

clockSuite('of the simulator', () => {
  const world = new World()
  const clock = new DeviceClock(
    world,
    () => 0,
    () => true,
  )
  return { clock, pass: async (ms) => void (await world.run(world.now + ms)) }
})

clockSuite('moved by hand', () => {
  const clock = new HandClock()
  return { clock, pass: (ms) => clock.pass(ms) }
})

describe('the system’s clock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('waits out a time longer than the system’s timers take, and it can be cancelled', () => {
    const done: string[] = []
    systemClock.after(90 * DAY_MS, () => done.push('long'), { idle: true })
    const cancelled = systemClock.after(90 * DAY_MS, () => done.push('cancelled'))
    vi.advanceTimersByTime(60 * DAY_MS)
    cancelled.cancel()
    expect(done).toEqual([])
    vi.advanceTimersByTime(30 * DAY_MS + 1)
    expect(done).toEqual(['long'])
  })
})

describe('a wait by a clock', () => {
  test('ends in time, or at once with the reason why it was given up', async () => {
    const clock = new HandClock()
    const ended: unknown[] = []
    const waiting = (ms: number, signal?: AbortSignal): void =>
      void sleep(clock, ms, signal).then(
        () => ended.push(ms),
        (error: unknown) => ended.push(error),
      )
    const [giveUp, never] = [new AbortController(), new AbortController()]
    waiting(10, never.signal)
    waiting(20, giveUp.signal)
    waiting(30, AbortSignal.abort('before'))
    await pause(0)
    expect(ended).toEqual(['before'])
    giveUp.abort('meanwhile')
    await pause(0)
    expect(ended).toEqual(['before', 'meanwhile'])
    clock.pass(30)
    never.abort()
    await pause(0)
    expect(ended).toEqual(['before', 'meanwhile', 10])
  })

  test('has a deadline', () => {
    const clock = new HandClock()
    const signal = deadline(clock, 50)
    clock.pass(49)
    expect(signal.aborted).toBe(false)
    clock.pass(1)
    expect(signal.reason).toMatchObject({ code: 'timeout', message: 'not done within 50 ms' })
  })

  test('is between the end of a call and the next one, goes on after a failure, and ends when cancelled', async () => {
    const clock = new HandClock()
    const told: string[] = []
    let working = Promise.withResolvers<void>()
    const timer = every(
      clock,
      10,
      () => {
        told.push('called')
        return working.promise
      },
      (error) => told.push(`failed: ${String(error)}`),
    )
    clock.pass(10)
    clock.pass(30)
    expect(told).toEqual(['called'])
    working.reject('no')
    await pause(0)
    working = Promise.withResolvers()
    clock.pass(10)
    expect(told).toEqual(['called', 'failed: no', 'called'])
    timer.cancel()
    working.resolve()
    await pause(0)
    clock.pass(30)
    expect(told).toHaveLength(3)
  })
})
