import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '#base'

const DAY_MS = 86_400_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a time longer than the system’s timers take is waited out, and can be cancelled', () => {
  const done: string[] = []
  systemClock.after(90 * DAY_MS, () => done.push('long'), { idle: true })
  const cancelled = systemClock.after(90 * DAY_MS, () => done.push('cancelled'))
  vi.advanceTimersByTime(60 * DAY_MS)
  cancelled.cancel()
  expect(done).toEqual([])
  vi.advanceTimersByTime(30 * DAY_MS)
  expect(done).toEqual(['long'])
})
