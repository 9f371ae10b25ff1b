import type { ChunkId, FolderId } from '#model'
import type { Group, Holding, PeerNetwork } from '#peers'
import { partitionOf, type Holders } from '#replication'
import { pledgedHolders, type LayoutSource } from './folder-layout.ts'

export interface HoldingParts {
  group: Pick<Group, 'device'> & { readonly state: Pick<Group['state'], 'folders' | 'takers'> }
  /** See LayoutSource. */
  pledged(): LayoutSource['pledged']
  /** The layouts of the folders that are open here, as far as they are known. */
  layouts(): readonly { holders: Holders }[]
}

/**
 * What this device has, for those that find it by the DHT: the folders that it has on a disk, all of them where it holds blocks for others, and the
 * partitions of which a layout makes it a holder. A partition of all folders is one: a record for each folder would be more than anybody asks for.
 */
export function holdingOf({ group, pledged, layouts }: HoldingParts): Holding {
  const { device, state } = group
  const held = partitionsOf(pledgedHolders(pledged()), device)
  const partitions = new Set([...held, ...layouts().flatMap((layout) => partitionsOf(layout.holders, device))])
  const folders = state.folders.map(({ id }) => id).filter((id) => held.length > 0 || state.takers(id).includes(device))
  return { folders, partitions: [...partitions] }
}

function partitionsOf(all: Holders, device: HoldingParts['group']['device']): number[] {
  return all.flatMap((holders, partition) => (holders.includes(device) ? [partition] : []))
}

/** What is called when no connected device has a chunk: looks for others that hold it. */
export function seekingIn({ group, providers }: PeerNetwork): (folder: FolderId, chunk: ChunkId) => void {
  return (folder, chunk) => providers.seek(folder, partitionOf(chunk, group.state.ringSize))
}
