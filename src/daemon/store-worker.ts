import { parentPort, workerData } from 'node:worker_threads'
import { systemClock, systemRandom } from '#base'
import { answerJobs } from '#content'
import type { StoreJob } from '#store'
import { StoreHost } from './store-host.ts'

// A thread of the store (started by openThreadedStore).

const port = parentPort
if (port === null) throw new Error('this is the entry of a worker thread')
const { directory } = workerData as { directory: string }
const host = new StoreHost({ directory, clock: systemClock, random: systemRandom })

answerJobs(
  {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
  },
  (job) => host.run(job as StoreJob),
)
