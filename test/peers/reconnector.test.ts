import { expect, onTestFinished, test } from 'vitest'
import { seededRandom, silentLogger } from '#base'
import type { DeviceId } from '#model'
import { Reconnector } from '../../src/peers/reconnector.ts'
import { HandClock } from '../base/hand-clock.ts'

const OTHER = 'other' as DeviceId

/** One that looks for OTHER, which is known to be `at`, and answers `where` only. */
function start(at: readonly string[], where: string) {
  const clock = new HandClock()
  const dialed: string[][] = []
  const looked: DeviceId[] = []
  const reconnector: Reconnector = new Reconnector({
    clock,
    random: seededRandom(1),
    logger: silentLogger,
    wanted: () => [OTHER],
    isConnected: () => dialed.some((addresses) => addresses.includes(where)),
    known: () => at,
    dial: async (_, addresses) => {
      dialed.push([...addresses])
      if (!addresses.includes(where)) throw new Error('nobody is there')
      reconnector.connected(OTHER)
    },
    lookUp: async (device) => {
      looked.push(device)
      return []
    },
  })
  onTestFinished(() => reconnector.stop())
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 100) {
      clock.pass(100)
      await new Promise(setImmediate)
    }
  }
  return { reconnector, dialed, looked, pass }
}

test('a device is tried at once where others say that it is', async () => {
  const { reconnector, dialed, looked, pass } = start([], 'told')
  reconnector.refresh()
  await pass(70_000)
  expect(dialed).toEqual([])
  const before = looked.length
  expect(before).toBeGreaterThan(3)
  reconnector.told(OTHER, ['told'])
  await pass(2_200)
  expect(dialed).toEqual([['told']])
  expect(looked.length).toBe(before)
})

test('what others say of a device keeps nobody from trying first where it is known to be', async () => {
  const { reconnector, dialed, pass } = start(['known'], 'nowhere')
  reconnector.refresh()
  await pass(300)
  reconnector.told(
    OTHER,
    Array.from({ length: 30 }, (_, i) => `lie ${i}`),
  )
  await pass(5_000)
  const [first, ...later] = dialed
  expect(first).toEqual(['known'])
  expect(later.slice(0, 2)).toEqual([['known'], Array.from({ length: 16 }, (_, i) => `lie ${i}`)])
})
