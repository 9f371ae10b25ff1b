import { join } from 'node:path'
import type { Case } from '../case.ts'
import { metered } from '../meter.ts'
import { FOLDER, measureSync } from '../stage.ts'
import { replaceFiles, source, storePair, TREE, untilProtected, type Shape } from '../store-pair.ts'

/** Every file of the tree was replaced, and the versions before are kept no longer: forgotten and freed on one device. */
export const gc = (shape: Shape): Case => ({
  name: `gc-${shape.name}`,
  title: `${shape.title}: replaced, the versions before forgotten and freed on one device`,
  async run(bench) {
    const pair = await storePair(bench, shape)
    const [device] = pair.devices
    const { directory, files } = source(bench, shape)
    bench.tell('replacing')
    await measureSync(pair, () => replaceFiles(directory, join(pair.places[0], TREE)))
    await untilProtected(pair)
    await device.client.configSet({ key: 'gc_grace', value: '0' })
    await device.client.setRetention({ folder: FOLDER, policy: { 'keep-last': '1' } })
    bench.tell('Holdfast')
    const start = performance.now()
    const { usage, result } = await metered([device.pid], () => device.client.gc())
    const seconds = (performance.now() - start) / 1000
    const [note] = result.notes
    if (note !== undefined) throw new Error(note.message)
    const { freedBytes: bytes, blocks } = result
    if (blocks === 0) throw new Error('no block was freed')
    return { seconds, bytes, files, blocks, devices: usage, sentBytes: null, beside: [], targets: [] }
  },
})
