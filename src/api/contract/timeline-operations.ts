import * as z from 'zod'
import { operation } from './operation.ts'
import { SnapshotRestored } from './retention.ts'
import { Density, Timeline } from './timeline.ts'
import { DeviceRef, FolderRef, MomentRef, Time } from './words.ts'

const below = z.string().default('').describe('Only this path and what is below it, relative to the folder; empty: all of it')

/** What concerns a folder's past as a whole. */
export const timelineOperations = {
  timeline: operation(
    'GET',
    '/folders/:folder/timeline',
    null,
    'What changed in a folder, newest first, of deleted files too',
    z.strictObject({
      folder: FolderRef,
      path: below,
      device: DeviceRef.optional().describe('Only what this device wrote'),
      until: Time.optional().describe('Only what was written before that'),
      before: z.string().default('').describe('`next` of the answer before'),
      limit: z.coerce.number<number>().int().min(1).max(1000).default(200),
    }),
    Timeline,
  ),
  density: operation(
    'GET',
    '/folders/:folder/timeline/density',
    null,
    'How many changes there were in a folder, over time',
    z.strictObject({
      folder: FolderRef,
      path: below,
      from: Time.optional().describe('Left out: the earliest change'),
      until: Time.optional().describe('Left out: now'),
      parts: z.coerce.number<number>().int().min(1).max(400).default(100),
    }),
    Density,
  ),
  restoreMoment: operation(
    'POST',
    '/folders/:folder/restore',
    null,
    'Makes a folder, or what is at a path and below, again what it was at a time, by new versions and deletions; or, with `to`, writes that into a new directory',
    z.strictObject({
      folder: FolderRef,
      path: below,
      at: z.union([Time, MomentRef]),
      to: z.string().min(1).nullable().default(null).describe('An absolute path where nothing is, or an empty directory'),
      dryRun: z.boolean().default(false).describe('Only says what would be written and deleted'),
      expected: z
        .union([z.strictObject({ at: Time }), z.strictObject({ snapshot: z.string().min(1) })])
        .optional()
        .describe('Only what is as it was then is changed: what is something else by now stays, and is counted in `left`'),
      keepNew: z.boolean().default(false).describe('What is there now stays as it is; only what is gone since comes back'),
      partial: z
        .boolean()
        .default(false)
        .describe(
          'What no device that is connected has the content of is left out, and stays as it is; otherwise nothing is restored',
        ),
    }),
    SnapshotRestored.omit({ name: true }),
  ),
} as const
