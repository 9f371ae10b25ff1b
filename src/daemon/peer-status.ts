import type { Peer } from '#api/contract'
import type { BackendContext } from './backend-context.ts'
import { syncedPercent } from './peer-share.ts'
import { obstacleOf } from './untaken.ts'

/** A device of the group as people are told of it. */
export function peerStatus(
  { registry }: Pick<BackendContext, 'registry'>,
  { device, name, connected, address, rttMs }: ReturnType<BackendContext['network']['devices']>[number],
): Peer {
  const synced = connected ? syncedPercent(registry.folders, device) : null
  return { device, name, connected, address, rttMs, syncedPercent: synced, obstacle: obstacleOf(registry, device) }
}
