import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { arrivals, quantile } from '../arrivals.ts'
import type { Case } from '../case.ts'
import { smallPair } from './small.ts'
import { metered } from '../meter.ts'

const LIMIT_MS = 1000

export const latency: Case = {
  name: 'latency',
  title: 'a saved small file arrives (p95)',
  async run(bench) {
    const { devices, places } = await smallPair(bench)
    mkdirSync(join(places[0], 'saved'), { recursive: true })
    await devices[0].client.wait({ timeoutSeconds: 60 })
    const { usage, result: times } = await metered(
      devices.map(({ pid }) => pid),
      () => arrivals(places, bench.sizes.saves, (index) => `saved/note-${index}`),
    )
    const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)]
    return {
      seconds: p95 / 1000,
      bytes: null,
      files: times.length,
      devices: usage,
      sentBytes: null,
      beside: [],
      targets: [
        { what: 'p95', measured: p95, limit: LIMIT_MS, unit: 'ms' },
        { what: 'p50', measured: p50, limit: LIMIT_MS, unit: 'ms' },
      ],
    }
  },
}
