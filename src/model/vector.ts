import type { DeviceId } from './ids.ts'
import type { Hlc } from './hlc.ts'

/** A version vector: device → counter, sorted by device id; a device that is absent counts 0. */
export type Vector = readonly (readonly [DeviceId, number])[]

/** One event of a device: its counter then. */
export type Dot = readonly [DeviceId, number]

export const EMPTY_VECTOR: Vector = []

/** The order of dots in records: by device, then by counter. */
export function byDot([a, one]: Dot, [b, other]: Dot): number {
  return a === b ? one - other : a < b ? -1 : 1
}

export function counterOf(vector: Vector, device: DeviceId): number {
  return vector.find(([other]) => other === device)?.[1] ?? 0
}

/** True when `vector` is not older than `other`. */
export function covers(vector: Vector, other: Vector): boolean {
  return other.every(([device, counter]) => counterOf(vector, device) >= counter)
}

/** The least vector that is not older than any of `vectors`. */
export function mergeVectors(...vectors: Vector[]): Vector {
  const counters = new Map<DeviceId, number>()
  for (const vector of vectors) {
    for (const [device, counter] of vector) counters.set(device, Math.max(counter, counters.get(device) ?? 0))
  }
  return sorted(counters)
}

/** `vector` after an edit by `device`: its counter becomes max(previous + 1, hlc), so it never repeats after a lost database. */
export function bumpVector(vector: Vector, device: DeviceId, hlc: Hlc): Vector {
  const counters = new Map(vector)
  counters.set(device, Math.max((counters.get(device) ?? 0) + 1, hlc))
  return sorted(counters)
}

function sorted(counters: Map<DeviceId, number>): Vector {
  return [...counters].sort(([a], [b]) => (a < b ? -1 : 1))
}
