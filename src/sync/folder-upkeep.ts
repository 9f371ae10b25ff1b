import { every, type Timer } from '#base'
import type { FolderSyncParts } from './folder-parts.ts'

/** A full look at the disk, in case the watcher missed something. */
const RESCAN_MS = 4 * 3_600_000
/** How often paths that were put off are tried, and a blocked root is looked at. */
const RETRY_MS = 5_000
/** How long the archive keeps what sync replaced or deleted. */
const ARCHIVE_MS = 30 * 24 * 3_600_000
const DAY_MS = 24 * 3_600_000

/** What a folder does now and then, until cancelled. */
export function keepUp({ clock, logger, disk, index }: FolderSyncParts, work: { retry(): Promise<void>; rescan(): void }): Timer {
  const failed = (error: unknown): void => logger.warn({ error }, 'upkeep of a folder failed')
  const expire = async (before: number): Promise<void> => {
    await disk?.expireArchive(before)
    await index.expireArchive(before)
  }
  const timers = [
    every(clock, RETRY_MS, work.retry, failed),
    every(clock, RESCAN_MS, work.rescan, failed),
    every(clock, DAY_MS, () => expire(clock.now() - ARCHIVE_MS), failed),
  ]
  return {
    cancel() {
      for (const timer of timers) timer.cancel()
    },
  }
}
