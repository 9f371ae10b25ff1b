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
    guard.returned(() => ['one'])
    expect(guard.takeBack().sort()).toEqual(['b', 'c', 'linked'])
    expect(guard.allows(50, 100)).toBe(true)
  })

  it('pass once after the user agreed', () => {
    const guard = new DeletionGuard(handClock())
    guard.approve()
    expect(guard.allows(100, 100)).toBe(true)
    expect(guard.allows(100, 100)).toBe(false)
  })
})
