import type { Case } from '../case.ts'
import { metered } from '../meter.ts'
import { drop, measureSync } from '../stage.ts'
import { pairOf, source, stored, TREE, untilProtected, type Shape } from '../store-pair.ts'

/** From the end of the first sync until both devices have in their stores all that they are to have, two seconds of quiet with it. */
export const seal = (shape: Shape): Case => ({
  name: `seal-${shape.name}`,
  title: `${shape.title}: sealed and stored, behind the sync`,
  async run(bench) {
    const { stage, tell } = bench
    const pair = await stage.pair(pairOf(shape))
    const { directory, bytes, files } = source(bench, shape)
    tell('restic')
    const beside = stage.restic(shape.name)?.backup(directory)
    tell('Holdfast')
    const { seconds: syncSeconds } = await measureSync(pair, () => drop(pair.places[0], directory, TREE))
    const { usage, result: seconds } = await metered(
      pair.devices.map(({ pid }) => pid),
      async () => {
        const start = performance.now()
        await untilProtected(pair)
        return (performance.now() - start) / 1000
      },
    )
    const { blocks, bytes: blockBytes } = await stored(...pair.devices)
    return {
      seconds,
      bytes,
      files,
      blocks,
      devices: usage,
      sentBytes: null,
      beside: beside === undefined ? [] : [beside],
      targets: [],
      figures: [
        { what: 'the sync before', measured: syncSeconds, unit: 's' },
        { what: 'in both stores', measured: blockBytes, unit: 'MiB' },
      ],
    }
  },
})
