import type { Clock, Logger, Queue } from '#base'
import type { Authored, FolderIndex } from '#db'
import type { Exchange } from '#exchange'
import type { FolderDisk } from '#folder'
import type { DeviceId, FolderId } from '#model'
import type { FolderChunks } from '#store'
import type { AppliedChange } from './applied-change.ts'

/** Removes what is staged but for the versions in work and those to `keep`, by id. */
export type CleanStage = (keep: readonly string[]) => Promise<void>

export interface PullerParts {
  folder: FolderId
  idKey: Uint8Array
  index: FolderIndex
  disk: FolderDisk
  exchange: Exchange
  /** Where chunks can be had that are nowhere else; null = nothing is stored. */
  store: FolderChunks | null
  /** Names under which others are staging files. */
  staged: ReadonlySet<string>
  clock: Clock
  logger: Logger
  /** See ApplierParts. */
  tree: Queue
  /** Rejects when the folder may not be written now (blocked, paused). */
  allowed(): Promise<void>
  /** Is so much of the index still to come that nothing new is to be begun? */
  behind(): boolean
  /** The disk has an edit that the index does not know: to be scanned. */
  rescan(paths: string[]): void
  /** See ApplierHooks. */
  unnoted(): void
  applied(change: AppliedChange): void
  /** Is another device looking at its disk? */
  isScanning(device: DeviceId): boolean
  /** May content that nobody has be given up? See LostContentParts. */
  complete(): boolean
  authored(result: Authored): void
  /** Nothing is being worked on any more. */
  quiet(clean: CleanStage): void
  /** The folder as a whole failed: blocked, or its disk or index broke. */
  failed(error: unknown): void
}
