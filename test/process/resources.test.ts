import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryOf } from '../../bench/meter.ts'
import type { Device } from '../../scripts/device.ts'
import { Cluster, settle } from './cluster.ts'
import { writeSmallFiles } from './trees.ts'

const MB = 1e6
/** What a device may keep, at rest, of the work that it has done. Without any care it is some times as much. */
const MOST_KEPT = 30 * MB
/** Of the main thread in a second; CPU time tells nothing where other programs run too. */
const MOST_WAKES = 25
/** How long it may take until a device is at rest: its threads end, and V8 gives pages back. */
const REST = { timeout: 40_000, interval: 1_000 }

const cluster = new Cluster()
let devices: Device[]

beforeAll(async () => {
  devices = await cluster.group(['anna', 'ben'])
}, 60_000)
afterAll(() => cluster.end())

describe.skipIf(process.platform !== 'linux')('what a device takes', () => {
  test('it is the process that was started, under the settings that keep it small', () => {
    for (const { pid, ready } of devices) {
      expect(ready.device).not.toBe('')
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('--heap-growing-percent')
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('MALLOC_ARENA_MAX=1')
    }
  })

  test('at rest it has given back what its work took', async () => {
    await cluster.share('first', devices, (root) => writeSmallFiles(root, 100))
    await settle('first', ...devices)
    await pause(8_000)
    const fresh = devices.map(({ pid }) => memoryOf(pid))
    await cluster.share('much', devices, (root) => writeSmallFiles(root, 4_000))
    await settle('much', ...devices)
    for (const [index, { pid }] of devices.entries()) {
      await expect.poll(() => Math.round((memoryOf(pid) - fresh[index]!) / MB), REST).toBeLessThan(MOST_KEPT / MB)
    }
  }, 180_000)

  test('at rest its main thread hardly wakes', async () => {
    for (const { pid } of devices) {
      await expect
        .poll(async () => {
          const before = wakes(pid)
          await pause(5_000)
          return (wakes(pid) - before) / 5
        }, REST)
        .toBeLessThan(MOST_WAKES)
    }
  }, 120_000)
})

/** How often a process's main thread has waited for something so far. */
function wakes(pid: number): number {
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
