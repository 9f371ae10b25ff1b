import { expect, test } from 'vitest'
import { stepper } from '../../src/daemon/stepper.ts'
import { HandClock } from '../base/hand-clock.ts'

test('long work lets sync go first, but for a while only, and not where somebody waits', async () => {
  const clock = new HandClock()
  const now = { isBusy: false, isAwaited: false }
  const told: unknown[] = []
  const step = stepper(
    { clock, progress: (of) => told.push(of), isAwaited: () => now.isAwaited, isBusy: () => now.isBusy },
    10,
    new AbortController().signal,
  )
  /** How long it rests, ms. */
  const rest = async (): Promise<number> => {
    let isOver = false
    void step(4).then(() => (isOver = true))
    for (let ms = 0; ; ms += 500) {
      await new Promise(setImmediate)
      if (isOver) return ms
      if (ms === 5_000 && now.isAwaited) return Infinity
      clock.pass(500)
    }
  }
  const soon = await rest()
  now.isBusy = true
  const held = await rest()
  now.isAwaited = true
  expect([soon < 1_000, held >= 30_000 && held < 31_000, (await rest()) < 1_000]).toEqual([true, true, true])
  expect(told.at(-1)).toEqual({ done: 10, total: 10 })
})
