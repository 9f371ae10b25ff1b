import { readFileSync } from 'node:fs'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { MetricSampler } from '../../src/daemon/metric-sampler.ts'
import { HandClock } from '../base/hand-clock.ts'

const SAMPLE = 15_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A full two hours of the wall clock. */
const BEGUN = 1_699_999_200_000

let clock: HandClock
let settings: Map<string, string>
let writes: number
let traffic: { sent: number; received: number }
let fault: Error | null
let warned: number

beforeEach(() => {
  clock = new HandClock()
  clock.skew = BEGUN
  ;[settings, writes, traffic] = [new Map(), 0, { sent: 0, received: 0 }]
  ;[fault, warned] = [null, 0]
})

function start(): MetricSampler {
  const sampler = new MetricSampler({
    traffic,
    figures: async () => {
      if (fault !== null) throw fault
      return { storeBytes: 7, protectedPercent: 100 }
    },
    store: {
      setting: async (key: string) => settings.get(key) ?? null,
      putSetting: async (key: string, value: string | null) => {
        writes++
        settings.set(key, value!)
      },
    },
    clock,
    logger: { ...silentLogger, warn: () => warned++ },
  })
  sampler.start()
  onTestFinished(() => sampler.stop())
  return sampler
}

/** Time passes, in which so many bytes come a second. */
async function pass(ms: number, rate: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += SAMPLE) {
    traffic.received += (rate * SAMPLE) / 1000
    clock.pass(SAMPLE)
    for (let turn = 0; turn < 8; turn++) await Promise.resolve()
  }
}

test('the last hour is told in quarters of a minute, the day in five minutes', async () => {
  const sampler = start()
  await pass(10 * MINUTE, 5_000)
  const hour = sampler.read('1h')
  expect([hour.times.length, hour.stepMs, hour.times.at(-1)! - BEGUN]).toEqual([240, SAMPLE, 10 * MINUTE - SAMPLE])
  expect(hour.receiveBytesPerSecond.slice(-41)).toEqual([null, ...Array.from({ length: 40 }, () => 5_000)])
  expect(hour.storeBytes.at(-1)).toBe(7)
  expect(sampler.read('24h').receiveBytesPerSecond.slice(-3)).toEqual([null, 5_000, 5_000])
})

test('a device that slept, or whose clock was set, leaves a gap and no rate that there never was', async () => {
  const sampler = start()
  await pass(2 * MINUTE, 1_000)
  clock.skew += 20 * MINUTE
  traffic.received += 1e9
  await pass(2 * MINUTE, 1_000)
  const slept = sampler.read('1h').receiveBytesPerSecond
  expect(new Set(slept)).toEqual(new Set([null, 1_000]))
  expect(slept.filter((rate) => rate !== null)).toHaveLength(15)
  // Here the monotonic clock goes on while it sleeps.
  traffic.received += 1e9
  clock.block(10 * MINUTE)
  await pass(2 * MINUTE, 1_000)
  expect(new Set(sampler.read('1h').receiveBytesPerSecond)).toEqual(new Set([null, 1_000]))
})

test('what goes over the links counts also while the store cannot be counted, which is told once', async () => {
  const sampler = start()
  await pass(2 * MINUTE, 1_000)
  fault = new Error('the disk is away')
  await pass(2 * MINUTE, 1_000)
  const { receiveBytesPerSecond, storeBytes } = sampler.read('1h')
  expect(receiveBytesPerSecond.slice(-16)).toEqual(Array.from({ length: 16 }, () => 1_000))
  expect(storeBytes.slice(-9)).toEqual([7, ...Array.from({ length: 8 }, () => null)])
  expect(warned).toBe(1)
  fault = null
  await pass(MINUTE, 1_000)
  fault = new Error('and again')
  await pass(MINUTE, 1_000)
  expect(warned).toBe(2)
})

test('the day and the month outlive a restart, the time between is a gap, and it is written every five minutes at most', async () => {
  const first = start()
  await pass(HOUR, 10_000)
  expect(writes).toBe(12)
  await first.stop()
  clock.pass(10 * MINUTE)
  const second = start()
  await pass(5 * MINUTE, 10_000)
  const hour = Array.from({ length: 12 }, () => 10_000)
  expect(second.read('24h').receiveBytesPerSecond.slice(-16)).toEqual([null, ...hour, null, null, 10_000])
  expect(second.read('30d').receiveBytesPerSecond.slice(-2)).toEqual([null, 10_000])
})

test('where next to nothing moves it is written every hour', async () => {
  start()
  await pass(3 * HOUR, 10)
  expect(writes).toBe(3)
})

test('what an older version kept is read, and what is of another form is passed over', async () => {
  settings.set('metrics', JSON.stringify(JSON.parse(readFileSync('test/format/metrics.json', 'utf8'))))
  const sampler = start()
  await pass(MINUTE, 1_000)
  expect(sampler.read('24h').storeBytes.slice(-3)).toEqual([1_000, 2_000, 7])
  expect(sampler.read('30d').protectedPercent.slice(-2)).toEqual([99.5, 100])
  settings.set('metrics', JSON.stringify({ version: 2, series: 'unknown' }))
  const other = start()
  await pass(MINUTE, 1_000)
  expect(other.read('24h').storeBytes.filter((bytes) => bytes !== null)).toEqual([7])
})
