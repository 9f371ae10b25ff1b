import { HoldfastError } from '#base'
import type { DeviceId } from '#model'
import { apportion } from './apportion.ts'

/** A device that may hold partitions. */
export interface PlacedDevice {
  readonly device: DeviceId
  /** Bytes of its pledge. Devices with 0 hold nothing, unless all have 0. */
  readonly capacity: number
  /** Gone for longer than `leave_after`: it holds only what would have too few holders without it, and is the anchor of nothing. */
  readonly away?: boolean
}

/** For each partition its holders, the first one its anchor. */
export type Holders = readonly (readonly DeviceId[])[]

/** A device that holds something, and how much. */
export interface Share {
  readonly device: DeviceId
  readonly partitions: number
  /** Of how many it is the anchor: 0 for those away. */
  readonly anchors: number
}

/** How many holders each partition gets. */
export function holdersEach(devices: readonly PlacedDevice[], replicas: number): number {
  return Math.min(replicas, ableDevices(devices).length)
}

/** The devices that are to hold something, by their ids. */
export function shareOut(devices: readonly PlacedDevice[], replicas: number, partitions: number, last: Holders | null): Share[] {
  check(devices)
  const able = ableDevices(devices)
  const allAway = able.every(({ away }) => away === true)
  const isHere = ({ away }: PlacedDevice): boolean => allAway || away !== true
  const count = able.filter(isHere).length
  const each = Math.min(replicas, able.length)
  const held = countHeld(last)
  const claims = (here: boolean) =>
    able.map((device) => ({
      weight: isHere(device) === here ? device.capacity : 0,
      cap: partitions,
      former: held.get(device.device) ?? 0,
    }))
  const ofHere = apportion(claims(true), Math.min(each, count) * partitions)
  const ofAway = apportion(claims(false), Math.max(0, each - count) * partitions)
  const anchors = apportion(
    ofHere.map((weight) => ({ weight, cap: weight, former: 0 })),
    partitions,
  )
  return able
    .map((device, at) => ({
      device: device.device,
      partitions: ofHere[at]! + ofAway[at]!,
      anchors: anchors[at]!,
    }))
    .filter((share) => share.partitions > 0)
}

/** Those with capacity, by their ids; all, as equals, where none has any. */
function ableDevices(devices: readonly PlacedDevice[]): PlacedDevice[] {
  const able = devices.filter(({ capacity }) => capacity > 0)
  const chosen = able.length > 0 ? able : devices.map((device) => ({ ...device, capacity: 1 }))
  return chosen.toSorted((a, b) => (a.device < b.device ? -1 : 1))
}

function countHeld(last: Holders | null): Map<DeviceId, number> {
  const counts = new Map<DeviceId, number>()
  for (const holders of last ?? []) for (const device of holders) counts.set(device, (counts.get(device) ?? 0) + 1)
  return counts
}

function check(devices: readonly PlacedDevice[]): void {
  const seen = new Set<DeviceId>()
  for (const { device, capacity } of devices) {
    if (seen.has(device)) throw new HoldfastError('usage', `device ${device} is placed twice`)
    if (!Number.isSafeInteger(capacity) || capacity < 0) {
      throw new HoldfastError('usage', `device ${device} has a capacity of ${capacity} bytes`)
    }
    seen.add(device)
  }
}
