import { errnoOf, sleep, type Clock } from '#base'
import type { Filesystem } from './filesystem.ts'

/** Milliseconds between the attempts: a virus scanner or an indexer lets go of a file within a second, a program may not. */
const PAUSES = [10, 20, 40, 80, 160, 320]
const BUSY = new Set(['EBUSY', 'EACCES', 'EPERM'])

/** Windows refuses to replace, move or remove a file that a program has open: tries again for a short while. */
export async function patiently<T>(platform: Filesystem['platform'], clock: Clock, run: () => T | Promise<T>): Promise<T> {
  if (platform !== 'windows') return await run()
  for (const pause of PAUSES) {
    try {
      return await run()
    } catch (error) {
      if (!BUSY.has(errnoOf(error) ?? '')) throw error
      await sleep(clock, pause)
    }
  }
  return await run()
}
