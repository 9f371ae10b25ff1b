import type { Peer } from '#api/contract'
import type { BackendContext } from './backend-context.ts'
import { syncedPercent } from './peer-share.ts'
import { obstacleOf } from './untaken.ts'

/** A device of the group as people are told of it. */
export function peerStatus(
  { registry, network }: Pick<BackendContext, 'registry' | 'network'>,
  { device, name, connected, address, rttMs }: ReturnType<BackendContext['network']['devices']>[number],
): Peer {
  const synced = connected ? syncedPercent({ group: network.group, folders: registry.folders }, device) : null
  return { device, name, connected, address, rttMs, syncedPercent: synced, obstacle: obstacleOf(registry, device) }
}
