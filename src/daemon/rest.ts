import { collectGarbage, dropSpareBuffers, messageOf, type Clock, type Logger } from '#base'
import type { Databases } from '#db'

/** So much work is worth a collection; one saved file is five jobs or so, and no reason to stop for a moment. */
const WORTH_JOBS = 40
/** Where the databases are still at work then, so much later. */
const AGAIN_MS = 2_000

export interface RestParts {
  databases: Pick<Databases, 'rest' | 'busy'>
  clock: Clock
  logger: Logger
  collect?: () => void
}

/**
 * Returns what is told that a stretch of work is over, and of how many jobs it was: once they are worth it, gives back the memory
 * that they have left behind. The first stretch follows the start, and always is.
 */
export function restAfterWork({
  databases,
  clock,
  logger,
  collect = () => collectGarbage('regular'),
}: RestParts): (jobs: number) => void {
  let since = WORTH_JOBS
  let waits = false
  const rest = (): void => {
    waits = databases.busy
    if (waits) {
      clock.after(AGAIN_MS, rest, { idle: true })
      return
    }
    since = 0
    collect()
    databases.rest().catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'the databases kept their memory'))
  }
  return (jobs) => {
    dropSpareBuffers()
    since += jobs
    if (since >= WORTH_JOBS && !waits) rest()
  }
}
