import type { Clock, Logger, Random } from '#base'
import type { DeviceId, FolderId } from '#model'
import type { FoldedGroup } from './fold-group.ts'
import type { DeviceRole } from './group.ts'
import type { Identity } from './identity.ts'

/** Where the group log is kept, and which folders this device takes part in; db's DeviceStore fits. */
export interface GroupStore {
  groupLog(): Promise<Uint8Array[]>
  /** Durable when it resolves; when it rejects nothing has changed. With `replace` the log becomes these. */
  appendGroupLog(operations: readonly Uint8Array[], options?: { replace?: boolean }): Promise<void>
  folders(): Promise<readonly { readonly id: FolderId }[]>
}

export interface GroupParts {
  identity: Identity
  store: GroupStore
  clock: Clock
  random: Random
  logger: Logger
}

export interface GroupEvents {
  /** The state has changed: devices, folders, roles, secrets or data keys. */
  changed: FoldedGroup
  /** This device was removed by another, and is a group of one now. */
  removed: FoldedGroup
}

export interface NewDevice {
  device: DeviceId
  name: string
  role: DeviceRole
  x25519: Uint8Array
}
