import type { FolderRetention } from '#history'
import type { DeviceId, FolderId, Role } from '#model'
import type { FolderSyncParts } from '#sync'
import type { FolderKeepingParts } from '../../src/daemon/folder-keeping.ts'
import { REPLICAS } from '../../src/daemon/folder-layout.ts'

/** Places that the holders are decided on: fewer than usual, as the layout is worked out by every device. */
export const RING_SIZE = 64

export interface SimMember {
  device: DeviceId
  writes: boolean
}

/** What the devices of a cluster know of each other, and of their folder, in the group's log: here all know it at once. */
export interface SimGroup {
  state: FolderKeepingParts['group']['state']
  retention(): FolderRetention
}

interface GroupParts {
  folder: FolderId
  members(): readonly SimMember[]
  creator(): DeviceId
  /** Devices that were members, and wrote. */
  former(): readonly DeviceId[]
  /** Those that have the folder on a disk, and so hold it. */
  takers(): DeviceId[]
  retention(): FolderRetention
}

export function groupOf({ folder, members, creator, takers, retention }: GroupParts): SimGroup {
  const about = { isNamed: true, name: 'folder', history: 'full', consistency: 'eventual', created: 0 } as const
  return {
    retention,
    state: {
      ringSize: RING_SIZE,
      replicas: REPLICAS,
      pledge: () => 0,
      get folders() {
        return [{ ...about, id: folder, creator: creator() }]
      },
      get devices() {
        return members().map(({ device }) => ({ device, name: device, role: 'member' as const, added: 0 }))
      },
      role: (_folder, device) => roleOf(members(), device),
      takers,
      leavers: () => [],
    },
  }
}

/** What sync asks of the group, for one of its devices. */
export function syncGroup(
  { members, creator, former }: Pick<GroupParts, 'members' | 'creator' | 'former'>,
  own: DeviceId,
): Pick<FolderSyncParts, 'role' | 'nameOf' | 'writers' | 'members'> {
  return {
    role: (device = own) => roleOf(members(), device),
    nameOf: (device) => device.slice(-4),
    writers: () => [
      ...members().flatMap(({ device, writes }) => (writes ? [{ device }] : [])),
      ...former().map((device) => ({ device })),
    ],
    members: () => members().flatMap(({ device }) => (device === own ? [] : [{ device, creator: device === creator() }])),
  }
}

function roleOf(members: readonly SimMember[], device: DeviceId): Role {
  const member = members.find((each) => each.device === device)
  return member === undefined ? 'none' : member.writes ? 'sync' : 'receive-only'
}
