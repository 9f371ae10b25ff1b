import type { Exchange } from '#exchange'
import { fromHex, type ChunkId, type DeviceId, type FolderId } from '#model'
import type { SegmentHolder } from '#replication'
import type { FolderChunks } from '#store'
import { heldOf } from './block-holder.ts'

export interface SegmentHolderParts {
  folder: FolderId
  store: Pick<FolderChunks, 'blocksOf' | 'open'>
  exchange: Pick<Exchange, 'blocks' | 'segments'>
  nameOf(bytes: Uint8Array): ChunkId
}

/** A connected device, as one that holds a folder's index segments. */
export function segmentHolder({ folder, store, exchange, nameOf }: SegmentHolderParts, device: DeviceId): SegmentHolder {
  return {
    device,
    named: (signal) => exchange.segments.named(device, folder, 'all', signal),
    bring: async (head, content, signal) => {
      const chunk = nameOf(content)
      const [block] = await store.blocksOf([{ id: chunk, bytes: content }])
      const { outcome, segment } = await exchange.segments.hold(device, { ...head, folder, chunk }, block!, signal)
      return { held: heldOf(outcome), segment }
    },
    open: async ({ chunk }, signal) => {
      const [block] = await exchange.blocks(device, folder, fromHex(chunk), signal)
      if (block == null) return null
      const [opened] = await store.open([{ id: chunk, bytes: block }])
      return opened === 'unreadable' ? undefined : opened === 'wrong' ? null : opened
    },
  }
}
