import type { DeviceId, FolderId } from '#model'
import type { ActivityEvent } from './activity-events.ts'

/** What the device remembers beside its folders' indexes: one small database. Calls as in FolderIndex. */
export interface DeviceStore {
  folders(): Promise<StoredFolder[]>
  putFolder(folder: StoredFolder): Promise<void>
  dropFolder(id: FolderId): Promise<void>

  /** The signed operations of the group log, in the order they came. */
  groupLog(): Promise<Uint8Array[]>
  /** Appends operations; with `replace` the log becomes these (joining another group). */
  appendGroupLog(operations: readonly Uint8Array[], options?: { replace?: boolean }): Promise<void>

  /** Where devices were last reached: multiaddrs, newest first, at most 16 each. */
  addresses(): Promise<{ device: DeviceId; addresses: string[]; lastSeen: number }[]>
  putAddresses(device: DeviceId, addresses: readonly string[], lastSeen: number): Promise<void>

  setting(key: string): Promise<string | null>
  putSetting(key: string, value: string | null): Promise<void>

  /** Adds to the activity list; the newest 10,000 are kept. */
  addActivity(items: readonly Activity[]): Promise<void>
  /** Newest first, those with a number below `before` (0 = from the newest). */
  activity(before: number, limit: number): Promise<(Activity & { number: number })[]>
  close(): Promise<void>
}

export interface StoredFolder {
  id: FolderId
  name: string
  /** Absolute; null = online-only. */
  path: string | null
  /** The folder's 32-byte secret, or null where none has come yet. */
  secret: Uint8Array | null
  /** ms until which it is paused; 0 = not, -1 = until resumed (Infinity is stored as -1). */
  pausedUntil: number
  /** Marker id in `.holdfast/`, and the root's identity at the time: inode and device. */
  marker: { id: string; ino: number; dev: number } | null
  /** False until it has compared its disk with another device's index once (joined folders). */
  compared: boolean
}

export interface Activity {
  /** ms */
  time: number
  /** Of older versions there may be others in the list. */
  event: ActivityEvent
  folder: FolderId | null
  path: string | null
  device: DeviceId | null
  /** Of what was renamed: the path that it had, where that is known. It has no detail then. */
  from?: string
  detail: string
}
