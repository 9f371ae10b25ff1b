import type { DeviceId } from '#model'
import type { Cut, Place } from './group.ts'

/** How far a device counts in a folder, as it is gathered: the greatest that was said of each epoch. */
export interface Count {
  before: number
  places: Map<number, number>
}

interface Counted {
  counts: Map<DeviceId, Count>
}

export function countOf(folder: Counted, device: DeviceId): Count {
  let count = folder.counts.get(device)
  if (count === undefined) {
    count = { before: 0, places: new Map() }
    folder.counts.set(device, count)
  }
  return count
}

/** Operations of older kinds name one place; what the device wrote in epochs before that one counts with it. */
export function countOld(folder: Counted, device: DeviceId, { epoch, seq }: Place): void {
  const count = countOf(folder, device)
  count.before = Math.max(count.before, epoch)
  count.places.set(epoch, Math.max(seq, count.places.get(epoch) ?? 0))
}

/** How far a device was said to count. */
export function cutIn(folder: Counted, device: DeviceId): Cut | null {
  const count = folder.counts.get(device)
  if (count === undefined) return null
  return { before: count.before, places: [...count.places].map(([epoch, seq]) => ({ epoch, seq })) }
}
