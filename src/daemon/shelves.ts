import type { DeviceId } from '#model'
import type { GroupState } from '#peers'

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
