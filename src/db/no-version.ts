import type { VersionId } from '#model'

/** The id of no version. */
export const NO_VERSION = '0'.repeat(32) as VersionId

/** In `Applied.shown`: a directory that is there only for what is below it, and of which no record is known. */
export const NO_RECORD = '' as VersionId
