import * as z from 'zod'
import { operation } from './operation.ts'
import { ScrubResult } from './store.ts'

/** What concerns the block store. */
export const storeOperations = {
  scrub: operation(
    'POST',
    '/scrub',
    'scrub',
    'Reads every block of the store, or some taken at random, and gets again what is damaged; `exists` while another one runs',
    z.strictObject({
      samplePercent: z.number().positive().max(100).default(100).describe('Of all blocks so many; 100: every one'),
    }),
    ScrubResult,
  ),
} as const
