import { HoldfastError } from '#base'
import type { Exchange } from '#exchange'
import type { StageWrite } from '#folder'
import type { DeviceId, FolderId } from '#model'
import type { FolderChunks } from '#store'
import type { ChunkPlaces } from './page-plan.ts'
import { chunkIdOf, type PlacedChunk } from './placed-chunks.ts'
import { StoredChunks } from './stored-chunks.ts'

/** How often a chunk whose bytes were wrong is got again, from another place or device. */
export const TRIES = 6

/** A chunk that is to be staged, and whom it comes from. */
export interface ChunkSource {
  write: StageWrite
  device: DeviceId | null
  release(): void
}

export interface ChunkSourcesParts {
  folder: FolderId
  exchange: Pick<Exchange, 'fetch'>
  store: Pick<FolderChunks, 'read'> | null
}

/** Where the chunks of files to be built are taken from: this disk, else the store, else devices. */
export class ChunkSources {
  readonly #parts: ChunkSourcesParts
  readonly #stored: StoredChunks

  constructor(parts: ChunkSourcesParts) {
    this.#parts = parts
    this.#stored = new StoredChunks(parts.store)
  }

  /** Where to take chunk number `at` of a file from at the `tries`th try. Rejects with `not-found` where it can be had nowhere now. */
  async of(chunk: PlacedChunk, at: number, places: ChunkPlaces, tries: number, signal: AbortSignal): Promise<ChunkSource> {
    const known = places.at(at)
    const place = known[tries]
    if (place !== undefined && place.length === chunk.length) {
      const from = { path: place.path, offset: place.offset }
      return own({ id: chunk.id, offset: chunk.offset, length: chunk.length, from })
    }
    // The store was not asked for what has a place on the disk; none of them is left.
    if (tries === known.length && (known.length > 0 || places.isStored(at))) {
      const bytes = await this.#stored.read(chunk)
      if (bytes !== null) return own({ id: chunk.id, offset: chunk.offset, bytes, isAlone: true })
    }
    if (tries > TRIES + known.length) throw new HoldfastError('not-found', 'devices send wrong content for a chunk')
    const { folder, exchange } = this.#parts
    const { bytes, isAlone, device, release } = await exchange.fetch(folder, chunkIdOf(chunk), chunk.length, signal)
    return { write: { id: chunk.id, offset: chunk.offset, bytes, isAlone }, device, release }
  }
}

function own(write: StageWrite): ChunkSource {
  return { write, device: null, release: () => undefined }
}
