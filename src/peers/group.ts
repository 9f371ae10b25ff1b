import type { DeviceId, FolderId, GroupId, Role, VersionId } from '#model'

/** A `storage` device keeps sealed copies for the others: it has no role in a folder, gets no key and adds no devices. */
export type DeviceRole = 'member' | 'storage'

export interface GroupDevice {
  device: DeviceId
  name: string
  role: DeviceRole
  /** ms */
  added: number
}

/**
 * A recovery kit: keys on paper or in a file, by which an empty device comes into the group as a member when all members are gone. It is no
 * device: it holds nothing, and nobody waits for it.
 */
export interface GroupKit {
  /** The id that its key makes. */
  device: DeviceId
  name: string
  /** What this one may read, the kit opens. */
  maker: DeviceId
  /** ms */
  made: number
}

/** A device that is no longer in the group. */
export interface Departure {
  device: DeviceId
  /** What it was called then. */
  name: string
  /** Who put it out; itself where it left. */
  by: DeviceId
  /** ms, by the clock of `by`. */
  time: number
}

/** The last record of one epoch of a device that counts. */
export interface Place {
  epoch: number
  seq: number
}

/** How far the records of a device count that may write no longer. */
export interface Cut {
  /** All records of epochs before this one count: so say operations of older kinds, which name one place only. Otherwise 0. */
  before: number
  /** The last record that counts of each epoch. Of an epoch that is not named none counts. */
  places: readonly Place[]
}

/** For each device the last record of every epoch of it that is known. */
export type Counted = ReadonlyMap<DeviceId, readonly Place[]>

export interface GroupFolder {
  id: FolderId
  /** As long as that is not known here: the beginning of its id. */
  name: string
  /** False where its name is sealed, and this device has not been given its secret. */
  isNamed: boolean
  creator: DeviceId
  history: 'full' | 'off'
  consistency: 'eventual' | 'quorum' | 'strong'
  /** ms */
  created: number
}

/** A named moment of a folder: what its records said up to there. */
export interface FolderSnapshot {
  /** 32 hex digits. */
  id: string
  /** No other one of the folder is called so. As long as that is not known here: the beginning of its id. */
  name: string
  by: DeviceId
  /** ms, by the clock of `by`. */
  created: number
  /** Live entries, and the bytes of the files among them, as `by` had them. */
  entries: number
  bytes: number
  /** Of each device that wrote, the last record of every epoch that `by` had then. */
  upTo: readonly (readonly [DeviceId, readonly Place[]])[]
}

/** What is to be kept of a folder's past. */
export interface FolderProperties {
  /** The retention policy, as history encodes it; null where nobody has set one. */
  readonly policy: readonly number[] | null
  readonly pins: ReadonlySet<VersionId>
  /** In the order in which they count. */
  readonly snapshots: readonly FolderSnapshot[]
}

/** What applies to all of a group. */
export interface GroupSettings {
  /** `replication_factor`, 1 to 255: how many devices are to have each chunk. */
  replicas: number
  /** Seconds after which a device that nobody sees is replaced as a holder; 0: only where it is removed. */
  leaveAfter: number
}

/** What the group log says now: a pure fold of its operations, the same on every device that has the same operations. */
export interface GroupState extends GroupSettings {
  id: GroupId
  /** Sorted by id, this device among them. */
  devices: GroupDevice[]
  /** In the order in which they were made. */
  kits: GroupKit[]
  /** Those that were in the group once, kits among them. */
  removed: DeviceId[]
  /** How each of them went the last time. */
  departures: Departure[]
  /** In the order of their creation. */
  folders: GroupFolder[]
  /** `none` for devices that are not in the group, and for storage devices. */
  role(folder: FolderId, device: DeviceId): Role
  /**
   * How far a device that may not write was said to count. Null for one that may, and for one of which nobody has said: then none of
   * its records count.
   */
  cut(folder: FolderId, device: DeviceId): Cut | null
  /** The devices that take part in the folder: its creator, and those that have said so; none that left it since. Older versions do not say it. */
  takers(folder: FolderId): DeviceId[]
  /** The devices that took part, as far as was said, and do so no more: they left the folder, or went from the group. */
  leavers(folder: FolderId): DeviceId[]
  /** What is to be kept of a folder's past; all of it where there is no such folder. */
  properties(folder: FolderId): FolderProperties
  /** Bytes that a device of the group keeps free for it; 0 where it has not said so. */
  pledge(device: DeviceId): number
  /** Does a device of the group hand over what it holds, to leave the group then? It is to hold nothing any more. */
  isLeaving(device: DeviceId): boolean
  /** Is the device a member, no storage device, or was it one once? */
  wasMember(device: DeviceId): boolean
}
