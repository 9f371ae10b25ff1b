import { blockDigest } from '#content'
import { unpackIds, type ChunkId, type FolderId } from '#model'
import type { BlockStore, NamedBlock } from './block-store.ts'
import type { BlockTable } from './block-table.ts'
import type { FolderSealing } from './folder-sealing.ts'
import { openSeal, type Opened } from './open-seal.ts'
import type { Allowance, ForeignBlock, ReliableChunks, SealedBlocks, Taken } from './sealed-blocks.ts'
import { roomFor } from './room-for.ts'
import { neededBlocks } from './sealed-chunks.ts'

export interface ForeignBlocksParts {
  blocks: BlockStore
  table: BlockTable
  /** Is there more room on the disk than is to stay free? */
  hasRoom(): boolean
  /** The block of an index segment, where there is one. */
  segments: { blockOfSegment(folder: FolderId, chunk: ChunkId): Promise<Uint8Array | null> }
}

/** Takes blocks of others and gives them back, in the store's thread. One call at a time, or two could share the same room. */
export class ForeignBlocks implements SealedBlocks {
  readonly #parts: ForeignBlocksParts

  constructor(parts: ForeignBlocksParts) {
    this.#parts = parts
  }

  async take(folder: FolderId, blocks: readonly ForeignBlock[], allowance: Allowance | null): Promise<Taken[]> {
    const { table, hasRoom } = this.#parts
    const ids = blocks.map(({ id }) => id)
    const known = neededBlocks(table, folder, ids)
    const fresh = new Map<ChunkId, NamedBlock>()
    let room = hasRoom() ? roomFor(table, allowance) : -Infinity
    const taken = blocks.map(({ id, length, bytes }, at): Taken => {
      if (known[at] !== undefined || fresh.has(id)) return 'had'
      // A damaged one gives its place.
      const more = bytes.length - table.lengthOf(folder, id)
      if (more > room) return 'full'
      room -= more
      fresh.set(id, { digest: blockDigest(bytes), bytes, seal: { folder, chunk: id, length } })
      return 'stored'
    })
    await this.#parts.blocks.add([...fresh.values()])
    // Bytes that are here under another chunk's name are not stored again.
    return taken.map((each, at) => (each === 'stored' && table.blockOf(folder, ids[at]!) === undefined ? 'damaged' : each))
  }

  async sealed(folder: FolderId, ids: Uint8Array, limit: number): Promise<(Uint8Array | null)[]> {
    const { blocks, table, segments } = this.#parts
    const found: (Uint8Array | null)[] = []
    let bytes = 0
    for (const id of unpackIds(ids)) {
      if (bytes >= limit) break
      const digest = neededBlocks(table, folder, [id])[0]?.digest
      const block = await (digest === undefined ? segments.blockOfSegment(folder, id) : blocks.read(digest))
      found.push(block)
      bytes += block?.length ?? 0
    }
    return found
  }

  reliable(folder: FolderId, after: Uint8Array, limit: number): Promise<ReliableChunks> {
    return Promise.resolve(this.#parts.table.unneeded.reliable(folder, after, limit))
  }

  open(sealing: FolderSealing, blocks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<Opened[]> {
    return Promise.resolve(blocks.map(({ id, bytes }) => openSeal(bytes, id, sealing)))
  }

  sizes(): Promise<{ folder: FolderId; bytes: number }[]> {
    return Promise.resolve(this.#parts.table.sizes())
  }
}
