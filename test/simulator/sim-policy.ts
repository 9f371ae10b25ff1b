import { parsePolicy, type FolderRetention } from '#history'
import type { DeviceId } from '#model'
import { REPLICAS } from '../../src/daemon/folder-layout.ts'

/** What the devices of a group have agreed on in its log. */
export interface SimPolicy {
  /** What of the past is to be kept. */
  retention: FolderRetention
  /** Do devices pledge disk, sooner or later? */
  hasLayouts: boolean
  /** `replication_factor`. */
  replicas: number
  /** `leave_after`, s; 0: by hand. */
  leaveAfter: number
  /** Bytes of disk that devices give to others. */
  readonly pledges: Map<DeviceId, number>
}

/** As it is without anybody's word. */
export function usualPolicy(): SimPolicy {
  const retention = { policy: parsePolicy({}), pins: new Set<never>(), snapshots: new Map<never, never>() }
  return { retention, hasLayouts: false, replicas: REPLICAS, leaveAfter: 0, pledges: new Map() }
}
