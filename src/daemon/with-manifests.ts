import type { FolderIndex, KeepItem } from '#db'

type Walked = Pick<FolderIndex, 'recordsAfter'>

/** An index that learns what versions consist of before it tells, as far as that can be had: where a folder has no place on the disk nothing else brings it. */
export function withManifests(index: Walked, learn: (items: readonly KeepItem[]) => Promise<boolean>): Walked {
  return {
    async recordsAfter(after, limit) {
      const items = await index.recordsAfter(after, limit)
      // How many fit into one call depends on what they consist of.
      return (await learn(items)) ? index.recordsAfter(after, limit) : items
    },
  }
}
