import * as z from 'zod'
import { operation } from './operation.ts'
import { Retention, RetentionPolicy, Snapshot, SnapshotRestored } from './retention.ts'
import { FolderRef, VersionRef } from './words.ts'

const ofFolder = z.strictObject({ folder: FolderRef })
const ofVersion = z.strictObject({
  folder: FolderRef,
  path: z.string().min(1).describe('Relative to the folder, with /'),
  version: VersionRef,
})
const theVersion = z.object({ path: z.string(), version: z.string() })
const name = z.string().min(1).max(255).describe("A snapshot's name")

/** What concerns what is kept of a folder's past. */
export const retentionOperations = {
  pin: operation('POST', '/versions/pin', 'pin', 'Keeps a version whatever the policy says', ofVersion, theVersion),
  unpin: operation('POST', '/versions/unpin', 'unpin', 'Leaves a pinned version to the policy again', ofVersion, theVersion),
  retention: operation(
    'GET',
    '/folders/:folder/retention',
    'retention show',
    'Which versions the policy of a folder keeps, which it does not, and why',
    ofFolder,
    Retention,
  ),
  setRetention: operation(
    'PUT',
    '/folders/:folder/retention',
    'retention set',
    'Sets the policy of a folder, for all its devices, and answers what it keeps; with `dryRun` only answers',
    z.strictObject({ folder: FolderRef, policy: RetentionPolicy, dryRun: z.boolean().default(false) }),
    Retention,
  ),
  createSnapshot: operation(
    'POST',
    '/folders/:folder/snapshots',
    'snapshot create',
    'Scans, and gives what a folder shows now a name; without one that of the time',
    z.strictObject({ folder: FolderRef, name: name.optional() }),
    Snapshot,
  ),
  snapshots: operation('GET', '/folders/:folder/snapshots', 'snapshot list', 'The oldest first', ofFolder, z.array(Snapshot)),
  restoreSnapshot: operation(
    'POST',
    '/folders/:folder/snapshots/restore',
    'snapshot restore',
    'Makes a folder again what it was, by new versions and deletions; or, with `to`, writes that into a new directory',
    z.strictObject({
      folder: FolderRef,
      name,
      to: z.string().min(1).nullable().default(null).describe('An absolute path where nothing is, or an empty directory'),
      dryRun: z.boolean().default(false).describe('Only says what would be written and deleted'),
      partial: z
        .boolean()
        .default(false)
        .describe(
          'What no device that is connected has the content of is left out, and stays as it is; otherwise nothing is restored',
        ),
    }),
    SnapshotRestored,
  ),
  deleteSnapshot: operation(
    'DELETE',
    '/folders/:folder/snapshots',
    'snapshot delete',
    'Gives up a name; what it shows is left to the policy again',
    z.strictObject({ folder: FolderRef, name }),
    z.object({ name: z.string() }),
  ),
} as const
