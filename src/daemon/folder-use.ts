import { mayRead, type DeviceId, type FolderId } from '#model'
import type { GroupState } from '#peers'

/**
 * Of what use what is held of a folder may be to others. `taken`: some device has said that it has the folder on a disk. `read`: none has, but one may read it
 * without, out of what is held here. `none`: nobody. `foreign`: it is of no folder of the group; of one that this device was in, perhaps.
 */
export type FolderUse = 'taken' | 'read' | 'none' | 'foreign'

/**
 * Devices that take part without a place on their disk are in no log: one that is connected has asked (`isAsked`), one that is away may do so yet, unless
 * it has said that it left.
 */
export function folderUse(
  state: Pick<GroupState, 'folders' | 'devices' | 'role' | 'takers' | 'leavers'>,
  folder: FolderId,
  { isConnected, isAsked }: { isConnected(device: DeviceId): boolean; isAsked: boolean },
): FolderUse {
  if (!state.folders.some(({ id }) => id === folder)) return 'foreign'
  if (state.takers(folder).length > 0) return 'taken'
  const leavers = state.leavers(folder)
  const mayBeAway = state.devices.some(
    ({ device }) => mayRead(state.role(folder, device)) && !leavers.includes(device) && !isConnected(device),
  )
  return isAsked || mayBeAway ? 'read' : 'none'
}
