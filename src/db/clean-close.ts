import { existsSync, statSync } from 'node:fs'
import type { FolderId } from '#model'
import type { Ending } from './opening.ts'
import type { SqliteDeviceStore } from './device-database.ts'
import type { SqliteFolderIndex } from './sqlite-folder-index.ts'

/**
 * An epoch does not go on after a longer pause than this: the longer ago, the more likely is it that the machine as a whole was
 * set back (a virtual machine, say), which nothing on its own disk tells.
 */
const MAX_PAUSE_MS = 7 * 24 * 3_600_000

/** What device.db knows of a folder's index that was closed properly and has not been opened since. */
interface CleanClose extends Ending {
  /** ms */
  time: number
  /** What tells the very file from any copy of it. */
  file: string
}

/**
 * Where this device's chain ended when the index in `file` was closed, if that very file, untouched, is there now; undefined where
 * it may be another one. It is told once: whatever happens to the index from now on, the next opening is not to believe it.
 */
export function takeEnding(store: SqliteDeviceStore, folder: FolderId, file: string, now: number): Ending | undefined {
  const noted = store.setting(key(folder))
  if (noted === null) return undefined
  store.putSetting(key(folder), null)
  const { time, file: known, ...ending } = JSON.parse(noted) as CleanClose
  const pause = now - time
  return pause >= 0 && pause <= MAX_PAUSE_MS && known === identityOf(file) ? ending : undefined
}

/** Closes an index, and notes in device.db that this was done properly. */
export function closeCleanly(
  index: SqliteFolderIndex,
  store: SqliteDeviceStore,
  folder: FolderId,
  file: string,
  now: number,
): void {
  const ending = index.ending()
  index.close()
  const identity = identityOf(file)
  if (identity === null) return
  const noted: CleanClose = { ...ending, time: now, file: identity }
  store.putSetting(key(folder), JSON.stringify(noted))
}

/** Nothing is known of an index that was removed. */
export function forgetEnding(store: SqliteDeviceStore, folder: FolderId): void {
  store.putSetting(key(folder), null)
}

/**
 * No program that restores a file can choose its inode's time of change. null where there is no file, or one whose log was left
 * behind by a process that did not close it.
 */
function identityOf(file: string): string | null {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (stat === undefined || existsSync(`${file}-wal`)) return null
  return [stat.dev, stat.ino, stat.ctimeNs, stat.mtimeNs, stat.size].join('/')
}

function key(folder: FolderId): string {
  return `closed.${folder}`
}
