import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from '../case.ts'
import { flushDisk } from '../fill.ts'
import { measureSync } from '../stage.ts'
import { smallPair } from './small.ts'

const MOST_SECONDS = 2

export const rename: Case = {
  name: 'rename',
  title: 'a directory of small files renamed',
  async run(bench) {
    const pair = await smallPair(bench)
    const place = pair.places[0]
    flushDisk()
    const { seconds, devices, sentBytes, chunkBytes } = await measureSync(pair, () => moveDirectory(place))
    const syncthing = await bench.stage.syncthing('small')
    const beside = []
    if (syncthing !== null && existsSync(join(syncthing.place, 'small'))) {
      bench.tell('Syncthing')
      beside.push(await syncthing.measure(() => moveDirectory(syncthing.place)))
    }
    return {
      seconds,
      bytes: null,
      files: bench.sizes.small,
      devices,
      sentBytes,
      beside,
      targets: [
        { what: 'whole', measured: seconds, limit: MOST_SECONDS, unit: 's' },
        { what: 'chunk bytes sent', measured: chunkBytes, limit: 0, unit: 'MiB' },
      ],
    }
  },
}

function moveDirectory(place: string): void {
  renameSync(join(place, 'small'), join(place, 'renamed'))
}
