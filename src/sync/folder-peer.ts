import type { Have } from '#db'
import { chainKey, type DeviceId } from '#model'
import { HINDRANCES, type Hindered } from './hindrance.ts'
import type { StateMessage } from './messages.ts'
import type { Lacking } from './standing.ts'

/** A device this folder is shared with, while connected. */
export interface FolderPeer {
  device: DeviceId
  send(message: Uint8Array): Promise<void>
  /** What it last said of itself; null before that. */
  state: StateMessage | null
  /** Chains that it was asked for in vain since: it may not have what it says. */
  vain: Set<string>
  /** When it came; ms of the monotonic clock. */
  since: number
  /** What it was last told of us: the same is not said twice, or two devices that cannot go on would keep each other awake. */
  told: Uint8Array | null
}

/** What a device has and may give, as far as is known. */
export function offered({ state, vain }: Pick<FolderPeer, 'state' | 'vain'>): Have[] {
  return (state?.have ?? []).filter((have) => !vain.has(chainKey(have)))
}

/** Which of the devices have said that something keeps them, the most pressing first. */
export function hindered(peers: readonly FolderPeer[], nameOf: (device: DeviceId) => string): Hindered[] {
  return HINDRANCES.flatMap((hindrance) =>
    peers.filter(({ state }) => state?.hindrance === hindrance).map(({ device }) => ({ name: nameOf(device), hindrance })),
  )
}

/** Which of the devices have said that something is still to come to their disks, the one that lacks most first. */
export function lacking(peers: readonly FolderPeer[], nameOf: (device: DeviceId) => string): Lacking[] {
  return peers
    .map(({ device, state }) => ({ name: nameOf(device), entries: state?.needEntries ?? 0 }))
    .filter(({ entries }) => entries > 0)
    .toSorted((a, b) => b.entries - a.entries)
}
