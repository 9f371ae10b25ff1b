import { LOOK_THERE } from './folder-lies.ts'

/** Why a device that is to hold blocks does not have all of them, and what helps. */
export const UNTAKEN = {
  full: { words: 'for its pledge, or its disk, is full.', look: 'holdfast config set pledge SIZE' },
  refused: { words: 'for it does not take them from this device.', look: 'holdfast devices' },
  lies: { words: 'and it does not have all that it says it has.', look: LOOK_THERE },
}
