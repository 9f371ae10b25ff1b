import type { Device } from '#api/contract'

/** Whether a device is one of a group's, and not the only one that it knows of. */
export function isInGroup(own: string, devices: readonly Device[]): boolean {
  return devices.length > 1 && devices.some(({ device }) => device === own)
}
