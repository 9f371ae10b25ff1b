import type { Peer } from '#api/contract'
import type { DeviceId } from '#model'
import type { FolderRegistry } from './registry.ts'
import { UNTAKEN } from './untaken-words.ts'

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
