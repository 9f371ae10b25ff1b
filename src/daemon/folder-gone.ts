import type { Clock } from '#base'
import type { FolderIndex } from '#db'
import { protectionsOf, type FolderRetention } from '#history'
import { GoneContent } from '#replication'
import type { FolderHolders } from './folder-holders.ts'

export interface FolderGoneParts {
  index: Pick<FolderIndex, 'versions'>
  holders(): FolderHolders
  /** Is sync at work on the folder, here or on a device connected? */
  isBusy(): boolean
  retention(): FolderRetention
  clock: Clock
}

/** What knows of a folder's versions which ones are gone for good. */
export function folderGone({ index, holders, isBusy, retention, clock }: FolderGoneParts): GoneContent {
  return new GoneContent({
    clock,
    areTogether: (version) => holders().areTogether(version),
    isQuiet: () => !isBusy(),
    async isFree({ version: { id, path } }) {
      const versions = (await index.versions(path)).map(({ version }) => version)
      const { pins, snapshots } = protectionsOf(retention(), versions)
      return !pins.has(id) && !snapshots.has(id)
    },
  })
}
