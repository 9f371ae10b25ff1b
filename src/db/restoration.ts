import type { VersionId } from '#model'

/** What a path is to be again: one of its versions, or (null) deleted. */
export interface Restoration {
  path: string
  id: VersionId | null
  /** All heads that it is in place of; left out: whichever there are. */
  expected?: readonly VersionId[]
}

export interface RestoredHeads {
  /** The head that each path has then, written or found; null where nothing is known of it, or its heads are others than expected. */
  heads: (VersionId | null)[]
}
