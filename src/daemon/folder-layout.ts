import { hash } from 'node:crypto'
import { mayRead, type DeviceId, type FolderId } from '#model'
import type { Group } from '#peers'
import { place, type Holders } from '#replication'

/** `replication_factor`, as it is without anybody's word. */
export const REPLICAS = 3

export interface LayoutSource {
  /** The devices that have the folder on a disk and stay, by their ids. */
  takers: readonly DeviceId[]
  /** `replication_factor`. */
  replicas: number
  partitions: number
  /** The group's layout over the devices that have pledged disk; null where there is none. */
  pledged: { hash: Uint8Array; holders: Holders } | null
}

export interface FolderLayout {
  /** 16 bytes, in hex, that tell layouts apart: of one rule, what it is made of. */
  name: string
  holders: Holders
  /** Those that hold something, by their ids. */
  devices: readonly DeviceId[]
}

/** Of a folder's readers those that say they have it on a disk, if any does; by their ids. */
export function takersOf(state: Pick<Group['state'], 'devices' | 'role' | 'takers'>, folder: FolderId): DeviceId[] {
  const readers = state.devices.map(({ device }) => device).filter((device) => mayRead(state.role(folder, device)))
  const taken = new Set(state.takers(folder))
  const takers = readers.filter((device) => taken.has(device))
  return (takers.length > 0 ? takers : readers).toSorted()
}

/** Those of them that are to hold it: none that is leaving the group, unless nobody else has it. */
export function keepersOf(
  state: Pick<Group['state'], 'devices' | 'role' | 'takers' | 'isLeaving'>,
  folder: FolderId,
): DeviceId[] {
  const takers = takersOf(state, folder)
  const staying = takers.filter((device) => !state.isLeaving(device))
  return staying.length > 0 ? staying : takers
}

/** What was named last: it is asked whenever anything may have changed, and hardly ever has. */
let named = { text: '', name: '' }

/** The name of the layout that these make, without working it out. */
export function layoutName({ takers, replicas, partitions, pledged }: LayoutSource): string {
  const rule =
    pledged === null ? ['holdfast/v1/equal-layout'] : ['holdfast/v1/folder-layout', Buffer.from(pledged.hash).toString('hex')]
  const text = [...rule, replicas, partitions, ...takers].join('\0')
  if (named.text !== text) named = { text, name: hash('sha256', text).slice(0, 32) }
  return named.name
}

/**
 * Who holds a folder's chunks, worked out alike by each device: those that have pledged disk, as the group's layout has them; and, where
 * these are fewer than there are to be, devices that have the folder on a disk, as equals.
 */
export function folderLayout(source: LayoutSource): FolderLayout {
  const { takers, replicas, partitions, pledged } = source
  const equal = place({
    devices: takers.map((device) => ({ device, capacity: 1 })),
    replicas: Math.max(1, Math.min(replicas, takers.length)),
    partitions,
    last: null,
  })
  const holders = equal.map((own, partition) => [...new Set([...(pledged?.holders[partition] ?? []), ...own])].slice(0, replicas))
  return { name: layoutName(source), holders, devices: [...new Set(holders.flat())].toSorted() }
}
