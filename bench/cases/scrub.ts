import type { Case } from '../case.ts'
import { metered } from '../meter.ts'
import { storePair, stored, type Shape } from '../store-pair.ts'

/** All blocks of one device read and checked, as somebody asks for it. */
export const scrub = (shape: Shape): Case => ({
  name: `scrub-${shape.name}`,
  title: `${shape.title}: the blocks of one device scrubbed`,
  async run(bench) {
    const {
      devices: [device],
    } = await storePair(bench, shape)
    const { bytes } = await stored(device)
    bench.tell('Holdfast')
    const start = performance.now()
    const { usage, result } = await metered([device.pid], () => device.client.scrub({ samplePercent: 100 }))
    const seconds = (performance.now() - start) / 1000
    if (result.damaged > 0) throw new Error(`${result.damaged} blocks are damaged`)
    return { seconds, bytes, files: null, blocks: result.checked, devices: usage, sentBytes: null, beside: [], targets: [] }
  },
})
