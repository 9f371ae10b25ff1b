import { expect, test } from 'vitest'
import { silentLogger } from '#base'
import type { Activity, DeviceStore } from '#db'
import { ActivityLog } from '../../src/daemon/activity-log.ts'
import { HandClock } from '../base/hand-clock.ts'

test('each item is told once, also where more is written while the disk is slow', async () => {
  const kept: (Activity & { number: number })[] = []
  const told: number[] = []
  const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
  const store = {
    async addActivity(items: readonly Activity[]) {
      for (const item of items) kept.push({ ...item, number: kept.length + 1 })
      await slow()
    },
    activity: async (_: number, limit: number) => kept.toReversed().slice(0, limit),
  } as unknown as DeviceStore
  const added = (items: readonly { number: number }[]) => void told.push(...items.map(({ number }) => number))
  const log = new ActivityLog({ store, clock: new HandClock(), logger: silentLogger, added })
  const item = (path: string): Activity => ({ time: 0, event: 'added', folder: null, path, device: null, detail: '' })
  log.add(['a', 'b', 'c'].map(item))
  const first = log.flush()
  log.add(['d', 'e'].map(item))
  await Promise.all([first, log.flush()])
  expect(told).toEqual([1, 2, 3, 4, 5])
})
