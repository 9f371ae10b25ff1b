import type { DeviceId } from '#model'
import type { Layout } from './layout.ts'
import type { PlacedDevice } from './shares.ts'

/** What a member knows that decides about the devices of the next layout. */
export interface Outlook {
  /** The devices of the group, with what each pledges. */
  readonly pledges: readonly { readonly device: DeviceId; readonly bytes: number }[]
  readonly replicas: number
  readonly current: Layout | null
  readonly isConnected: (device: DeviceId) => boolean
  /** For how long this member has not seen a device, ms, counted from when layouts began to say that it is here, at the earliest. */
  readonly absence: (device: DeviceId) => number
  /** ms after which a device is away; Infinity: never. */
  readonly leaveAfter: number
  /** Of one that pledges nothing: are there others that could hold what it holds? */
  readonly isReplaceable: (device: DeviceId) => boolean
}

/**
 * The devices that the next layout is to have, by their ids: those with a pledge; and those without one that are away where the pledges are too few for
 * all replicas, which stay when they are back: from then on layouts say that they are here. One that is away comes back when it is seen. One with a pledge that
 * the current layout has not is here until layouts have said so for long.
 */
export function nextDevices({ pledges, replicas, current, isReplaceable, ...seen }: Outlook): Required<PlacedDevice>[] {
  const before = new Map(current?.devices.map((each) => [each.device, each]))
  const isAway = (device: DeviceId, was: boolean): boolean =>
    !seen.isConnected(device) && (was || seen.absence(device) >= seen.leaveAfter)
  const pledging = pledges
    .filter(({ bytes }) => bytes > 0)
    .map(({ device, bytes }) => {
      const was = before.get(device)
      return { device, capacity: bytes, away: was !== undefined && isAway(device, was.away) }
    })
  const isShort = pledging.filter(({ away }) => !away).length < replicas
  const others = pledges
    .filter(({ bytes }) => bytes === 0)
    .flatMap(({ device }) => {
      const was = before.get(device)
      const stays = was !== undefined && (was.away || was.capacity === 0)
      const away = isAway(device, was?.away === true)
      return stays || (isShort && away && isReplaceable(device)) ? [{ device, capacity: 0, away }] : []
    })
  return [...pledging, ...others].toSorted((a, b) => (a.device < b.device ? -1 : 1))
}

/** Does a layout say anything of the devices of a group: that they hold blocks for a pledge, or are or were away? */
export function isLayoutFor(layout: Layout, pledges: Outlook['pledges']): boolean {
  const isOther = ({ device, capacity, away }: Required<PlacedDevice>): boolean =>
    (away || capacity === 0) && pledges.some((each) => each.device === device)
  return pledges.some(({ bytes }) => bytes > 0) || layout.devices.some(isOther)
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
