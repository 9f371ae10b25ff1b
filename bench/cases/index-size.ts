import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Device } from '../../scripts/device.ts'
import type { Case } from '../case.ts'
import { drop, FOLDER, measureSync } from '../stage.ts'
import { replaceFiles, shapes, source, untilProtected } from '../store-pair.ts'

const MOST_BYTES = 400
/** Paths are of about 55 characters, as they are in trees of source code. */
const LONG = 'a-directory-with-a-name-that-is-not-short'

/** What the folder's database takes for each file before there is any history, and for each version of the history. */
export const index: Case = {
  name: 'index',
  title: 'bytes of the index for each file, and each version',
  async run(bench) {
    const pair = await bench.stage.pair('index')
    const [first, second] = [source(bench, shapes[0]!), source(bench, shapes[0]!)]
    bench.tell('Holdfast')
    await measureSync(pair, () => drop(pair.places[0], first.directory, LONG))
    const before = await Promise.all(pair.devices.map(indexBytes))
    await measureSync(pair, () => replaceFiles(second.directory, join(pair.places[0], LONG)))
    await untilProtected(pair)
    const after = await Promise.all(pair.devices.map(indexBytes))
    const { files } = first
    const file = Math.max(...before) / files
    const version = Math.max(...after.map((bytes, at) => bytes - before[at]!)) / files
    return {
      seconds: null,
      bytes: null,
      files,
      devices: [],
      sentBytes: null,
      beside: [],
      targets: [{ what: 'for each file, without history', measured: file, limit: MOST_BYTES, unit: 'B' }],
      figures: [{ what: 'more for each version', measured: version, unit: 'B' }],
    }
  },
}

/** Of the folder's database on a device, what is in its log as well, without pages that are free. */
async function indexBytes({ client, options }: Device): Promise<number> {
  const folder = (await client.folders()).find(({ name }) => name === FOLDER)
  const db = new DatabaseSync(join(options.home, 'index', `${folder?.id}.db`), { readOnly: true })
  try {
    const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((pragma) =>
      Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]),
    ) as [number, number, number]
    return (pages - free) * size
  } finally {
    db.close()
  }
}
