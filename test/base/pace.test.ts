import { expect, test } from 'vitest'
import { Pace } from '#base'
import { HandClock } from './hand-clock.ts'

/** A pace, and when what was taken from it was within the limit. */
function paced(perSecond: number, burst: number) {
  const clock = new HandClock()
  const pace = new Pace(clock, { perSecond, burst })
  const times: [name: string, ms: number][] = []
  const take = (name: string, amount: number): void => void pace.take(amount).then(() => times.push([name, clock.time]))
  /** Time passes step by step, and what waits for it goes on. */
  const pass = async (ms: number): Promise<void> => {
    const end = clock.time + ms
    while (clock.time < end) {
      await new Promise(setImmediate)
      clock.pass(10)
    }
    await new Promise(setImmediate)
  }
  return { pace, take, pass, times }
}

test('a pace lets a burst through, and then so much a second, in the order in which it was asked', async () => {
  const { take, pass, times } = paced(100, 300)
  take('burst', 300)
  take('small', 50)
  take('large', 100)
  await pass(3_000)
  expect(times).toEqual([
    ['burst', 0],
    ['small', 500],
    ['large', 1_500],
  ])
  await pass(10_000)
  take('after a pause', 300)
  await pass(10)
  expect(times.at(-1)).toEqual(['after a pause', 13_000])
})

test('another limit counts at once for those that wait, and none lets them all go', async () => {
  const { pace, take, pass, times } = paced(100, 0)
  for (const name of ['a', 'b', 'c']) take(name, 1_000)
  await pass(5_000)
  pace.limit({ perSecond: 1_000, burst: 0 })
  await pass(1_000)
  expect(times).toEqual([['a', 5_500]])
  pace.limit({ perSecond: 0, burst: 0 })
  await pass(10)
  expect(times.slice(1)).toEqual([
    ['b', 6_000],
    ['c', 6_000],
  ])
  pace.limit({ perSecond: 100, burst: 0 })
  take('nothing is owed of what had no limit', 10)
  await pass(100)
  expect(times.at(-1)).toEqual(['nothing is owed of what had no limit', 6_110])
})
