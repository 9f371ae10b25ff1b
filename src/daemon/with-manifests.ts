import type { FolderIndex } from '#db'
import type { ChunkList, Version } from '#model'

/** So much of what an index knows tells who walks it what its versions consist of. */
type Walked = Pick<FolderIndex, 'recordsAfter'>

/**
 * An index that gets what is not known of manifests from other devices, as far as these have it: `fetchChunks` puts it in. Where a folder has no
 * place on the disk nothing else brings it.
 */
export function withManifests(index: Walked, fetchChunks: (version: Version) => Promise<ChunkList>): Walked {
  return {
    async recordsAfter(after, limit) {
      const items = await index.recordsAfter(after, limit)
      const unknown = items.filter(({ chunks }) => chunks === null)
      for (const { version } of unknown) await fetchChunks(version).catch(() => null)
      // How many fit into one call depends on what they consist of.
      return unknown.length === 0 ? items : index.recordsAfter(after, limit)
    },
  }
}
