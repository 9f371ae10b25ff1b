import { mayWrite, type DeviceId, type FolderId } from '#model'
import type { GroupState } from '#peers'
import type { FolderSyncParts } from '#sync'

/** May a device hold blocks for others, also some of a pledge that it has taken back? */
export function isShelf({ devices, pledge }: Pick<GroupState, 'devices' | 'pledge'>, device: DeviceId): boolean {
  return pledge(device) > 0 || devices.some((each) => each.device === device && each.role === 'storage')
}

/** The other devices of the group that may. */
export function shelvesOf({
  device: own,
  state,
}: {
  device: DeviceId
  state: Pick<GroupState, 'devices' | 'pledge'>
}): DeviceId[] {
  return state.devices.map(({ device }) => device).filter((device) => device !== own && isShelf(state, device))
}

/** What a folder has to know of such devices. */
export function shelfParts(
  group: { readonly device: DeviceId; readonly state: Pick<GroupState, 'devices' | 'pledge' | 'wasMember' | 'role' | 'cut'> },
  folder: FolderId,
): Pick<FolderSyncParts, 'shelves' | 'isUnsaid'> {
  return {
    shelves: () => shelvesOf(group),
    isUnsaid: (device) => {
      const { state } = group
      return state.wasMember(device) && !mayWrite(state.role(folder, device)) && state.cut(folder, device) === null
    },
  }
}
