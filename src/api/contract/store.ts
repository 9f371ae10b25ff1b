import * as z from 'zod'
import { Remark } from './folders.ts'
import { Count } from './words.ts'

export const ScrubResult = z
  .object({
    checked: Count.describe('Blocks that were read'),
    damaged: Count.describe('Damaged or lost ones, with those that were known before'),
    healed: Count.describe('Of these, those that are here again'),
    unneeded: Count.describe('Those that need no block here: what was left of it was removed'),
    inFiles: Count.describe(
      'Of these, those that files on the disk here have; other devices hold the others, or no version needs them',
    ),
    waiting: Count.describe('Those that no connected device has given yet: they come by themselves'),
    notes: z.array(Remark).describe('Of each folder that is still damaged: what to do'),
  })
  .meta({ id: 'ScrubResult' })
export type ScrubResult = z.infer<typeof ScrubResult>

const Unbrought = z
  .array(Remark)
  .describe('Of each folder and device that does not have all it is to have: why, and what to do. It goes on by itself')

export const RebalanceResult = z
  .object({
    epoch: Count.describe("Of the group's layout; 0: there is none"),
    movedBytes: Count.describe('Sealed and brought to other devices, or got and kept here, in this run'),
    freedBytes: Count.describe('Freed here, of what others hold now, or nothing needs'),
    waitingBytes: Count.describe('The same, here and on devices that hold blocks: freed when the grace there is over'),
    notes: Unbrought,
  })
  .meta({ id: 'RebalanceResult' })
export type RebalanceResult = z.infer<typeof RebalanceResult>

export const RepairResult = z
  .object({
    checked: Count.describe('Copies that were looked for, of pieces of versions: here, and on devices that hold blocks'),
    repaired: Count.describe('Copies that were lacking and are there again'),
    files: Count.describe("Files of this device's blocks that were looked for"),
    damaged: Count.describe('Pieces found to be missing or damaged in the store here; with those that were known before'),
    healed: Count.describe('Of these, those that are here again'),
    unneeded: Count.describe('Those that need no block here: what was left of it was removed'),
    inFiles: Count.describe(
      'Of these, those that files on the disk here have; other devices hold the others, or no version needs them',
    ),
    waiting: Count.describe('Those that no connected device has given yet: they come by themselves'),
    elsewhere: z
      .array(z.object({ folder: z.string(), device: z.string(), missing: Count, repaired: Count }))
      .describe(
        'Of each device that holds blocks without reading them: copies that it turned out to lack, and those that it was brought',
      ),
    lacking: Count.describe('Versions that a device lacks which is to have them, as far as is known, once for each device'),
    notes: Unbrought,
  })
  .meta({ id: 'RepairResult' })
export type RepairResult = z.infer<typeof RepairResult>
