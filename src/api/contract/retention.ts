import * as z from 'zod'
import { Count, EntryKind, Time } from './words.ts'

const path = z.string().describe('Relative to the folder, with /')
const version = z.string().describe("The version's id: 32 hex digits")
const count = z.string().optional().describe('A whole number, or `unlimited`; left out or 0: no such rule')

/** Which versions are kept: those that any of the rules keeps; without any rule all of them. The rules are restic's. */
export const RetentionPolicy = z
  .strictObject({
    'keep-last': count,
    'keep-hourly': count,
    'keep-daily': count,
    'keep-weekly': count,
    'keep-monthly': count,
    'keep-yearly': count,
    'keep-within': z.string().optional().describe('A span of time, like 1y2m3d4h or 2w'),
  })
  .meta({ id: 'RetentionPolicy' })
export type RetentionPolicy = z.infer<typeof RetentionPolicy>

export const Verdict = z
  .object({
    path,
    version,
    time: Time.describe('When it was written, by the clock of its author'),
    kind: EntryKind,
    size: Count,
    reasons: z
      .array(z.string())
      .describe('Of one that is kept: what keeps it. Of one that is not: for each rule, why it does not'),
  })
  .meta({ id: 'Verdict' })
export type Verdict = z.infer<typeof Verdict>

export const Retention = z
  .object({
    policy: RetentionPolicy,
    history: z.enum(['full', 'off']).describe('off: what is replaced or deleted is not stored, and no policy can keep it'),
    keep: z.array(Verdict).describe('By path, the newest first; of a long list the beginning'),
    forget: z.array(Verdict).describe('The same of what the policy does not keep'),
    kept: Count.describe('How many are kept'),
    forgotten: Count.describe('How many are not'),
  })
  .meta({ id: 'Retention' })
export type Retention = z.infer<typeof Retention>

/** A named moment of a folder. What it shows is kept. */
export const Snapshot = z
  .object({
    name: z.string(),
    time: Time.describe('When it was made, by the clock of the device that made it'),
    entries: Count,
    bytes: Count.describe('Of the files among them'),
    device: z.string().describe('Who made it, a PeerId'),
    by: z.string().describe('What people call that device'),
    protected: z.boolean().describe('All devices that are to keep what it shows have it, as far as is known here'),
    lost: Count.describe('Files that it shows, and whose content is on no device any more, as far as this one knows'),
    complete: z.boolean().describe('All that it shows is known here; if not, it comes with the next sync'),
  })
  .meta({ id: 'Snapshot' })
export type Snapshot = z.infer<typeof Snapshot>

export const SnapshotRestored = z
  .object({
    name: z.string(),
    to: z.string().nullable().describe('The directory that was made; null: the folder itself'),
    write: z
      .array(
        z.object({ path: path.describe('Relative to the folder, or to that directory'), version, kind: EntryKind, size: Count }),
      )
      .describe('What is written; of a dry run what can be written; of a long list the beginning'),
    delete: z.array(path).describe('What is deleted, since the snapshot has it not; of a long list the beginning'),
    entries: Count.describe('How many are written'),
    bytes: Count.describe('Of the files among them'),
    deleted: Count.describe('How many are deleted'),
    missing: z
      .array(path)
      .describe(
        'Of a dry run, or where that is left out (`partial`): what else the snapshot shows, and no device that is connected has all content of; of a long list the beginning',
      ),
    missingEntries: Count.describe('How many of these there are'),
    missingBytes: Count.describe('Of the files among them'),
    left: Count.optional().describe('How many stay as they are since they are not what was expected, or were changed meanwhile'),
  })
  .meta({ id: 'SnapshotRestored' })
export type SnapshotRestored = z.infer<typeof SnapshotRestored>
