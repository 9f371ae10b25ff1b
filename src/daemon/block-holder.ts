import { HoldfastError } from '#base'
import type { FolderIndex } from '#db'
import type { Exchange, HoldOutcome } from '#exchange'
import { eachId, toHex, type ChunkId, type DeviceId, type FolderId } from '#model'
import type { BlockHolder, Held } from '#replication'
import type { FolderChunks } from '#store'

export interface BlockHolderParts {
  folder: FolderId
  index: Pick<FolderIndex, 'have'>
  store: Pick<FolderChunks, 'open'>
  exchange: Pick<Exchange, 'hold' | 'has' | 'blocks' | 'drops' | 'summaries'>
}

/** A connected device, as one that holds a folder's sealed blocks. */
export function blockHolder({ folder, index, store, exchange }: BlockHolderParts, device: DeviceId): BlockHolder {
  return {
    device,
    lacking: async (ids, signal) => {
      // Before this device counts on what is there: what it needs it for is in the index by now.
      await exchange.drops.tell(device, folder, await index.have(), signal)
      const has = await exchange.has(device, folder, ids, signal)
      return Buffer.concat(eachId(ids).filter((_, at) => !has[at]))
    },
    summaries: async (basis, signal) => {
      await exchange.drops.tell(device, folder, await index.have(), signal)
      return exchange.summaries.ask(device, folder, basis, signal)
    },
    hold: async (chunks, signal) => {
      const blocks = chunks.map(({ id, length, block }) => ({ id: toHex(id) as ChunkId, length, bytes: block }))
      return (await exchange.hold(device, folder, blocks, signal)).map(heldOf)
    },
    isThere: async (id, length, signal) => {
      const [block] = await exchange.blocks(device, folder, id, signal)
      if (block == null) return false
      if (block.length === 0) throw new HoldfastError('offline', 'the device cannot read a block now')
      const [chunk] = await store.open([{ id: toHex(id) as ChunkId, bytes: block }])
      if (chunk === 'unreadable') throw new HoldfastError('offline', 'a block is sealed with a key that is not here yet')
      return chunk !== 'wrong' && chunk?.length === length
    },
  }
}

/** What an answer means for whoever brings: another block that is there does as well. */
export function heldOf(outcome: HoldOutcome): Held {
  if (outcome === 'had') return 'stored'
  return outcome === 'damaged' ? 'refused' : outcome
}
