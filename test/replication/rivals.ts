import { sha256, type DeviceId } from '#model'
import type { Holders, PlacedDevice } from '#replication'

// What `place` is compared with: the two plain ways to place by hash alone, which look at no last layout and at no disk's end.

const POINTS = 64

/** Weighted rendezvous hashing: the devices with the least -ln(u) / capacity. */
export function weightedRendezvous(devices: readonly PlacedDevice[], each: number, partitions: number): Holders {
  return nearest(devices, each, partitions, ({ device, capacity }, partition) => {
    const u = (number(device, partition) + 0.5) / 2 ** 32
    return -Math.log(u) / capacity
  })
}

/** XOR nearness: a device has points in the key space in proportion to its capacity, 64 for an average one; the nearest hold. */
export function xorNearness(devices: readonly PlacedDevice[], each: number, partitions: number): Holders {
  const total = devices.reduce((sum, { capacity }) => sum + capacity, 0)
  const points = new Map(
    devices.map(({ device, capacity }) => {
      const count = Math.max(1, Math.round((POINTS * devices.length * capacity) / total))
      return [device, Array.from({ length: count }, (_, at) => number(device, at))]
    }),
  )
  return nearest(devices, each, partitions, ({ device }, partition) => {
    const key = partition * (2 ** 32 / partitions)
    return Math.min(...points.get(device)!.map((point) => (point ^ key) >>> 0))
  })
}

function nearest(
  devices: readonly PlacedDevice[],
  each: number,
  partitions: number,
  distance: (device: PlacedDevice, partition: number) => number,
): Holders {
  return Array.from({ length: partitions }, (_, partition) =>
    devices
      .map((device) => ({ device, distance: distance(device, partition) }))
      .toSorted((a, b) => a.distance - b.distance)
      .slice(0, each)
      .map(({ device }) => device.device),
  )
}

const known = new Map<DeviceId, number[]>()

function number(device: DeviceId, at: number): number {
  const numbers = known.get(device) ?? []
  known.set(device, numbers)
  return (numbers[at] ??= Buffer.from(sha256(Buffer.from(`${device} ${at}`))).readUInt32BE(0))
}
