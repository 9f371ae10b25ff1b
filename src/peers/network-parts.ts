import type { Clock, Logger, Random } from '#base'
import type { DeviceId, FolderId } from '#model'
import type { AddressBook } from './addresses.ts'
import type { Nowhere } from './control.ts'
import type { DeviceRole } from './group.ts'
import type { GroupStore } from './group-parts.ts'
import type { Identity } from './identity.ts'
import type { Peer } from './link.ts'

/** Everything the network remembers; db's DeviceStore fits. */
export interface NetworkStore extends AddressBook, GroupStore {
  setting(key: string): Promise<string | null>
  putSetting(key: string, value: string | null): Promise<void>
}

export interface NetworkParts {
  identity: Identity
  store: NetworkStore
  clock: Clock
  random: Random
  logger: Logger
}

export interface NetworkOptions {
  /** What this device is called in a group that it founds. */
  name: string
  /** Multiaddrs to listen on; empty: TCP on every interface (`lan` false: on loopback), with a port that stays the same. */
  listen: readonly string[]
  /** Look for devices, and be found, on the local network. */
  lan: boolean
  /** False: chunks go over libp2p only. Default true. */
  directBulk?: boolean
}

export interface NetworkEvents {
  connected: Peer
  /** The same object as in `connected`. */
  disconnected: Peer
  /** A device of the group sent what is no message; the link was closed. */
  misbehaved: { device: DeviceId; message: string }
  /** A device of the group sent a layout; it need not be one. */
  layout: { device: DeviceId; layout: Uint8Array }
  /** A device of the group has lost some of what it held of a folder. */
  lost: { device: DeviceId; folder: FolderId }
  /** A device of the group has found versions whose content is on no device any more. */
  nowhere: { device: DeviceId } & Nowhere
  /** A device of the group was seen on the local network. */
  discovered: { device: DeviceId; addresses: string[] }
}

/** A device of the group, as the network sees it. */
export interface DeviceStatus {
  device: DeviceId
  name: string
  role: DeviceRole
  /** True for this device itself. */
  own: boolean
  connected: boolean
  /** The multiaddr it is, or was last, reached at. */
  address: string | null
  /** ms; null = never. */
  lastSeen: number | null
  rttMs: number | null
}
