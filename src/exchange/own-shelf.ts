import { readSegment, type ChunkId, type DeviceId, type FolderId, type Segment } from '#model'
import type { Shelf } from './shelf.ts'

/** What this device holds for others, asked as another one would be: it may have come to have a folder's keys since. */
export class OwnShelf {
  readonly device: DeviceId
  readonly #shelf: Shelf

  constructor(device: DeviceId, shelf: Shelf) {
    this.device = device
    this.#shelf = shelf
  }

  /** As SegmentAsker.named. */
  async named(folder: FolderId, which: 'all' | 'last'): Promise<Segment[]> {
    const named: Segment[] = []
    for (let after = '0'.repeat(64) as ChunkId; ;) {
      const { heads, isLast } = await this.#shelf.segments.named(this.device, folder, which, after)
      named.push(...heads.map(readSegment))
      if (isLast) return named
      after = named.at(-1)!.chunk
    }
  }

  /** As Asker.blocks. */
  blocks(folder: FolderId, ids: Uint8Array): Promise<(Uint8Array | null)[]> {
    return this.#shelf.sealed(this.device, folder, ids, Infinity)
  }
}
