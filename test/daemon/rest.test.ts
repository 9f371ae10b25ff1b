import { expect, it, vi } from 'vitest'
import { silentLogger } from '#base'
import { restAfterWork } from '../../src/daemon/rest.ts'
import { HandClock } from '../base/hand-clock.ts'

it('gives memory back after the start and after much work, not after a saved file', () => {
  const collect = vi.fn<() => void>()
  const rest = vi.fn<() => Promise<void>>(async () => undefined)
  const rested = restAfterWork({ databases: { rest, busy: false }, clock: new HandClock(), logger: silentLogger, collect })
  rested(3)
  expect(collect).toHaveBeenCalledTimes(1)
  for (let saved = 0; saved < 5; saved++) rested(5)
  expect(collect).toHaveBeenCalledTimes(1)
  rested(5000)
  expect(collect).toHaveBeenCalledTimes(2)
  expect(rest).toHaveBeenCalledTimes(2)
})

it('waits until the databases are at rest, too', () => {
  const clock = new HandClock()
  const collect = vi.fn<() => void>()
  const databases = { rest: async () => undefined, busy: true }
  const rested = restAfterWork({ databases, clock, logger: silentLogger, collect })
  rested(5000)
  rested(5000)
  clock.pass(10_000)
  expect(collect).not.toHaveBeenCalled()
  databases.busy = false
  clock.pass(2_000)
  expect(collect).toHaveBeenCalledTimes(1)
  clock.pass(60_000)
  expect(collect).toHaveBeenCalledTimes(1)
})
