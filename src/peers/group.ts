import type { DeviceId, FolderId, GroupId, Role } from '#model'

/** A `storage` device keeps sealed copies for the others: it has no role in a folder, gets no key and adds no devices. */
export type DeviceRole = 'member' | 'storage'

export interface GroupDevice {
  device: DeviceId
  name: string
  role: DeviceRole
  /** ms */
  added: number
}

/** The last record of a device that counts. */
export interface Cut {
  epoch: number
  seq: number
}

/** The cut of a device that was cut off where nobody knew its last record: all of its records count. */
export const NO_LIMIT: Cut = { epoch: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER }

export interface RemovedDevice {
  device: DeviceId
  /** For each folder the last place of its records that counts, as far as the remover knew it. */
  cuts: Map<FolderId, Cut>
}

export interface GroupFolder {
  id: FolderId
  name: string
  creator: DeviceId
  history: 'full' | 'off'
  consistency: 'eventual' | 'quorum' | 'strong'
  /** ms */
  created: number
}

/** What the group log says now: a pure fold of its operations, the same on every device that has the same operations. */
export interface GroupState {
  id: GroupId
  /** Sorted by id, this device among them. */
  devices: GroupDevice[]
  removed: RemovedDevice[]
  /** In the order of their creation. */
  folders: GroupFolder[]
  /** `none` for devices that are not in the group, and for storage devices. */
  role(folder: FolderId, device: DeviceId): Role
  /** Where a device that once wrote and no longer may was cut off (NO_LIMIT where unknown); null for one that may, or never could. */
  cut(folder: FolderId, device: DeviceId): Cut | null
}
