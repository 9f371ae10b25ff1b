import type { Case } from '../case.ts'
import { metered } from '../meter.ts'
import { FOLDER } from '../stage.ts'
import { source, storePair, type Shape } from '../store-pair.ts'

/** Another tree of the same shape put into the folder by the command line, until the command ends. */
export const put = (shape: Shape): Case => ({
  name: `put-${shape.name}`,
  title: `${shape.title}: put by the command line`,
  async run(bench) {
    const {
      devices: [device],
    } = await storePair(bench, shape)
    const { directory, bytes, files } = source(bench, shape)
    bench.tell('Holdfast')
    const start = performance.now()
    const { usage } = await metered([device.pid], () => device.cli('put', directory, `${FOLDER}/put`, '--recursive'))
    const seconds = (performance.now() - start) / 1000
    return { seconds, bytes, files, devices: usage, sentBytes: null, beside: [], targets: [] }
  },
})
