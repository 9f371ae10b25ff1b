import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Device } from '../../scripts/device.ts'
import { arrivals, quantile } from '../arrivals.ts'
import type { Case } from '../case.ts'
import { metered } from '../meter.ts'
import { FOLDER } from '../stage.ts'
import { storePair, stored, type Shape } from '../store-pair.ts'

/** Files that are edited again and again, so that there are versions to forget and blocks to free. */
const EDITED = 10
/** How much longer an edit may take to arrive while upkeep runs, %. */
const LIMIT = 200

/** Small files are edited at rest, and while both devices scrub their stores, free blocks and compare what they hold, over and over. */
export const upkeep = (shape: Shape): Case => ({
  name: 'upkeep',
  title: `an edit arrives (p95) while two stores with ${shape.title} are scrubbed, swept and compared`,
  async run(bench) {
    const { devices, places } = await storePair(bench, shape)
    mkdirSync(join(places[0], 'edited'), { recursive: true })
    await devices[0].client.wait({ timeoutSeconds: 60 })
    for (const { client } of devices) await client.configSet({ key: 'gc_grace', value: '0' })
    await devices[0].client.setRetention({ folder: FOLDER, policy: { 'keep-last': '1' } })
    const measure = (): Promise<number[]> => arrivals(places, bench.sizes.saves, (index) => `edited/note-${index % EDITED}`)
    bench.tell('edits at rest')
    const atRest = await measure()
    bench.tell('edits while upkeep runs')
    const done = new AbortController()
    const work = devices.map((device) => overAndOver(device, done.signal))
    const { usage, result: beside } = await metered(
      devices.map(({ pid }) => pid),
      measure,
    )
    done.abort()
    const rounds = (await Promise.all(work)).reduce((sum, each) => sum + each, 0)
    const [idle, busy] = [quantile(atRest, 0.95), quantile(beside, 0.95)]
    const { bytes } = await stored(...devices)
    return {
      seconds: busy / 1000,
      bytes: null,
      files: null,
      devices: usage,
      sentBytes: null,
      beside: [],
      targets: [{ what: 'p95 of that at rest', measured: (busy / idle) * 100, limit: LIMIT, unit: '%' }],
      figures: [
        { what: 'p95 at rest', measured: idle, unit: 'ms' },
        { what: 'p50 at rest', measured: quantile(atRest, 0.5), unit: 'ms' },
        { what: 'p50', measured: quantile(beside, 0.5), unit: 'ms' },
        { what: 'rounds of upkeep', measured: rounds, unit: '' },
        { what: 'in both stores', measured: bytes, unit: 'MiB' },
      ],
    }
  },
})

/** All upkeep of a device, again and again until the signal aborts; how many rounds it were, with the one that was under way. */
async function overAndOver({ client }: Device, signal: AbortSignal): Promise<number> {
  let rounds = 0
  while (!signal.aborted) {
    const [{ damaged }] = await Promise.all([client.scrub({ samplePercent: 100 }), client.gc(), client.rebalance()])
    if (damaged > 0) throw new Error(`${damaged} blocks are damaged`)
    rounds++
  }
  return rounds
}
