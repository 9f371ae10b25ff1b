import * as z from 'zod'
import { operation } from './operation.ts'
import { Count } from './words.ts'

/** Housekeeping, which the daemon also does by itself. */
export const upkeepOperations = {
  gc: operation(
    'POST',
    '/gc',
    'gc',
    'Forgets what the retention policies do not keep, frees the blocks that nothing has needed for the time of `gc_grace`, and drops from the archives what is protected',
    z.strictObject({
      dryRun: z
        .boolean()
        .default(false)
        .describe('Only tells how many versions would be forgotten, and what would be freed now of what is forgotten already'),
      abandoned: z
        .boolean()
        .default(false)
        .describe(
          'Frees for good, after the grace, also the blocks of folders that no device takes part in any more; and at once strays that an earlier run told of',
        ),
      lost: z
        .boolean()
        .default(false)
        .describe(
          'Forgets also the versions whose content is on no device any more, as far as a look of a minute at most finds them nowhere',
        ),
    }),
    z.object({
      freedBytes: Count,
      blocks: Count,
      archivedFiles: Count.describe('Dropped from the archives of folders: their versions are in the stores'),
      forgotten: Count.describe('Versions that this run has forgotten, or would'),
      lost: Count.describe(
        'Of them those whose content is on no device any more. On the other devices of the folders they stay lost until they are given up there',
      ),
      undecided: z
        .array(z.object({ folder: z.string(), versions: Count, away: z.array(z.string()), message: z.string() }))
        .describe(
          'Folders with versions that lack content here of which it could not be known whether it is lost, and the devices that may have it and are not connected',
        ),
      waitingBytes: Count.describe('Not needed either, and freed later: the grace is not over'),
      waitingBlocks: Count,
      strays: z
        .object({ files: Count, bytes: Count })
        .describe(
          'Files of blocks of which nobody here knows what they are, as where the database of the store was lost; they go after 30 days',
        ),
      elsewhere: z
        .array(z.object({ folder: z.string(), device: z.string(), blocks: Count, bytes: Count }))
        .describe('What devices hold in sealed blocks, and are to hold no longer: they free it when their grace is over'),
      notes: z
        .array(
          z.object({
            folder: z.string().describe('Its name, or the beginning of its id where the name is not known here'),
            named: z.boolean().describe('Is its name known here? Storage devices are told none'),
            message: z.string(),
          }),
        )
        .describe('Folders of which nothing, or not all that could be, was freed, and why'),
    }),
  ),
} as const
