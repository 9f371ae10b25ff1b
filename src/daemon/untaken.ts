import type { Peer } from '#api/contract'
import type { DeviceId } from '#model'
import { LOOK_THERE } from './folder-lies.ts'
import type { FolderRegistry } from './registry.ts'

/** Why a device that is to hold blocks does not have all of them, and what helps. */
export const UNTAKEN = {
  full: { words: 'for its pledge, or its disk, is full.', look: 'holdfast config set pledge SIZE' },
  refused: { words: 'for it does not take them from this device.', look: 'holdfast devices' },
  lies: { words: 'and it does not have all that it says it has.', look: LOOK_THERE },
}

/** Where is to be looked; room elsewhere helps one that is full as well. */
export function helpsWith(obstacle: keyof typeof UNTAKEN, device: string): string {
  const there = `on ${device}: ${UNTAKEN[obstacle].look}`
  return obstacle === 'full'
    ? `${there}; or the same on another device that has room; or, for a new one, holdfast invite --role storage`
    : there
}

/** What keeps a device from taking blocks of any folder; null: nothing that is known here. */
export function obstacleOf({ folders }: Pick<FolderRegistry, 'folders'>, device: DeviceId): Peer['obstacle'] {
  const all = folders.flatMap(({ keeping }) => keeping?.holders.obstacles ?? [])
  return all.find((each) => each.device === device)?.obstacle ?? null
}
