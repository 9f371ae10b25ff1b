import type { Case } from '../case.ts'
import { metered } from '../meter.ts'
import { manyPair } from './many.ts'

const TRIES = 5
const MOST_SECONDS = 1.5

export const rescan: Case = {
  name: 'rescan',
  title: 'unchanged files scanned again, warm',
  async run(bench) {
    const { devices } = await manyPair(bench)
    const [device] = devices
    await device.client.scan()
    const times: number[] = []
    const { usage } = await metered([device.pid], async () => {
      for (let count = 0; count < TRIES; count++) times.push((await device.client.scan()).seconds)
    })
    const seconds = times.toSorted((a, b) => a - b)[Math.floor(TRIES / 2)] ?? Number.NaN
    return {
      seconds,
      bytes: null,
      files: bench.sizes.many,
      devices: usage.map((all) => ({ ...all, cpuSeconds: all.cpuSeconds / TRIES })),
      sentBytes: null,
      beside: [],
      targets: [{ what: 'median scan', measured: seconds, limit: MOST_SECONDS, unit: 's' }],
    }
  },
}
