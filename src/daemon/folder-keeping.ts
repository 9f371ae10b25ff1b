import type { Clock, Logger } from '#base'
import { deriveFolderKeys } from '#content'
import type { FolderIndex, StoredFolder } from '#db'
import { findAnywhere, type Exchange, type LocalFolder } from '#exchange'
import { Past } from '#history'
import { Keeper } from '#replication'
import type { FolderChunks } from '#store'

export interface FolderKeepingParts {
  exchange: Exchange
  clock: Clock
  logger: Logger
}

/** A folder's past on this device: what is kept of it, and how it is read. */
export interface FolderKeeping {
  past: Past
  keeper: Keeper
}

/** `isBusy`: sync is at work on the folder. */
export function keepFolder(
  { exchange, clock, logger }: FolderKeepingParts,
  { id: folder, name }: StoredFolder,
  secret: Uint8Array,
  { index, disk, store }: LocalFolder & { index: FolderIndex; store: FolderChunks },
  isBusy: () => boolean,
): FolderKeeping {
  const sources = { folder, idKey: deriveFolderKeys(secret).idKey, here: { index, disk, store }, exchange }
  return {
    past: new Past({ ...sources, name, index }),
    keeper: new Keeper({
      index,
      store,
      finder: { find: (ids, lengths, signal) => findAnywhere(sources, ids, lengths, signal) },
      needs: () => true,
      isBusy,
      clock,
      logger: logger.child({ folder }),
    }),
  }
}
