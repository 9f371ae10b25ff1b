import { eachId, packIds, unpackIds, type FolderId } from '#model'
import type { BlockStore } from './block-store.ts'
import type { BlockTable, SealedChunk } from './block-table.ts'
import type { FolderSealing } from './folder-sealing.ts'
import { isSealOf, sealOfBlock } from './inspect.ts'
import type { DamagedChunks, StoreUpkeep } from './upkeep.ts'

/** What changes a store that was found not to be whole. */
export class Mending implements Pick<StoreUpkeep, 'condemn' | 'absolve' | 'adopt' | 'damaged' | 'dropDamaged'> {
  readonly #parts: { blocks: BlockStore; table: BlockTable }

  constructor(parts: { blocks: BlockStore; table: BlockTable }) {
    this.#parts = parts
  }

  async condemn(digests: Uint8Array): Promise<DamagedChunks[]> {
    const { blocks, table } = this.#parts
    const which = eachId(digests)
    const seals = which.flatMap((digest) => (table.has(digest) ? (table.sealOf(digest) ?? []) : []))
    await blocks.condemn(which)
    return byFolder(seals)
  }

  absolve(sealings: readonly FolderSealing[]): Promise<void> {
    const { blocks, table } = this.#parts
    return blocks.absolve((digest, block) => isSealOf(block, table.sealOf(digest), sealings))
  }

  adopt(digests: Uint8Array, sealings: readonly FolderSealing[]): Promise<number> {
    return this.#parts.blocks.adopt(eachId(digests), (block) => sealOfBlock(block, sealings))
  }

  damaged(): Promise<DamagedChunks[]> {
    return Promise.resolve(byFolder(this.#parts.table.damagedChunks()))
  }

  dropDamaged(folder: FolderId, ids: Uint8Array): Promise<void> {
    return this.#parts.blocks.dropDamaged(folder, unpackIds(ids))
  }
}

/** Chunks by the folders that they are of. */
export function byFolder(chunks: readonly Pick<SealedChunk, 'folder' | 'chunk'>[]): DamagedChunks[] {
  const folders = Map.groupBy(chunks, ({ folder }) => folder)
  return [...folders].map(([folder, all]) => ({ folder, ids: packIds(all.map(({ chunk }) => chunk)) }))
}
