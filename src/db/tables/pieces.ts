import { CHUNK_ITEM_BYTES, type ChunkList } from '#model'
import type { Command, Database, Query } from '../database.ts'

/** The chunks of manifests, by id, so that a large file's own chunks are known without asking anyone. */
export class Pieces {
  readonly #insert: Command
  readonly #get: Query<[Uint8Array]>

  constructor(db: Database) {
    this.#insert = db.command('INSERT OR IGNORE INTO pieces VALUES (?, ?)')
    this.#get = db.query('SELECT bytes FROM pieces WHERE id = ?')
  }

  put(id: Uint8Array, bytes: Uint8Array): void {
    this.#insert(id, bytes)
  }

  /** Keeps a whole manifest: `chunks` are its own. */
  putAll(manifest: { chunks: ChunkList; pieces: readonly Uint8Array[] }): void {
    manifest.pieces.forEach((piece, at) =>
      this.put(manifest.chunks.subarray(at * CHUNK_ITEM_BYTES, at * CHUNK_ITEM_BYTES + 32), piece),
    )
  }

  get(id: Uint8Array): Uint8Array | null {
    return this.#get.get(id)?.[0] ?? null
  }

  /** The pieces that a manifest's chunks name, in order; null when one is not known. */
  all(manifest: ChunkList): Uint8Array[] | null {
    const pieces: Uint8Array[] = []
    for (let at = 0; at < manifest.length; at += CHUNK_ITEM_BYTES) {
      const piece = this.get(manifest.subarray(at, at + 32))
      if (piece === null) return null
      pieces.push(piece)
    }
    return pieces
  }
}
