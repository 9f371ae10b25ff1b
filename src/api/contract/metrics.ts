import * as z from 'zod'
import { Count, Time } from './words.ts'

const values = z.array(z.number().nullable()).describe('One for each time; null where nothing is known of it')

/** How some figures of this device went, at times that are equally far apart. */
export const MetricHistory = z
  .object({
    times: z.array(Time).describe('Where each span begins that was measured; the oldest first'),
    stepSeconds: z.number().positive(),
    receiveBytesPerSecond: values.describe('In the mean'),
    sendBytesPerSecond: values.describe('In the mean'),
    storeBytes: values.describe('What blocks and index segments take, at its end'),
    protectedPercent: values.describe('Of the folder that has least, at its end'),
  })
  .meta({ id: 'MetricHistory' })
export type MetricHistory = z.infer<typeof MetricHistory>

/** What a folder takes on this disk. */
export const Space = z
  .object({
    folder: z.string().describe("The folder's name"),
    liveBytes: Count.describe('Its files as they are now'),
    versionBytes: Count.describe('Its earlier versions that are kept, each as long as it was'),
    storedBytes: Count.describe('What the blocks of this folder take in the store'),
    archiveBytes: Count.describe('What its archive takes, of files that sync replaced or deleted'),
    volumeBytes: Count.nullable().describe('Of the disk that its files are on; null where it has no place, or nobody can tell'),
    freeBytes: Count.nullable().describe('What is free there'),
  })
  .meta({ id: 'Space' })
export type Space = z.infer<typeof Space>

/** How the store's upkeep went last. */
export const Upkeep = z
  .object({
    scrubbed: Time.nullable().describe('When the last scrub ended; null: none did yet'),
    swept: Time.nullable().describe('When what nothing needs was last freed'),
    snapshot: Time.nullable().describe('When the newest snapshot of any folder was made'),
    volumeBytes: Count.nullable().describe('Of the disk that the store is on'),
    freeBytes: Count.nullable(),
  })
  .meta({ id: 'Upkeep' })
export type Upkeep = z.infer<typeof Upkeep>
