import type { Version } from '#model'

/** A live head of a path that this device wrote, and a file. */
export interface OwnFile {
  head: Version
  /** Live versions of the path that would show if the head had never been written, the newest first, each content once. */
  before: Version[]
}
