import { expect, test } from 'vitest'
import { silentLogger } from '#base'
import type { DeviceId } from '#model'
import { LeaverRelease, type LeaverReleaseParts } from '../../src/daemon/leaver-release.ts'
import { HandClock } from '../base/hand-clock.ts'

const nas = 'nas' as DeviceId

test('one that leaves is told what it may let go as long as it is there, and nobody looks while it is away', async () => {
  const clock = new HandClock()
  const [peers, told]: [{ device: DeviceId }[], (readonly DeviceId[])[]] = [[], []]
  const listeners = { changed: () => undefined as void, connected: () => undefined as void }
  const on = (event: keyof typeof listeners, listener: () => void) => {
    listeners[event] = listener
    return () => undefined
  }
  const release = new LeaverRelease({
    group: { state: { isLeaving: (device: DeviceId) => device === nas }, on, say: async () => undefined },
    network: { peers: () => peers, on },
    housekeeping: { relieve: async (devices: readonly DeviceId[]) => void told.push(devices) },
    clock,
    logger: silentLogger,
  } as unknown as LeaverReleaseParts)
  const pass = async (ms: number): Promise<number> => {
    for (let at = 0; at < ms; at += 3_000) {
      clock.pass(3_000)
      for (let turn = 0; turn < 9; turn++) await Promise.resolve()
    }
    return told.length
  }
  release.start()
  expect(await pass(30_000)).toBe(0)
  peers.push({ device: nas })
  listeners.connected()
  expect(await pass(9_000)).toBe(3)
  expect(told).toEqual([[nas], [nas], [nas]])
  peers.pop()
  const last = await pass(3_000)
  expect(await pass(30_000)).toBe(last)
  await release.stop()
})
