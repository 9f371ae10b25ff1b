import type { Clock, Logger } from '#base'
import type { Activity, FolderIndex, IngestRules } from '#db'
import type { Exchange } from '#exchange'
import type { FolderDisk, RootIdentity } from '#folder'
import type { FolderChunks } from '#store'
import type { DeviceId, FolderId, Role } from '#model'
import type { FolderMember } from './comparison.ts'
import type { DeletionNotes } from './deletion-note.ts'
import type { Kept } from './messages.ts'

export interface FolderSyncParts {
  id: FolderId
  /** What it is called here, for what people are to type. */
  name: string
  index: FolderIndex
  /** null = online-only: the index alone. */
  disk: FolderDisk | null
  identity: RootIdentity | null
  /** What is known of the folder seems to be from a backup, as its directory is, where that is another one than it was. */
  restored?: boolean
  /** null = nothing of it is stored here. */
  store: FolderChunks | null
  idKey: Uint8Array
  exchange: Exchange
  clock: Clock
  logger: Logger
  /** How far this device has come with keeping content, for the others; undefined where it keeps none. */
  kept(): Kept | undefined
  role(device?: DeviceId): Role
  /** What people call a device. */
  nameOf(device: DeviceId): string
  writers(): IngestRules['writers']
  /** The other devices that may read the folder. */
  members(): FolderMember[]
  /** The group's devices that may hold blocks and index segments for others; none where left out. */
  shelves?(): DeviceId[]
  /** Was a device put out of the group, and nobody has said how far its records count? */
  isUnsaid?(device: DeviceId): boolean
  activity(items: Omit<Activity, 'folder'>[]): void
  /** An entry went from the disk, which `by` had deleted at `made`, ms. */
  took?(by: DeviceId, made: number): void
  misbehaved(device: DeviceId, message: string): void
  /** State, totals or peers changed. */
  changed(): void
  /** The folder has been compared with another device's index. */
  compared(): void
  /** Of files in the archive, by name, those that stay there however old they are; none where left out. */
  onlyInArchive?(names: readonly string[]): Promise<ReadonlySet<string>>
  /** Another directory was taken for the folder, and it is not decided yet about what is missing there. */
  unblocked?(): boolean
  /** It is decided. */
  judged?(): void
  /** Where deletions are noted that a restart is not to forget; not at all where left out. */
  deletions?: DeletionNotes
}

export interface FolderSettings {
  /** False for a joined folder that never saw the index of a device that knows it: it authors nothing before. */
  compared: boolean
  paused: boolean
}
