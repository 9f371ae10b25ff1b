import type { Clock, Logger, Random } from '#base'
import type { DeviceId } from '#model'
import type { AddressBook } from './addresses.ts'
import type { DeviceRole } from './group.ts'
import type { GroupStore } from './group-parts.ts'
import type { Identity } from './identity.ts'

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
