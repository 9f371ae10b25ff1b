import * as z from 'zod'
import { PastVersion } from './history.ts'
import { operation } from './operation.ts'
import { Count, ExpectedRef, FolderRef, SnapshotRef, Time, VersionRef } from './words.ts'

const ofPath = { folder: FolderRef, path: z.string().min(1).describe('Relative to the folder, with /') }

/** What concerns earlier versions. */
export const historyOperations = {
  versions: operation(
    'GET',
    '/versions',
    'versions',
    'Every version of a path, newest first; of deleted ones too',
    z.strictObject(ofPath),
    z.array(PastVersion),
  ),
  restore: operation(
    'POST',
    '/versions/restore',
    'restore',
    'Makes a path again what it was, as a new version; or, with `to`, writes that into a new file elsewhere',
    z.strictObject({
      ...ofPath,
      version: VersionRef.optional(),
      at: Time.optional().describe('What it was then; used where no version is named'),
      snapshot: SnapshotRef.optional(),
      to: z.string().min(1).nullable().default(null).describe('An absolute path where nothing is'),
      expected: ExpectedRef.optional(),
    }),
    z.object({
      path: z.string().describe('Where it is now'),
      version: z.string().describe('The version that was written, or read'),
      bytes: Count.describe('Its content'),
      here: z.boolean().describe('It is on the disk; false while it is still on its way there'),
    }),
  ),
} as const
