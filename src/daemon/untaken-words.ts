import { count } from '#sync'

import { LOOK_THERE } from './folder-lies.ts'

/** Why a device that is to hold blocks does not have all of them, and what helps. */
export const UNTAKEN = {
  full: { words: 'for its pledge, or its disk, is full.', look: 'holdfast config set pledge SIZE' },
  refused: { words: 'for it does not take them from this device.', look: 'holdfast devices' },
  lies: { words: 'and it does not have all that it says it has.', look: LOOK_THERE },
}

/**
 * How many versions a device does not keep yet, in words; `who`, null: this one. Of others it is known up to which record they have all, so of those
 * that come after it some may be there.
 */
export function unkept(versions: number, who: string | null): string {
  const most = who === null || versions === 1 ? '' : 'up to '
  return `${most}${count(versions, 'version is', 'versions are')} not kept by ${who ?? 'this device'} yet`
}
