import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { blockDigest } from '#content'
import { openStoreDatabase } from '#db'
import { BlockFiles, BlockStore } from '#store'
import type { Case, Figure } from '../case.ts'

const KIB = 1024
const SIZES = [4, 16, 32, 64, 128, 256, 1024].map((size) => size * KIB)
/** Bytes of the blocks of one size, and how many there are at most. */
const BYTES = 32 * 1024 * KIB
const MOST = 512
/** As many as a keeper seals at once, about. */
const BATCH = 32
/** Of so many runs of both, in turn, the shortest counts. */
const ROUNDS = 3

/** Where blocks are to be kept, by their length: the time to put them into the database and to read them there, in percent of that with files. */
export const threshold: Case = {
  name: 'threshold',
  title: 'blocks in the database, beside files (in percent of the time; the store has those below 64 KiB in the database)',
  async run({ stage, tell }) {
    const figures: Figure[] = []
    for (const size of SIZES) {
      tell(`blocks of ${size / KIB} KiB`)
      const count = Math.min(MOST, BYTES / size)
      const best = { files: [Infinity, Infinity], database: [Infinity, Infinity] }
      for (let round = 0; round < ROUNDS; round++)
        for (const [where, small] of [
          ['files', 0],
          ['database', Infinity],
        ] as const) {
          const directory = stage.directoryFor(`threshold-${size}-${where}`)
          const taken = await measure(directory, small, size, count)
          best[where] = best[where].map((ms, at) => Math.min(ms, taken[at]!))
        }
      for (const [at, what] of ['put', 'read'].entries())
        figures.push({
          what: `${what} ${size / KIB} KiB: ${(best.files[at]! / count).toFixed(2)} ms each in files; in the database`,
          measured: (100 * best.database[at]!) / best.files[at]!,
          unit: '%',
        })
    }
    return { seconds: null, bytes: null, files: null, devices: [], sentBytes: null, beside: [], targets: [], figures }
  },
}

/** How long it takes to put blocks, durably, and to read them again, ms. */
async function measure(directory: string, small: number, size: number, count: number): Promise<[number, number]> {
  const table = openStoreDatabase(join(directory, 'store.db'))
  const store = new BlockStore({ table, files: new BlockFiles(join(directory, 'blocks')) }, { small })
  const blocks = Array.from({ length: count }, () => {
    const bytes = randomBytes(size)
    return { digest: blockDigest(bytes), bytes, seal: null }
  })
  const started = performance.now()
  for (let at = 0; at < count; at += BATCH) await store.add(blocks.slice(at, at + BATCH))
  const put = performance.now()
  for (const { digest } of blocks) await store.read(digest)
  const read = performance.now()
  table.close()
  return [put - started, read - put]
}
