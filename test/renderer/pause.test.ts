import { expect, test } from 'vitest'
import { untilTomorrow } from '../../renderer/frame/until-tomorrow.ts'

test.each([
  [new Date(2026, 10, 30, 22, 0), 8],
  [new Date(2026, 10, 30, 1, 30), 28.5],
  [new Date(2026, 11, 31, 6, 0), 24],
])('from %s it is %i hours until tomorrow', (now, hours) => {
  expect(untilTomorrow(now)).toBe(hours * 3_600)
})
