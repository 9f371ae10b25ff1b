import * as z from 'zod'
import { Remark } from './folders.ts'
import { Count } from './words.ts'

export const ScrubResult = z
  .object({
    checked: Count.describe('Blocks that were read'),
    damaged: Count.describe('Damaged or lost ones, with those that were known before'),
    healed: Count.describe('Of these, those that were got again, or are of no use any more'),
    notes: z.array(Remark).describe('Of each folder that is still damaged: what to do'),
  })
  .meta({ id: 'ScrubResult' })
export type ScrubResult = z.infer<typeof ScrubResult>
