import type { DeviceId } from '#model'
import type { Layout } from './layout.ts'
import type { PlacedDevice } from './shares.ts'

/** What a member knows that decides about the devices of the next layout. */
export interface Outlook {
  /** The devices of the group, with what each pledges. */
  readonly pledges: readonly { readonly device: DeviceId; readonly bytes: number }[]
  readonly current: Layout | null
  readonly isConnected: (device: DeviceId) => boolean
  /** For how long this member has not seen a device, ms, counted from when layouts began to say that it is here, at the earliest. */
  readonly absence: (device: DeviceId) => number
  /** ms after which a device is away; Infinity: never. */
  readonly leaveAfter: number
}

/**
 * The devices that the next layout is to have, by their ids: those with a pledge. One that is away comes back when it is seen. One that the
 * current layout has not is here until layouts have said so for long.
 */
export function nextDevices({ pledges, current, isConnected, absence, leaveAfter }: Outlook): Required<PlacedDevice>[] {
  const before = new Map(current?.devices.map(({ device, away }) => [device, away]))
  return pledges
    .filter(({ bytes }) => bytes > 0)
    .map(({ device, bytes }) => {
      const was = before.get(device)
      const away = !isConnected(device) && was !== undefined && (was || absence(device) >= leaveAfter)
      return { device, capacity: bytes, away }
    })
    .toSorted((a, b) => (a.device < b.device ? -1 : 1))
}

/** Does a layout have these devices, by their ids, and no others? */
export function isLayoutOf(layout: Layout, devices: readonly Required<PlacedDevice>[], replicas: number): boolean {
  return (
    layout.replicas === replicas &&
    layout.devices.length === devices.length &&
    layout.devices.every(({ device, capacity, away }, at) => {
      const wanted = devices[at]!
      return device === wanted.device && capacity === wanted.capacity && away === wanted.away
    })
  )
}
