import { createHash } from 'node:crypto'
import { mayRead, type DeviceId, type FolderId } from '#model'
import type { Group } from '#peers'
import { place, type Holders } from '#replication'

/** `replication_factor`, as it is without anybody's word. */
const REPLICAS = 3

export interface FolderLayout {
  /** The devices that hold the folder's chunks, joined: what tells it from another one. */
  devices: string
  name: string
  holders: Holders
}

/** Those that hold a folder's chunks, in their order: of its readers those that say they have it on a disk, if any does. */
export function holdersOf(state: Group['state'], folder: FolderId): DeviceId[] {
  const readers = state.devices.map(({ device }) => device).filter((device) => mayRead(state.role(folder, device)))
  const taken = new Set(state.takers(folder))
  const takers = readers.filter((device) => taken.has(device))
  return (takers.length > 0 ? takers : readers).toSorted()
}

/** The layout of a folder that these devices hold, in their order: worked out alike by each of them. */
export function layoutAmong(devices: readonly DeviceId[], partitions: number): FolderLayout {
  return { devices: devices.join(), name: nameOf(devices, partitions), holders: holdersAmong(devices, partitions) }
}

function holdersAmong(devices: readonly DeviceId[], partitions: number): Holders {
  const replicas = Math.max(1, Math.min(REPLICAS, devices.length))
  return place({ devices: devices.map((device) => ({ device, capacity: 1 })), replicas, partitions, last: null })
}

/** 16 bytes, in hex, that tell layouts apart: of one rule, what it is made of. */
function nameOf(devices: readonly DeviceId[], partitions: number): string {
  const hash = createHash('sha256').update(['holdfast/v1/equal-layout', REPLICAS, partitions, ...devices].join('\0'))
  return hash.digest('hex').slice(0, 32)
}
