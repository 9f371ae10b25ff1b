import { expect, test } from 'vitest'
import { MetricSeries, type Measured } from '../../src/daemon/metric-series.ts'

const STEP = 60_000
const BEGUN = 1_700_000_040_000
const measured = (from: number, to: number, rate = 1_000): Measured => ({
  from,
  to,
  received: ((to - from) / 1000) * rate,
  sent: 0,
  storeBytes: to,
  protectedPercent: 50,
})

test('what reaches over two spans counts in each by its part, and the figures are those of the end', () => {
  const series = new MetricSeries(STEP, 3)
  series.add(measured(BEGUN, BEGUN + STEP / 2, 3_000))
  series.add(measured(BEGUN + STEP / 2, BEGUN + 2 * STEP, 1_000))
  const read = series.read(BEGUN + 2 * STEP - 1)
  expect(read.times).toEqual([BEGUN - STEP, BEGUN, BEGUN + STEP])
  expect(read.receiveBytesPerSecond).toEqual([null, 2_000, 1_000])
  expect(read.storeBytes).toEqual([null, BEGUN + 2 * STEP, BEGUN + 2 * STEP])
})

test('of a span that was measured in part the mean is told, and of one that was not nothing', () => {
  const series = new MetricSeries(STEP, 4)
  series.add(measured(BEGUN, BEGUN + 15_000))
  series.add(measured(BEGUN + 2 * STEP, BEGUN + 3 * STEP))
  expect(series.read(BEGUN + 3 * STEP).receiveBytesPerSecond).toEqual([null, 1_000, null, 1_000])
  expect(series.read(BEGUN + 3 * STEP).protectedPercent).toEqual([null, 50, null, 50])
})

test('only so many spans are kept, and they are the same when they were packed', () => {
  const series = new MetricSeries(STEP, 3)
  for (let at = 0; at < 10; at++) series.add(measured(BEGUN + at * STEP, BEGUN + (at + 1) * STEP, at))
  expect(series.pack()).toHaveLength(3)
  const again = new MetricSeries(STEP, 3)
  again.unpack(series.pack())
  const now = BEGUN + 10 * STEP
  expect(again.read(now)).toEqual(series.read(now))
  expect(again.read(now).receiveBytesPerSecond).toEqual([7, 8, 9])
})

test('a clock that is not set yet puts nothing among what was, and is believed once it stays', () => {
  const series = new MetricSeries(STEP, 3)
  for (let at = 0; at < 3; at++) series.add(measured(BEGUN + at * STEP, BEGUN + (at + 1) * STEP))
  series.add(measured(0, STEP, 9))
  const read = series.read(BEGUN + 3 * STEP - 1)
  expect([read.receiveBytesPerSecond, series.read(STEP).receiveBytesPerSecond]).toEqual([
    [1_000, 1_000, 1_000],
    [null, null, null],
  ])
  for (let at = 1; at < 15; at++) series.add(measured(at * STEP, (at + 1) * STEP, 9))
  expect(series.read(15 * STEP).receiveBytesPerSecond).toEqual([9, 9, 9])
  expect(series.read(BEGUN + 3 * STEP - 1).receiveBytesPerSecond).toEqual([null, null, null])
})
