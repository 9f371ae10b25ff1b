import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { HoldfastError, systemRandom } from '#base'
import { answerJobs } from '#content'
import { openStoreDatabase } from '#db'
import { BlockFiles, BlockStore, SealedChunks, SweptBlocks, type StoreJob } from '#store'

// The store's thread (started by openThreadedStore): here its blocks meet their database.

/** Blocks shorter than this, bytes, are kept in the database: a file takes some milliseconds and a block of the disk. */
const SMALL = 64 * 1024

/** The disk of the home keeps so much room free of blocks: this part of it, and at most so many bytes. */
const RESERVE = { part: 0.05, bytes: 1024 ** 3 }

const port = parentPort
if (port === null) throw new Error('this is the entry of a worker thread')
const { directory } = workerData as { directory: string }
const files = new BlockFiles(join(directory, 'blocks'))
const table = openStoreDatabase(join(directory, 'store.db'))
const blocks = new BlockStore({ table, files }, { small: SMALL })
const chunks = new SealedChunks({ blocks, table, random: systemRandom })
const swept = new SweptBlocks({ blocks, table, files })

answerJobs(
  {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
  },
  async (job) => {
    const { verb, args } = job as StoreJob
    if (verb === 'seal') needRoom()
    const target = verb in swept ? swept : chunks
    return (Reflect.get(target, verb) as (...values: unknown[]) => Promise<unknown>).call(target, ...args)
  },
)

/** Sync needs room as well, and it is what the user waits for. */
function needRoom(): void {
  const { bavail, blocks, bsize } = statfsSync(directory)
  const reserve = Math.min(RESERVE.bytes, blocks * bsize * RESERVE.part)
  if (bavail * bsize > reserve) return
  throw new HoldfastError('full', `no more versions are kept in ${directory}: its disk is nearly full`, {
    hint: 'free some space',
  })
}
