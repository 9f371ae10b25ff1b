import { Events } from '#base'
import type { FolderRetention } from '#history'
import type { DeviceId, FolderId, GroupId, Role } from '#model'
import type { GroupState } from '#peers'
import type { FolderSyncParts } from '#sync'
import type { FolderKeepingParts } from '../../src/daemon/folder-keeping.ts'
import type { GroupLayoutParts } from '../../src/daemon/group-layout.ts'
import type { SimPolicy } from './sim-policy.ts'

/** Places that the holders are decided on: fewer than usual, as the layout is worked out by every device. */
export const RING_SIZE = 64

export interface SimMember {
  device: DeviceId
  writes: boolean
}

/** What the devices of a cluster know of each other, and of their folder, in the group's log: here all know it at once. */
export interface SimGroup {
  state: FolderKeepingParts['group']['state'] & Pick<GroupState, 'cut' | 'wasMember'>
  retention(): FolderRetention
  /** Do devices pledge disk in this story? */
  hasLayouts(): boolean
  /** For one device's part in the group's layout. */
  layoutGroup(device: DeviceId): GroupLayoutParts['group']
  /** It has changed. */
  changed(): void
}

interface GroupParts {
  id: GroupId
  folder: FolderId
  members(): readonly SimMember[]
  /** Devices that hold sealed blocks only. */
  storages(): readonly DeviceId[]
  creator(): DeviceId
  /** Devices that were members, and wrote. */
  former(): readonly DeviceId[]
  /** Those that have the folder on a disk, and so hold it. */
  takers(): DeviceId[]
  policy: SimPolicy
}

export function groupOf({ id, folder, members, storages, creator, former, takers, policy }: GroupParts): SimGroup {
  const about = { isNamed: true, name: 'folder', history: 'full', consistency: 'eventual', created: 0 } as const
  const events = new Events<{ changed: null }>()
  const state = {
    id,
    ringSize: RING_SIZE,
    get replicas() {
      return policy.replicas
    },
    get leaveAfter() {
      return policy.leaveAfter
    },
    pledge: (device: DeviceId) => policy.pledges.get(device) ?? 0,
    get folders() {
      return [{ ...about, id: folder, creator: creator() }]
    },
    get devices() {
      return [
        ...members().map(({ device }) => ({ device, name: device, role: 'member' as const, added: 0 })),
        ...storages().map((device) => ({ device, name: device, role: 'storage' as const, added: 0 })),
      ]
    },
    wasMember: (device: DeviceId) => former().includes(device) || members().some((each) => each.device === device),
    role: (_folder: FolderId, device: DeviceId) => roleOf(members(), device),
    // All that they wrote counts.
    cut: (_folder: FolderId, device: DeviceId) => (former().includes(device) ? { before: Infinity, places: [] } : null),
    takers,
    leavers: () => [],
    isLeaving: () => false,
  }
  return {
    retention: () => policy.retention,
    hasLayouts: () => policy.hasLayouts,
    state,
    layoutGroup: (device) =>
      // Of the group as its log tells it, what layouts ask for.
      ({ device, state, on: events.on.bind(events) }) as unknown as GroupLayoutParts['group'],
    changed: () => events.emit('changed', null),
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
