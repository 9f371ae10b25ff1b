import { hash } from 'node:crypto'
import { mayRead, type DeviceId, type FolderId } from '#model'
import type { Group } from '#peers'
import { place, type Holders, type Layout } from '#replication'
import { stillHas } from './still-has.ts'

/** `replication_factor`, as it is without anybody's word. */
export const REPLICAS = 3

export interface LayoutSource {
  /** The devices that have the folder on a disk and stay, by their ids. */
  takers: readonly DeviceId[]
  /** `replication_factor`. */
  replicas: number
  partitions: number
  /** The group's layout: who has pledged disk, and who is away; null where there is none. */
  pledged: Pick<Layout, 'hash' | 'holders' | 'devices'> | null
}

export interface FolderLayout {
  /** 16 bytes, in hex, that tell layouts apart: of one rule, what it is made of. */
  name: string
  holders: Holders
  /** Those that hold something, by their ids. */
  devices: readonly DeviceId[]
}

/** Is nobody in the group to hold a folder, as where one that has it online-only has left the group of those that have it? */
export function isUnheld(layout: Pick<FolderLayout, 'devices'> | undefined): boolean {
  return layout?.devices.length === 0
}

/** Of a folder's readers those that say they have it on a disk; where none does, which older versions do not say, those that have not left it. By their ids. */
export function takersOf(state: Pick<Group['state'], 'devices' | 'role' | 'takers' | 'leavers'>, folder: FolderId): DeviceId[] {
  const readers = state.devices.map(({ device }) => device).filter((device) => mayRead(state.role(folder, device)))
  const taken = new Set(state.takers(folder))
  const takers = readers.filter((device) => taken.has(device))
  return (takers.length > 0 ? takers : readers.filter((device) => stillHas(state, folder, device))).toSorted()
}

/** Those of them that are to hold it: none that is leaving the group, unless nobody else has it. */
export function keepersOf(
  state: Pick<Group['state'], 'devices' | 'role' | 'takers' | 'leavers' | 'isLeaving'>,
  folder: FolderId,
): DeviceId[] {
  const takers = takersOf(state, folder)
  const staying = takers.filter((device) => !state.isLeaving(device))
  return staying.length > 0 ? staying : takers
}

/** Devices that pledge nothing, and in whose place others could hold what they hold of some folder: more could than there are to be. */
export function replaceableIn(
  state: Pick<Group['state'], 'devices' | 'role' | 'takers' | 'leavers' | 'isLeaving' | 'folders' | 'pledge' | 'replicas'>,
): Set<DeviceId> {
  const pledging = state.devices.map(({ device }) => device).filter((device) => state.pledge(device) > 0)
  const kept = state.folders.filter(({ history }) => history !== 'off').map(({ id }) => keepersOf(state, id))
  return new Set(kept.filter((keepers) => new Set([...pledging, ...keepers]).size > state.replicas).flat())
}

/** Who holds blocks of all folders by the group's layout. */
export function pledgedHolders(layout: Pick<Layout, 'holders' | 'devices'> | null): Holders {
  // Of devices that have pledged nothing it says only whether they are here.
  return layout?.devices.some(({ capacity }) => capacity > 0) === true ? layout.holders : []
}

/** Of a folder's devices those whose being away changes who holds it, by their ids. */
function awayIn({ takers, replicas, pledged }: LayoutSource): DeviceId[] {
  const devices = pledged?.devices ?? []
  if (devices.filter(({ capacity, away }) => capacity > 0 && !away).length >= replicas) return []
  return devices
    .filter(({ device, capacity, away }) => away && (capacity > 0 || takers.includes(device)))
    .map(({ device }) => device)
}

/** What was named last: it is asked whenever anything may have changed, and hardly ever has. */
let named = { text: '', name: '' }
/** What was worked out last, which takes long: folders of the same devices have the same. */
let workedOut: FolderLayout = { name: '', holders: [], devices: [] }

/** The name of the layout that these make, without working it out. */
export function layoutName(source: LayoutSource): string {
  const { takers, replicas, partitions, pledged } = source
  const away = awayIn(source)
  const hashes = pledgedHolders(pledged).length === 0 ? [] : [Buffer.from(pledged!.hash).toString('hex')]
  const rule =
    away.length > 0
      ? ['holdfast/v1/present-layout', hashes.length, ...hashes, away.length, ...away]
      : [hashes.length === 0 ? 'holdfast/v1/equal-layout' : 'holdfast/v1/folder-layout', ...hashes]
  const text = [...rule, replicas, partitions, ...takers].join('\0')
  if (named.text !== text) named = { text, name: hash('sha256', text).slice(0, 32) }
  return named.name
}

/**
 * Who holds a folder's chunks, worked out alike by each device (docs/format/layout.md): those that have pledged disk, as the group's layout has them; where
 * these are fewer than there are to be, devices that have the folder on a disk, as equals; and those that are away only where all these are too few.
 */
export function folderLayout(source: LayoutSource): FolderLayout {
  const name = layoutName(source)
  if (workedOut.name !== name) workedOut = { name, ...heldBy(source) }
  return workedOut
}

function heldBy(source: LayoutSource): Omit<FolderLayout, 'name'> {
  const { takers, replicas, partitions, pledged } = source
  const away = new Set(awayIn(source))
  const each = Math.max(1, Math.min(replicas, takers.length))
  const equals = takers.map((device) => ({ device, capacity: 1, away: away.has(device) }))
  const all = place({ devices: equals.map((taker) => ({ ...taker, away: false })), replicas: each, partitions, last: null })
  // With the others as they were: nothing moves but what those away held.
  const equal = away.size === 0 ? all : place({ devices: equals, replicas: each, partitions, last: all })
  const byPledge = pledgedHolders(pledged)
  const holders = equal.map((own, partition) => {
    const both = [...new Set([...(byPledge[partition] ?? []), ...own])]
    const [here, others] = [both.filter((device) => !away.has(device)), both.filter((device) => away.has(device))]
    return [...here, ...others].slice(0, replicas)
  })
  return { holders, devices: [...new Set(holders.flat())].toSorted() }
}
