import * as z from 'zod'
import { operation } from './operation.ts'
import { RebalanceResult, RepairResult, ScrubResult } from './store.ts'

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
  rebalance: operation(
    'POST',
    '/rebalance',
    'rebalance',
    'Brings every version at once to where the layout has it, and waits for that; `exists` while another rebalance or repair runs',
    z.strictObject({}),
    RebalanceResult,
  ),
  repair: operation(
    'POST',
    '/repair',
    'repair',
    'Looks, here and on devices that hold blocks, whether all is there that is to be, and brings what is not; `exists` while another rebalance or repair runs',
    z.strictObject({}),
    RepairResult,
  ),
} as const
