import { describe, expect, it } from 'vitest'
import type { Clock } from '#base'
import { DeletionGuard } from '../../src/sync/deletion-guard.ts'

function handClock(): Clock & { ms: number } {
  return {
    ms: 0,
    now: () => 0,
    monotonic() {
      return this.ms
    },
    after: () => ({ cancel: () => undefined }),
  }
}

describe('deletions', () => {
  it('pass while they are few', () => {
    expect(new DeletionGuard(handClock()).allows(25, 25)).toBe(true)
  })

  it('pass while they are no more than half of the folder', () => {
    expect(new DeletionGuard(handClock()).allows(50, 100)).toBe(true)
  })

  it('are held beyond that', () => {
    expect(new DeletionGuard(handClock()).allows(51, 100)).toBe(false)
  })

  it('are counted together over a while, not by scan', () => {
    const clock = handClock()
    const guard = new DeletionGuard(clock)
    expect(guard.allows(40, 100)).toBe(true)
    expect(guard.allows(40, 60)).toBe(false)
    guard.release()
    clock.ms += 11 * 60_000
    expect(guard.allows(30, 60)).toBe(true)
  })

  it('stay held though other entries come, until they are back', () => {
    const guard = new DeletionGuard(handClock())
    expect(guard.allows(41, 41)).toBe(false)
    expect(guard.allows(41, 1000)).toBe(false)
    guard.release()
    expect(guard.allows(41, 1000)).toBe(true)
  })

  it('are held no more once all but a few of them are back', () => {
    const guard = new DeletionGuard(handClock())
    expect(guard.allows(41, 41)).toBe(false)
    expect(guard.holding).toBe(true)
    expect(guard.allows(20, 41)).toBe(true)
    expect(guard.holding).toBe(false)
  })

  it('are told by their paths, but for those that have come back, and count no more then', () => {
    const guard = new DeletionGuard(handClock())
    expect(guard.allows(3, 100, new Map(Object.entries({ one: ['a'], two: ['b', 'linked'] })))).toBe(true)
    expect(guard.allows(40, 97, new Map([['three', ['c']]]))).toBe(true)
    expect(guard.takeBack()).toEqual([])
    expect(guard.allows(40, 57)).toBe(false)
    guard.returned(() => ['one'])
    expect(guard.begun.sort()).toEqual(['b', 'c', 'linked'])
    expect(guard.takeBack().sort()).toEqual(['b', 'c', 'linked'])
    guard.release()
    expect(guard.allows(50, 100)).toBe(true)
  })

  it('are brought back as far as they are of one run with what is held, however late', () => {
    const clock = handClock()
    const guard = new DeletionGuard(clock)
    const vanish = (path: string, since?: number): boolean => guard.allows(1, 100, new Map([[path, [path]]]), since)
    vanish('unrelated')
    clock.ms += 31_000
    vanish('first')
    clock.ms += 20_000
    guard.allows(0, 100)
    clock.ms += 90_000
    vanish('waited for long', clock.ms - 85_000)
    clock.ms += 30_000
    expect(guard.allows(90, 97)).toBe(false)
    clock.ms += 11 * 60_000
    expect(guard.allows(90, 97)).toBe(false)
    expect(guard.takeBack().sort()).toEqual(['first', 'waited for long'])
  })

  it('are brought back from when the held ones were first seen to vanish', () => {
    const clock = handClock()
    const guard = new DeletionGuard(clock)
    guard.allows(1, 100, new Map([['first', ['first']]]))
    clock.ms += 80_000
    expect(guard.allows(90, 99, new Map(), 1_000)).toBe(false)
    expect(guard.begun).toEqual(['first'])
  })

  it('are not chained to others by renames', () => {
    const clock = handClock()
    const guard = new DeletionGuard(clock)
    guard.allows(1, 100, new Map([['unrelated', ['unrelated']]]))
    for (let n = 0; n < 2; n++) {
      clock.ms += 20_000
      guard.allows(0, 100)
    }
    expect(guard.allows(90, 99)).toBe(false)
    expect(guard.begun).toEqual([])
  })

  it('are held however few, where the guard is strict, until it is so no more', () => {
    const guard = new DeletionGuard(handClock(), { strict: true })
    expect(guard.allows(1, 2)).toBe(true)
    expect(guard.allows(1, 1)).toBe(false)
    guard.relax()
    expect(guard.allows(1, 1)).toBe(true)
  })

  it('pass once after the user agreed', () => {
    const guard = new DeletionGuard(handClock())
    guard.approve()
    expect(guard.allows(100, 100)).toBe(true)
    expect(guard.allows(100, 100)).toBe(false)
  })
})
