import type {
  Activity,
  ApiEvent,
  Conflict,
  Device,
  FolderStatus,
  NearbyDevice,
  Pairing,
  PairingEnd,
  Peer,
  Problem,
  Status,
  Transfers,
} from '#api/contract'
import { withNewest } from './activity-list.ts'
import { isInGroup } from './membership.ts'

/** All that the page shows of the daemon. */
export interface Snapshot {
  device: { id: string; name: string; addresses: string[] }
  removed: Status['removed']
  folders: FolderStatus[]
  devices: Device[]
  peers: Peer[]
  nearby: NearbyDevice[]
  pairings: Pairing[]
  /** How the last pairing ended that this page has watched, until somebody has read it or another one begins. */
  pairingEnd: PairingEnd | null
  transfers: Transfers
  /** Newest first. */
  activity: Activity[]
  conflicts: Conflict[]
  /** By the folder's name; only of folders that have some. */
  problems: Record<string, Problem[]>
}

/** What is left to ask the daemon for after an event: these say that something changed, not what. */
export type Question = { ask: 'everything' } | { ask: 'conflicts' } | { ask: 'problems'; folder: string }

/** The snapshot after an event, or the question that it raises. Pure. */
export function patch(snapshot: Snapshot, { event, data }: ApiEvent): Snapshot | Question {
  switch (event) {
    case 'folder':
      return { ...snapshot, folders: replaced(snapshot.folders, data, 'id') }
    case 'folder-gone':
      return { ...snapshot, folders: snapshot.folders.filter(({ id }) => id !== data.id) }
    case 'devices':
      // Who removed this device from its group, if anybody did, only the status tells.
      if (snapshot.removed !== null || !isInGroup(snapshot.device.id, data)) return { ask: 'everything' }
      return { ...snapshot, devices: data, device: renamed(snapshot.device, data) }
    case 'peer':
      return {
        ...snapshot,
        peers: replaced(snapshot.peers, data, 'device'),
        devices: snapshot.devices.map((device) =>
          device.device === data.device ? { ...device, connected: data.connected } : device,
        ),
      }
    case 'nearby':
      return { ...snapshot, nearby: data }
    case 'pairings':
      return { ...snapshot, pairings: data, pairingEnd: data.length > 0 ? null : snapshot.pairingEnd }
    case 'pairing-ended':
      return { ...snapshot, pairingEnd: data }
    case 'transfers':
      return { ...snapshot, transfers: data }
    case 'activity':
      return { ...snapshot, activity: withNewest(snapshot.activity, data) }
    case 'conflicts':
      return { ask: 'conflicts' }
    case 'problems':
      return { ask: 'problems', folder: data.folder }
    // Told to whoever waits for that work.
    case 'progress':
      return snapshot
    case 'resync':
      return { ask: 'everything' }
  }
}

/** This device as the group calls it now. */
function renamed(own: Snapshot['device'], devices: readonly Device[]): Snapshot['device'] {
  const name = devices.find(({ device }) => device === own.id)?.name ?? own.name
  return name === own.name ? own : { ...own, name }
}

/** `items` with `next` in the place of the one with the same key, or at the end. */
function replaced<T, K extends keyof T>(items: T[], next: T, key: K): T[] {
  const at = items.findIndex((item) => item[key] === next[key])
  return at < 0 ? [...items, next] : items.with(at, next)
}
