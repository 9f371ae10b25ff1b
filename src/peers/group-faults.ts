import { HoldfastError } from '#base'
import type { DeviceId } from '#model'
import type { GroupFolder, GroupState } from './group.ts'
import { nameFault } from './operation-fields.ts'

/** What it means to leave a group, for hints that name the command. */
const LEAVING = 'holdfast leave puts this device on its own; its folders and files stay here'

/** What a device hears when it would pair with one of its own group. */
export function joinedAlready(): HoldfastError {
  return new HoldfastError('exists', 'this device and the other one are in one group already', {
    reason: 'same-group',
    hint: `holdfast folder list shows what the group offers; to join it anew, leave it first: ${LEAVING}`,
  })
}

/** What a device that is not alone hears when it would join another group. */
export function joinConflict(): HoldfastError {
  return new HoldfastError(
    'conflict',
    'this device is already in a group with other devices, and a device can be in one group only',
    { reason: 'in-a-group', hint: `invite the other device into this group instead, or leave this one first: ${LEAVING}` },
  )
}

/** Throws `denied` when the group has not let the device in, and `conflict` when it cannot take its folders along. */
export function checkArrival(state: GroupState, own: DeviceId, folders: readonly { folder: GroupFolder }[]): void {
  const member = state.devices.find(({ device }) => device === own)
  if (member === undefined) throw new HoldfastError('denied', 'the group has not let this device in', { reason: 'not-let-in' })
  if (member.role !== 'member' && folders.some(({ folder }) => !state.folders.some(({ id }) => id === folder.id))) {
    throw new HoldfastError('conflict', 'this device has folders, and a storage device can have none of its own', {
      reason: 'has-folders-there',
      hint: 'ask for an invite as a member (holdfast invite there), or take no part in the folders first: holdfast folder leave FOLDER',
    })
  }
}

/** Throws `not-found` when the device is not in the group. */
export function needMember(state: GroupState, wanted: DeviceId): void {
  if (state.devices.some(({ device }) => device === wanted)) return
  throw new HoldfastError('not-found', `no device ${wanted} is in the group`, {
    reason: 'not-in-group',
    values: { device: wanted },
  })
}

/** Throws `usage` when a device or folder cannot be called so. */
export function checkName(what: 'device' | 'folder', name: string): void {
  const fault = nameFault(name)
  if (fault !== undefined)
    throw new HoldfastError('usage', `a ${what} cannot be called ${JSON.stringify(name)}: ${fault}`, {
      reason: 'bad-name',
      values: { what, name },
    })
}
