import { expect, test } from 'vitest'
import { percent, timeSpan } from '../../renderer/format.ts'
import { paced, secondsLeft } from '../../renderer/parts/remaining.ts'

test('a rate that jumps changes the remaining time little by little', () => {
  const first = paced(null, 1_000_000, 0)
  expect(secondsLeft(first, 60_000_000)).toBe(60)
  const jumped = paced(first, 10_000_000, 500)
  expect(secondsLeft(jumped, 60_000_000)).toBeGreaterThan(30)
  const later = paced(first, 10_000_000, 60_000)
  expect(secondsLeft(later, 60_000_000)).toBeCloseTo(6, 1)
})

test('what begins after standing still is as fast as it says', () => {
  expect(secondsLeft(paced(paced(null, 0, 0), 1_000, 500), 5_000)).toBe(5)
})

test('there is no telling how long what stands still takes', () => {
  expect(secondsLeft(null, 5)).toBeNull()
  expect(secondsLeft(paced(null, 0, 0), 5)).toBeNull()
})

test.each([
  [0, '1 second'],
  [44, '40 seconds'],
  [95, '2 minutes'],
  [3_600, '1 hour'],
  [8_100, '2 hours 15 minutes'],
  [200_000, '2 days'],
])('%i seconds are %s', (seconds, text) => expect(timeSpan(seconds)).toBe(text))

test('nothing is at 100 % before all of it is there', () => {
  expect([percent(999, 1000), percent(1000, 1000), percent(0, 0)]).toEqual(['99%', '100%', '100%'])
})
