import { HoldfastError, type Random } from '#base'
import { blockDigest, sealBlock } from '#content'
import { packIds, unpackIds, type ChunkId, type FolderId } from '#model'
import type { BlockStore, NamedBlock } from './block-store.ts'
import type { BlockTable } from './block-table.ts'
import type { ChunkStore, StoreTotals } from './chunk-store.ts'
import type { FolderSealing } from './folder-sealing.ts'
import { openSeal } from './open-seal.ts'

const SALT_BYTES = 32

export interface SealedChunksParts {
  blocks: BlockStore
  table: BlockTable
  random: Random
  /** See StoreTotals. */
  database?: string
}

/** Seals and opens in this thread: for the store's own, and for tests. */
export class SealedChunks implements ChunkStore {
  readonly #parts: SealedChunksParts

  constructor(parts: SealedChunksParts) {
    this.#parts = parts
  }

  lacking(folder: FolderId, ids: Uint8Array): Promise<Uint8Array> {
    const known = neededBlocks(this.#parts.table, folder, unpackIds(ids))
    return Promise.resolve(packIds(unpackIds(ids).filter((_, at) => known[at] === undefined)))
  }

  lengths(folder: FolderId, ids: Uint8Array): Promise<(number | null)[]> {
    return Promise.resolve(neededBlocks(this.#parts.table, folder, unpackIds(ids)).map((block) => block?.length ?? null))
  }

  async seal(sealing: FolderSealing, chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<void> {
    const { blocks, table } = this.#parts
    const { folder } = sealing
    const known = neededBlocks(
      table,
      folder,
      chunks.map(({ id }) => id),
    )
    const fresh = chunks.filter((_, at) => known[at] === undefined)
    const sealed = await this.blocksOf(sealing, fresh)
    const named = fresh.map(({ id, bytes: { length } }, at): NamedBlock => {
      const block = sealed[at]!
      return { digest: blockDigest(block), bytes: block, seal: { folder, chunk: id, length } }
    })
    await blocks.add(named)
  }

  blocksOf({ folder, keys }: FolderSealing, chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<Uint8Array[]> {
    const { random } = this.#parts
    const [key] = keys
    if (key === undefined) throw new HoldfastError('denied', `there is no key to seal chunks of the folder ${folder} with`)
    return Promise.resolve(chunks.map(({ id, bytes }) => sealBlock(bytes, { folder, chunk: id }, key, random.bytes(SALT_BYTES))))
  }

  async read(sealing: FolderSealing, ids: Uint8Array): Promise<(Uint8Array | null)[]> {
    const chunks: (Uint8Array | null)[] = []
    for (const id of unpackIds(ids)) chunks.push(await this.#read(sealing, id))
    return chunks
  }

  async remove(folder: FolderId, ids: Uint8Array): Promise<void> {
    const { blocks, table } = this.#parts
    await blocks.remove(unpackIds(ids).flatMap((id) => table.blockOf(folder, id)?.digest ?? []))
  }

  chunks(folder: FolderId, after: ChunkId | '', limit: number): Promise<ChunkId[]> {
    return Promise.resolve(this.#parts.table.chunks(folder, after, limit))
  }

  totals(): Promise<StoreTotals> {
    const { table, database = '' } = this.#parts
    const segmentBytes = table.segments.totalBytes()
    return Promise.resolve({ ...table.totals(), damaged: table.damagedCount(), segmentBytes, database })
  }

  async #read(sealing: FolderSealing, id: ChunkId): Promise<Uint8Array | null> {
    const { blocks, table } = this.#parts
    const digest = table.blockOf(sealing.folder, id)?.digest
    const block = digest === undefined ? null : await blocks.read(digest)
    if (digest === undefined || block === null) return null
    const opened = openSeal(block, id, sealing)
    if (opened !== 'wrong') return opened === 'unreadable' ? null : opened
    // The block is as it came, and no seal of this chunk: whoever made it lied, or was broken.
    await blocks.condemn([digest])
    return null
  }
}

/** The blocks of chunks that somebody asks for, and which are no longer noted as not needed. */
export function neededBlocks(
  table: BlockTable,
  folder: FolderId,
  chunks: readonly ChunkId[],
): ReturnType<BlockTable['blockOf']>[] {
  const blocks = chunks.map((chunk) => table.blockOf(folder, chunk))
  const noted = chunks.filter((_, at) => blocks[at]?.isUnneeded === true)
  if (noted.length > 0) table.unneeded.note(folder, { unneeded: new Uint8Array(0), needed: packIds(noted) }, 0)
  return blocks
}
