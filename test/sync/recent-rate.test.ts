import { expect, it } from 'vitest'
import { RecentRate } from '../../src/sync/recent-rate.ts'

/** Read every half second, as it is told. */
function readings(rates: readonly number[]): number[] {
  const meter = new RecentRate(0)
  let total = 0
  return rates.map((rate, step) => meter.read((total += rate / 2), (step + 1) * 500))
}

it('is of what came lately, however slow the beginning was', () => {
  const slow: number[] = Array(40).fill(100)
  const fast: number[] = Array(9).fill(6_000)
  const read = readings([...slow, ...fast])
  expect([read[0], read[39], read.at(-1)]).toEqual([100, 100, 6_000])
})

it('ends where nothing comes any more', () => {
  expect(readings([...Array<number>(10).fill(1_000), ...Array<number>(9).fill(0)]).at(-1)).toBe(0)
})

it('is none before any time has passed', () => {
  expect(new RecentRate(5).read(9, 5)).toBe(0)
})
