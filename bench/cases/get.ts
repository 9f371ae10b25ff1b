import { join } from 'node:path'
import type { Case } from '../case.ts'
import { flushDisk } from '../fill.ts'
import { metered } from '../meter.ts'
import { FOLDER } from '../stage.ts'
import { storePair, TREE, type Shape } from '../store-pair.ts'

interface Got {
  entries: number
  bytes: number
}

/** The tree copied out of the folder by the command line: each piece verified, each file made durable. */
export const get = (shape: Shape): Case => ({
  name: `get-${shape.name}`,
  title: `${shape.title}: got by the command line`,
  async run(bench) {
    const { stage, tell } = bench
    const { devices, places } = await storePair(bench, shape)
    const [device] = devices
    tell('restic')
    const beside = stage.restic(shape.name)?.restore(join(places[0], TREE))
    flushDisk()
    tell('Holdfast')
    const target = join(stage.directoryFor('got'), TREE)
    const start = performance.now()
    const { usage, result } = await metered([device.pid], () =>
      device.cli<Got>('get', `${FOLDER}/${TREE}`, target, '--recursive'),
    )
    const seconds = (performance.now() - start) / 1000
    return {
      seconds,
      bytes: result.bytes,
      files: shape.files(bench.sizes),
      devices: usage,
      sentBytes: null,
      beside: beside === undefined ? [] : [beside],
      targets: [],
    }
  },
})
