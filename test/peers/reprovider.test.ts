import { beforeEach, expect, test } from 'vitest'
import { silentLogger } from '#base'
import { folderIdOf, groupIdOf } from '#model'
import { providerKey } from '../../src/peers/provider-keys.ts'
import { Reprovider } from '../../src/peers/reprovider.ts'
import { HandClock } from '../base/hand-clock.ts'

const HOUR = 60 * 60_000
const group = groupIdOf(new Uint8Array(16))
const prompt = [providerKey(group, 'group')]
const slow = [0, 1, 2, 3].map((partition) => providerKey(group, { partition }))

let clock: HandClock
let wanted: { prompt: typeof prompt; slow: typeof slow }
let isConnected: boolean
let isBusy: boolean
/** How many others take a record. */
let takers: number
let provided: { at: number; key: string }[]
let withdrawn: string[]
let signals: AbortSignal[]
let reprovider: Reprovider

beforeEach(() => {
  clock = new HandClock()
  clock.skew = 1_700_000_000_000
  wanted = { prompt, slow }
  ;[isConnected, isBusy, takers, provided, withdrawn, signals] = [true, false, 3, [], [], []]
  reprovider = new Reprovider({
    clock,
    logger: silentLogger,
    wanted: () => wanted,
    isConnected: () => isConnected,
    isBusy: () => isBusy,
    provide: async (key, signal) => {
      provided.push({ at: clock.time, key: key.toString() })
      signals.push(signal)
      return takers < 0 ? new Promise<number>(() => undefined) : takers
    },
    withdraw: async (key) => void withdrawn.push(key.toString()),
  })
})

/** Time passes, and what is under way ends meanwhile. */
async function pass(ms: number, step = 500): Promise<void> {
  for (let left = ms; left > 0; left -= step) {
    clock.pass(Math.min(step, left))
    await new Promise(setImmediate)
  }
}

test('what cannot wait is provided at once, the rest one after another, at most one in ten seconds and none while sync is busy', async () => {
  isBusy = true
  reprovider.review()
  await pass(65_000)
  const first = [...prompt, providerKey(group, { folder: folderIdOf(new Uint8Array(16)) })]
  wanted = { prompt: first, slow }
  reprovider.review()
  await pass(3_000)
  expect(provided.map(({ key }) => key)).toEqual(first.map(String))
  isBusy = false
  await pass(60_000, 50)
  expect(provided.map(({ key }) => key)).toEqual([...first, ...slow].map(String))
  const times = provided.slice(2).map(({ at }) => at)
  for (const [i, at] of times.slice(1).entries()) expect(at - times[i]!).toBeGreaterThanOrEqual(10_000)
})

test('each is provided again before others forget it, also where the clock stood still in a sleep, and nothing in between', async () => {
  reprovider.review()
  await pass(20 * HOUR, 60_000)
  expect(provided).toHaveLength(5)
  await pass(3 * HOUR, 60_000)
  expect(provided).toHaveLength(10)
  clock.skew += 30 * HOUR
  await pass(HOUR, 60_000)
  expect(provided).toHaveLength(15)
})

test('a device that connects is told soon of what cannot wait, but not again and again', async () => {
  reprovider.review()
  await pass(2 * HOUR, 60_000)
  provided = []
  for (let i = 0; i < 10; i++) {
    reprovider.connected()
    await pass(3_000)
  }
  expect(provided.map(({ key }) => key)).toEqual(prompt.map(String))
})

test('nothing is provided while nobody is connected, and what nobody took is tried again', async () => {
  isConnected = false
  wanted = { prompt, slow: [] }
  reprovider.review()
  await pass(HOUR, 60_000)
  expect(provided).toEqual([])
  isConnected = true
  takers = 0
  reprovider.connected()
  await pass(10_000)
  expect(provided).toHaveLength(3)
  await pass(10 * 60_000, 10_000)
  expect(provided.length).toBeGreaterThan(10)
  expect(provided.length).toBeLessThanOrEqual(15)
})

test('what this device has no longer is withdrawn, and not provided again', async () => {
  reprovider.review()
  await pass(HOUR, 60_000)
  wanted = { prompt, slow: slow.slice(1) }
  reprovider.review()
  provided = []
  await pass(23 * HOUR, 60_000)
  expect(withdrawn).toEqual([slow[0]!.toString()])
  expect(provided.map(({ key }) => key)).toEqual([...prompt, ...slow.slice(1)].map(String))
})

test('stopping ends the walk that is under way at once, and no other one begins', async () => {
  takers = -1
  reprovider.review()
  await pass(2_000)
  expect(signals).toHaveLength(1)
  reprovider.stop()
  expect(signals[0]!.aborted).toBe(true)
  reprovider.review()
  reprovider.connected()
  await pass(HOUR, 60_000)
  expect(provided).toHaveLength(1)
})
