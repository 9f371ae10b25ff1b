import type { DeviceId } from '#model'
import type { Holders, PlacedDevice } from '#replication'

// What a layout is worth, counted from outside: nothing here knows how `place` works.

const EPSILON = 1e-9

/** Bytes of data that these disks can hold at best, each byte on `each` of them: the greatest T with Σ min(capacity, T) ≥ each × T. */
export function bestCapacity(capacities: readonly number[], each: number): number {
  const sorted = capacities.toSorted((a, b) => b - a)
  const rest = sorted.map((_, at) => sorted.slice(at).reduce((sum, capacity) => sum + capacity, 0))
  // With the `full` greatest ones holding all of it, the others share what is left: T = rest / (each - full).
  const candidates = rest.slice(0, each).map((sum, full) => sum / (each - full))
  return Math.min(...candidates)
}

/** The same where data comes in so many equal partitions, of which a device holds a whole number. */
export function bestWholeCapacity(capacities: readonly number[], each: number, partitions: number): number {
  let [low, high] = [0, bestCapacity(capacities, each) * (1 + EPSILON)]
  for (let round = 0; round < 100; round++) {
    const middle = (low + high) / 2
    const places = capacities.reduce(
      (sum, capacity) => sum + Math.min(partitions, Math.floor((capacity * partitions) / middle)),
      0,
    )
    if (places >= each * partitions) low = middle
    else high = middle
  }
  return low
}

/** Of each device that `devices` names, how many partitions it holds. */
export function counts(holders: Holders, devices: readonly PlacedDevice[]): number[] {
  const found = new Map<DeviceId, number>()
  for (const list of holders) for (const device of list) found.set(device, (found.get(device) ?? 0) + 1)
  return devices.map(({ device }) => found.get(device) ?? 0)
}

export function anchorsOf(holders: Holders): Holders {
  return holders.map((list) => list.slice(0, 1))
}

/** Bytes of data that fit until the first device is full. */
export function capacityOf(holders: Holders, devices: readonly PlacedDevice[]): number {
  const held = counts(holders, devices)
  return Math.min(...devices.map(({ capacity }, at) => (held[at] === 0 ? Infinity : (capacity * holders.length) / held[at]!)))
}

/** Pairs (partition, holder) that were not there before. */
export function moved(before: Holders, after: Holders): number {
  return after.reduce((sum, list, at) => sum + list.filter((device) => before[at]?.includes(device) !== true).length, 0)
}

/** The fewest pairs that have to move from `before` for the disks to take as much as they can in whole partitions. */
export function unavoidable(before: Holders, devices: readonly PlacedDevice[], each: number): number {
  const partitions = before.length
  const capacity = bestWholeCapacity(
    devices.map((device) => device.capacity),
    each,
    partitions,
  )
  const held = counts(before, devices)
  const most = devices.map((device) => Math.min(partitions, Math.floor((device.capacity * partitions) / capacity + EPSILON)))
  return Math.max(0, each * partitions - held.reduce((sum, count, at) => sum + Math.min(count, most[at]!), 0))
}

/** The fewest anchors that have to move for each device to have its part of what it holds, rounded down or up. */
export function unavoidableAnchors(before: Holders, after: Holders, devices: readonly PlacedDevice[]): number {
  const anchors = counts(anchorsOf(before), devices)
  const parts = counts(after, devices).map((count) => count / after[0]!.length)
  const kept = anchors.reduce((sum, count, at) => sum + Math.min(count, Math.ceil(parts[at]!)), 0)
  const lacking = anchors.reduce((sum, count, at) => sum + Math.max(0, Math.floor(parts[at]!) - count), 0)
  return Math.max(after.length - kept, lacking)
}

/** How many anchors a device has for each that would be its part of what it holds: the least and the greatest such ratio. */
export function anchorSpread(holders: Holders, devices: readonly PlacedDevice[]): [least: number, greatest: number] {
  const anchors = counts(anchorsOf(holders), devices)
  const held = counts(holders, devices)
  const ratios = anchors.flatMap((count, at) => (held[at] === 0 ? [] : [(count * holders[0]!.length) / held[at]!]))
  return [Math.min(...ratios), Math.max(...ratios)]
}

/**
 * True where the same numbers of partitions for each device could have been reached with fewer moves: where there is a round of devices,
 * each handing a partition to the next, that costs less than nothing (Klein 1967: a flow is cheapest when there is none).
 */
export function cheaperMoves(before: Holders, after: Holders, devices: readonly PlacedDevice[]): boolean {
  const cost = (device: DeviceId, partition: number): number => (before[partition]!.includes(device) ? 0 : 1)
  const step = (from: DeviceId, to: DeviceId): number =>
    after.reduce((least, list, partition) => {
      if (!list.includes(from) || list.includes(to)) return least
      return Math.min(least, cost(to, partition) - cost(from, partition))
    }, Infinity)
  const steps = devices.map((from) => devices.map((to) => step(from.device, to.device)))
  const lengths = devices.map(() => 0)
  for (let round = 0; round <= devices.length; round++) {
    let changed = false
    steps.forEach((row, from) =>
      row.forEach((length, to) => {
        if (lengths[from]! + length >= lengths[to]!) return
        lengths[to] = lengths[from]! + length
        changed = true
      }),
    )
    if (!changed) return false
  }
  return true
}
