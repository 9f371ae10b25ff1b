import { join } from 'node:path'
import type { Bench, Case } from '../case.ts'
import { fillDirectory, flushDisk } from '../fill.ts'
import { drop, measureSync, type Pair } from '../stage.ts'

const SIZES = [200, 2_000] as const
const MOST_BYTES = 350e6
const MOST_P99_MS = 50
const MOST_DELAY_MS = 500

export const many: Case = {
  name: 'many',
  title: 'first sync of very many files',
  async run(bench) {
    const { stage, sizes, tell } = bench
    const pair = await stage.pair('many')
    tell('filling')
    const source = join(stage.directoryFor('source'), 'many')
    const bytes = fillDirectory(source, sizes.many, SIZES)
    tell('Holdfast')
    const { seconds, devices, sentBytes } = await syncMany(pair, source)
    const delays = await Promise.all(pair.devices.map(async ({ client }) => (await client.status()).eventLoopDelayMs))
    return {
      seconds,
      bytes,
      files: sizes.many,
      devices,
      sentBytes,
      beside: [],
      targets: [
        {
          what: 'memory at the peak',
          measured: Math.max(...devices.map(({ peakBytes }) => peakBytes)),
          limit: MOST_BYTES,
          unit: 'MB',
        },
        { what: 'event loop delay p99', measured: Math.max(...delays.map(({ p99 }) => p99)), limit: MOST_P99_MS, unit: 'ms' },
        { what: 'event loop delay max', measured: Math.max(...delays.map(({ max }) => max)), limit: MOST_DELAY_MS, unit: 'ms' },
      ],
    }
  },
}

/** The pair that has the very many files. */
export function manyPair({ stage, sizes }: Bench): Promise<Pair> {
  return stage.pair('many', async (fresh) => {
    const source = join(stage.directoryFor('source'), 'many')
    fillDirectory(source, sizes.many, SIZES)
    await syncMany(fresh, source)
  })
}

function syncMany(pair: Pair, source: string): ReturnType<typeof measureSync> {
  flushDisk()
  return measureSync(pair, () => drop(pair.places[0], source, 'many'))
}
