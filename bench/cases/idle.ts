import { setTimeout as pause } from 'node:timers/promises'
import type { Case } from '../case.ts'
import { metered } from '../meter.ts'
import { smallPair } from './small.ts'

/** By then what the work left behind has been given back. */
const REST_MS = 30_000
const MOST_BYTES = 180e6
const MOST_PERCENT = 0.5

/** Both devices as they are after their work, connected and with nothing to do; the worse one counts. */
export const idle: Case = {
  name: 'idle',
  title: 'idle device with small files synced',
  async run(bench) {
    const { devices } = await smallPair(bench)
    await pause(REST_MS)
    const { idleSeconds } = bench.sizes
    const { usage } = await metered(
      devices.map(({ pid }) => pid),
      () => pause(idleSeconds * 1000),
    )
    const memory = Math.max(...usage.map(({ peakBytes }) => peakBytes))
    const percent = (Math.max(...usage.map(({ cpuSeconds }) => cpuSeconds)) / idleSeconds) * 100
    return {
      seconds: null,
      bytes: null,
      files: null,
      devices: usage,
      sentBytes: null,
      beside: [],
      targets: [
        { what: 'memory', measured: memory, limit: MOST_BYTES, unit: 'MB' },
        { what: 'of a core', measured: percent, limit: MOST_PERCENT, unit: '%' },
      ],
    }
  },
}
