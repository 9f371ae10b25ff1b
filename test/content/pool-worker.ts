import { parentPort } from 'node:worker_threads'
import { answerJobs } from '#content'
import { HoldfastError } from '#base'

/** The thread of worker-pool.test.ts. */
const port = parentPort!

answerJobs(
  {
    post: (message, transfer) => port.postMessage(message, transfer ?? []),
    onMessage: (listener) => void port.on('message', listener),
  },
  async (job) => {
    const { kind, value } = job as { kind: string; value?: unknown }
    switch (kind) {
      case 'echo':
        return value
      case 'length':
        return (value as Uint8Array).length
      case 'wait':
        await new Promise(() => {})
        return undefined
      case 'refuse':
        throw new HoldfastError('denied', 'a.txt cannot be read', { hint: 'Look at its permissions' })
      case 'system':
        throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
      case 'function':
        return () => 0
      case 'crash':
        setImmediate(() => {
          throw new Error('out of cheese')
        })
        await new Promise(() => {})
        return undefined
      default:
        return process.exit(0)
    }
  },
)
