import { every, type Timer } from '#base'
import type { ArchiveEntry, FolderDisk } from '#folder'
import type { FolderSyncParts } from './folder-parts.ts'

/** A full look at the disk, in case the watcher missed something. */
const RESCAN_MS = 4 * 3_600_000
/** How often paths that were put off are tried, and a blocked root is looked at. */
const RETRY_MS = 5_000
/** How long the archive keeps what sync replaced or deleted, if nothing drops it before. */
const ARCHIVE_MS = 30 * 24 * 3_600_000
const DAY_MS = 24 * 3_600_000
/** How soon after the start it is looked through for the first time: many devices do not run for a day. */
const SOON_MS = 60_000
/** Files of the archive checked and dropped in one call: other changes of the tree wait meanwhile. */
const PAGE = 8

type Upkeep = Pick<FolderSyncParts, 'clock' | 'logger' | 'disk' | 'index' | 'onlyInArchive'>

/** What a folder does now and then, until cancelled. */
export function keepUp(parts: Upkeep, work: { retry(): Promise<void>; rescan(): void }): Timer {
  const { clock, logger, disk } = parts
  const failed = (error: unknown): void => logger.warn({ error }, 'upkeep of a folder failed')
  let asked: number | null = null
  const expire = async (): Promise<void> => {
    if (disk === null) return
    const now = clock.monotonic()
    const expired = await disk.expired({ keepMs: ARCHIVE_MS, elapsedMs: asked === null ? 0 : now - asked })
    asked = now
    if (await dropExpired({ ...parts, disk }, expired)) work.rescan()
  }
  const timers = [
    every(clock, RETRY_MS, work.retry, failed),
    every(clock, RESCAN_MS, work.rescan, failed),
    clock.after(SOON_MS, () => void expire().catch(failed), { idle: true }),
    every(clock, DAY_MS, expire, failed),
  ]
  return {
    cancel() {
      for (const timer of timers) timer.cancel()
    },
  }
}

/** True when something was written to late, and lies in the tree again. */
async function dropExpired(
  { disk, index, onlyInArchive }: Pick<Upkeep, 'index' | 'onlyInArchive'> & { disk: Pick<FolderDisk, 'dropArchived'> },
  expired: readonly ArchiveEntry[],
): Promise<boolean> {
  let isLate = false
  for (let at = 0; at < expired.length; at += PAGE) {
    const names = expired.slice(at, at + PAGE).map(({ name }) => name)
    const only = await onlyInArchive?.(names)
    const contents = await index.archivedContents(names)
    const dropped = await disk.dropArchived(
      names.map((name, n) => ({ name, content: contents[n] ?? null, ...(only?.has(name) === true && { stays: true }) })),
    )
    await index.forgetArchived(dropped.map(({ name }) => name))
    isLate ||= dropped.some(({ late }) => late !== null)
  }
  return isLate
}
