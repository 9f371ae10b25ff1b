import { expect, it, vi } from 'vitest'
import { silentLogger } from '#base'
import { restAfterWork } from '../../src/daemon/rest.ts'

it('gives memory back after the start and after much work, not after a saved file', () => {
  const collect = vi.fn<() => void>()
  const rest = vi.fn<() => Promise<void>>(async () => undefined)
  const rested = restAfterWork({ databases: { rest }, logger: silentLogger, collect })
  rested(3)
  expect(collect).toHaveBeenCalledTimes(1)
  for (let saved = 0; saved < 5; saved++) rested(5)
  expect(collect).toHaveBeenCalledTimes(1)
  rested(5000)
  expect(collect).toHaveBeenCalledTimes(2)
  expect(rest).toHaveBeenCalledTimes(2)
})
