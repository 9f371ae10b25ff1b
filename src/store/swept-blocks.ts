import { blockDigest } from '#content'
import { sameBytes, type FolderId } from '#model'
import type { BlockFiles } from './block-files.ts'
import type { BlockStore } from './block-store.ts'
import type { BlockTable } from './block-table.ts'
import type { FolderSealing } from './folder-sealing.ts'
import { sealOfBlock } from './inspect.ts'
import type { HeldChunks, Sweepable } from './sweepable.ts'

interface SweptBlocksParts {
  blocks: BlockStore
  table: BlockTable
  files: Pick<BlockFiles, 'read' | 'directories' | 'in' | 'removeOld'>
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

  async tidy(
    after: string,
    before: number,
    sealings: readonly FolderSealing[],
  ): Promise<{ next: string | null; files: number; bytes: number }> {
    const { blocks, table, files } = this.#parts
    const [directory, ...others] = (await files.directories()).filter((name) => name > after)
    if (directory === undefined) return { next: null, files: 0, bytes: 0 }
    const removed = { files: 0, bytes: 0 }
    // While nothing is written: a file comes before its row.
    await blocks.drop(async () => {
      for (const { digest, path } of await files.in(directory)) {
        if (digest !== null && (table.block(digest) !== undefined || (await this.#mayBeOnly(digest, sealings)))) continue
        const bytes = await files.removeOld(path, before)
        if (bytes === null) continue
        removed.files++
        removed.bytes += bytes
      }
      return []
    })
    return { next: others.length === 0 ? null : directory, ...removed }
  }

  /** May a file that has no row be the only block of a chunk? The database may be a new one, or an older copy. */
  async #mayBeOnly(digest: Uint8Array, sealings: readonly FolderSealing[]): Promise<boolean> {
    const { table, files } = this.#parts
    const block = await files.read(digest).catch(() => undefined)
    if (block === undefined) return true
    if (block === null || !sameBytes(blockDigest(block), digest)) return false
    const seal = sealOfBlock(block, sealings)
    return seal === null || table.blockOf(seal.folder, seal.chunk) === undefined
  }
}
