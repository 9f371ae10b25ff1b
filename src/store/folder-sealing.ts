import type { DataKey } from '#content'
import type { FolderId } from '#model'

/** How a folder's chunks are sealed and opened. */
export interface FolderSealing {
  folder: FolderId
  /** Names its chunks. */
  idKey: Uint8Array
  /** All that are known; the first one seals. */
  keys: readonly DataKey[]
}
