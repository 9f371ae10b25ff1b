import { expect, test } from 'vitest'
import type { Problem } from '#db'
import { ProblemTimes } from '../../src/daemon/problem-times.ts'

const full: Problem = { path: 'a', code: 'full', message: 'no room' }
const twin: Problem = { path: 'b', code: 'twin', message: 'there are two' }

test('a problem stands since it was first seen, also when others come, and anew when it comes back', () => {
  const times = new ProblemTimes()
  times.note([full], 1_000)
  times.note([full, twin], 2_000)
  expect([times.since(full), times.since(twin)]).toEqual([1_000, 2_000])
  times.note([twin], 3_000)
  times.note([full, twin], 4_000)
  expect([times.since(full), times.since(twin)]).toEqual([4_000, 2_000])
})
