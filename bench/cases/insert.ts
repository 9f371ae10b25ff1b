import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Case } from '../case.ts'
import { flushDisk } from '../fill.ts'
import { measureSync } from '../stage.ts'
import { largePair } from './large.ts'

const MOST_SENT = 3 << 20

export const insert: Case = {
  name: 'insert',
  title: 'one byte inserted at its front',
  async run(bench) {
    const { pair, firstSeconds } = await largePair(bench)
    const place = pair.places[0]
    await prepend(place)
    flushDisk()
    const { seconds, devices, sentBytes } = await measureSync(pair, () => renameSync(`${place}.edited`, join(place, 'large')))
    const syncthing = await bench.stage.syncthing('large')
    const beside = []
    if (syncthing !== null && existsSync(join(syncthing.place, 'large'))) {
      bench.tell('Syncthing')
      await prepend(syncthing.place)
      flushDisk()
      beside.push(await syncthing.measure(() => renameSync(`${syncthing.place}.edited`, join(syncthing.place, 'large'))))
    }
    return {
      seconds,
      bytes: bench.sizes.large + 1,
      files: 1,
      devices,
      sentBytes,
      beside,
      targets: [
        { what: 'the first sync', measured: seconds, limit: firstSeconds, unit: 's' },
        { what: 'sent', measured: sentBytes ?? Number.NaN, limit: MOST_SENT, unit: 'MiB' },
      ],
    }
  },
}

/** Writes the edited file beside the folder, as a program that saves by rename does. */
async function prepend(place: string): Promise<void> {
  const edited = createWriteStream(`${place}.edited`, { flush: true })
  edited.write('+')
  await pipeline(createReadStream(join(place, 'large'), { highWaterMark: 1 << 20 }), edited)
}
