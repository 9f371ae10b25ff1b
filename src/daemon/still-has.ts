import { mayRead, type DeviceId, type FolderId } from '#model'
import type { GroupState } from '#peers'

/**
 * Is a device that has had a folder to be taken for one that has it: it may, and has not said that it left it? Older versions do not
 * say what they take part in.
 */
export function stillHas(state: Pick<GroupState, 'role' | 'leavers'>, folder: FolderId, device: DeviceId): boolean {
  return mayRead(state.role(folder, device)) && !state.leavers(folder).includes(device)
}
