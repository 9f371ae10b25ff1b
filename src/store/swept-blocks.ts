import { blockDigest } from '#content'
import { eachId, sameBytes, toHex, unpackIds, type ChunkId, type FolderId } from '#model'
import type { BlockFiles } from './block-files.ts'
import type { BlockStore } from './block-store.ts'
import type { BlockTable } from './block-table.ts'
import type { FolderSealing } from './folder-sealing.ts'
import { sealOfBlock } from './inspect.ts'
import type { HeldChunks, Sweepable, Tidied } from './sweepable.ts'

interface SweptBlocksParts {
  blocks: BlockStore
  table: BlockTable
  files: Pick<BlockFiles, 'read' | 'length' | 'directories' | 'in' | 'removeOld'>
}

/** What a sweep does in the store's thread. */
export class SweptBlocks implements Sweepable {
  readonly #parts: SweptBlocksParts

  constructor(parts: SweptBlocksParts) {
    this.#parts = parts
  }

  folders(): Promise<FolderId[]> {
    return Promise.resolve(this.#parts.table.unneeded.folders())
  }

  held(folder: FolderId, after: Uint8Array, limit: number): Promise<HeldChunks> {
    return Promise.resolve(this.#parts.table.unneeded.held(folder, after, limit))
  }

  pending(folder: FolderId, after: Uint8Array, limit: number): Promise<HeldChunks> {
    return Promise.resolve(this.#parts.table.unneeded.pending(folder, after, limit))
  }

  note(folder: FolderId, chunks: { unneeded: Uint8Array; needed: Uint8Array }, now: number): Promise<void> {
    return Promise.resolve(this.#parts.table.unneeded.note(folder, chunks, now))
  }

  async sweep(folder: FolderId, ids: Uint8Array, until: number): Promise<{ blocks: number; bytes: number }> {
    const { blocks, table } = this.#parts
    let removed = { blocks: 0, bytes: 0 }
    await blocks.drop(() => {
      const { files, ...counts } = table.unneeded.remove(folder, ids, until)
      removed = counts
      return files
    })
    return removed
  }

  directories(): Promise<string[]> {
    return this.#parts.files.directories()
  }

  async tidy(directory: string, before: number, sealings: readonly FolderSealing[], known: Uint8Array): Promise<Tidied> {
    const { blocks, table, files } = this.#parts
    const tidied = { files: 0, bytes: 0, strayBytes: 0 }
    const strays: Uint8Array[] = []
    const strangers = new Set(unpackIds(known))
    // While nothing is written: a file comes before its row.
    await blocks.drop(async () => {
      for (const { digest, path } of await files.in(directory)) {
        if (digest !== null && table.block(digest) !== undefined) continue
        const use =
          digest === null ? 'none' : strangers.has(toHex(digest) as ChunkId) ? 'stray' : await this.#useOf(digest, sealings)
        if (digest !== null && use === 'stray') {
          strays.push(digest)
          tidied.strayBytes += (await files.length(digest)) ?? 0
        }
        if (use !== 'none') continue
        const bytes = await files.removeOld(path, before)
        if (bytes === null) continue
        tidied.files++
        tidied.bytes += bytes
      }
      return []
    })
    return { ...tidied, strays: Buffer.concat(strays) }
  }

  async dropStrays(digests: Uint8Array, sealings: readonly FolderSealing[]): Promise<{ files: number; bytes: number }> {
    const { blocks, table, files } = this.#parts
    const removed = { files: 0, bytes: 0 }
    await blocks.drop(async () => {
      const strays: Uint8Array[] = []
      for (const digest of eachId(digests)) {
        if (table.block(digest) !== undefined || (await this.#useOf(digest, sealings)) === 'only') continue
        const length = await files.length(digest)
        if (length === null) continue
        strays.push(digest)
        removed.files++
        removed.bytes += length
      }
      return strays
    })
    return removed
  }

  /**
   * Of what use a file may be that has no row. `only`: it may be the only block of a chunk, as the database may be a new one, or an older copy; or it cannot be
   * read now. `stray`: a block, and nobody here can tell of which chunk. `none`: of none, or of one that has another block.
   */
  async #useOf(digest: Uint8Array, sealings: readonly FolderSealing[]): Promise<'only' | 'stray' | 'none'> {
    const { table, files } = this.#parts
    const block = await files.read(digest).catch(() => undefined)
    if (block === undefined) return 'only'
    if (block === null || !sameBytes(blockDigest(block), digest)) return 'none'
    const seal = sealOfBlock(block, sealings)
    if (seal === null) return 'stray'
    return table.blockOf(seal.folder, seal.chunk) === undefined ? 'only' : 'none'
  }
}
