import * as z from 'zod'
import { Count, Time } from './words.ts'

export const PastVersion = z
  .object({
    version: z.string().describe("The version's id: 32 hex digits"),
    time: Time.describe('When it was written, by the clock of its author'),
    device: z.string().describe('Its author, a PeerId'),
    by: z.string().describe('What people call that device'),
    kind: z.enum(['file', 'directory', 'symlink', 'tombstone']),
    size: Count,
    cause: z
      .enum(['added', 'edited', 'deleted', 'restored'])
      .describe('`restored`: it has the content of an earlier version, and not of the last one; restored, or written again'),
    state: z
      .enum(['kept', 'protected', 'at-risk', 'incomplete'])
      .describe(
        'Its content is on this device; on as many as it should be; perhaps on another one alone; on none that is connected',
      ),
    stored: z
      .boolean()
      .describe('False in a folder without history: what is replaced or deleted there is in no store, whatever its state'),
    forgotten: z
      .boolean()
      .describe(
        'Forgotten here, by the retention policy or because no device has its content any more: what is left of it may go at any time',
      ),
    lost: z
      .boolean()
      .describe('It was kept once, and its content is on no device any more; where it comes back, it is kept again'),
    givenUp: z
      .enum(['lost', 'never-kept'])
      .nullable()
      .describe(
        'Why it is forgotten where no policy did that: no device has its content any more, and it was given up; or none ever had kept it when it was replaced or deleted, as far as this one knows',
      ),
    pinned: z.boolean().describe('It is kept whatever the policy says'),
    snapshots: z.array(z.string()).describe('The snapshots that show it, which keep it, too'),
    current: z.boolean().describe('It is what the path is now, or one of several in conflict'),
  })
  .meta({ id: 'PastVersion' })
export type PastVersion = z.infer<typeof PastVersion>
