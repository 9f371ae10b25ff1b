import { beforeEach, describe, expect, it } from 'vitest'
import { monitorLoop, type LoopMonitor } from '../../src/daemon/loop-monitor.ts'
import { HandClock } from '../base/hand-clock.ts'

/** A clock whose timers are counted. */
class CountingClock extends HandClock {
  timers = 0
  override after(ms: number, run: () => void): { cancel(): void } {
    this.timers++
    return super.after(ms, run)
  }
}

let clock: CountingClock
let worked: number
let loop: LoopMonitor

/** The thread works for `ms`, in pieces so short that nothing waits. */
function work(ms: number): void {
  for (let done = 0; done < ms; done++) {
    clock.pass(1)
    worked++
  }
}

/** The thread does one thing for `ms`. */
function block(ms: number): void {
  worked += ms
  clock.block(ms)
}

beforeEach(() => {
  clock = new CountingClock()
  worked = 0
  loop = monitorLoop({ clock, worked: () => worked })
})

describe('watching the event loop', () => {
  it('knows nothing at first', () => {
    expect(loop.read()).toEqual({ p99: 0, max: 0 })
  })

  it('sees each block of a busy thread', () => {
    work(500)
    block(300)
    work(500)
    expect(loop.read().max).toBeGreaterThanOrEqual(290)
    expect(loop.read().max).toBeLessThan(305)
    expect(loop.read().p99).toBeLessThan(5)
  })

  it('wakes a quiet thread a few times a second', () => {
    clock.pass(5_000)
    const before = clock.timers
    clock.pass(10_000)
    expect(clock.timers - before).toBeLessThanOrEqual(50)
  })

  it('misses no block of a quiet thread, wherever it lies', () => {
    for (const at of [1, 30, 99, 120]) {
      clock = new CountingClock()
      worked = 0
      loop = monitorLoop({ clock, worked: () => worked })
      clock.pass(6_000 + at)
      block(60)
      clock.pass(1_000)
      expect(loop.read().max).toBeGreaterThanOrEqual(60)
    }
  })

  it('looks closely again as soon as there is work, and for as long as there is', () => {
    clock.pass(6_000)
    work(250)
    const before = clock.timers
    for (let second = 0; second < 10; second++) {
      work(100)
      clock.pass(900)
    }
    expect(clock.timers - before).toBeGreaterThan(900)
  })

  it('stops', () => {
    loop.stop()
    const before = clock.timers
    clock.pass(1_000)
    expect(clock.timers).toBe(before)
  })
})
