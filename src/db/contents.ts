import type { ChunkList, VersionBody } from '#model'
import type { KnownContent } from './local-change.ts'
import type { Pieces } from './tables/pieces.ts'
import type { Records } from './tables/records.ts'
import { FILE, type ShownRow } from './tables/shown.ts'

const EMPTY: ChunkList = new Uint8Array(0)

/** What files consist of: the chunks in their records, manifests expanded. */
export class Contents {
  readonly #records: Records
  readonly #pieces: Pieces

  constructor(records: Records, pieces: Pieces) {
    this.#records = records
    this.#pieces = pieces
  }

  /** The chunker of the newest version of a path (its number) that is a file; null where none is known. */
  chunker(path: number): number | null {
    for (const { version } of this.#records.ofPath(path)) if (version.kind === 'file') return version.chunker
    return null
  }

  /** A file's own chunks; null where a piece of its manifest is not known. */
  chunks(version: Pick<VersionBody, 'chunks' | 'manifest'>): ChunkList | null {
    if (!version.manifest) return version.chunks
    const pieces = this.#pieces.all(version.chunks)
    return pieces === null ? null : new Uint8Array(Buffer.concat(pieces))
  }

  /** The chunker and chunks of what is shown; no chunks where they are not known, or where it is no file. */
  shown(row: ShownRow): { chunker: number; chunks: ChunkList } {
    if (row.kind !== FILE) return { chunker: 0, chunks: EMPTY }
    if (row.content !== null) return { chunker: row.content[0] ?? 0, chunks: row.content.slice(1) }
    if (row.record === null) return { chunker: 0, chunks: EMPTY }
    const { version } = this.#records.read(row.record)
    return { chunker: version.chunker, chunks: this.chunks(version) ?? EMPTY }
  }

  /** The same as an edit would report it; null where not all is known. */
  known(row: ShownRow): KnownContent | null {
    if (row.kind !== FILE || row.record === null || row.content !== null) return null
    const { version } = this.#records.read(row.record)
    if (version.kind !== 'file') return null
    const { chunker, size } = version
    if (!version.manifest) return { chunker, size, chunks: version.chunks }
    const pieces = this.#pieces.all(version.chunks)
    if (pieces === null) return null
    return { chunker, size, chunks: new Uint8Array(Buffer.concat(pieces)), manifest: { chunks: version.chunks, pieces } }
  }
}

/** How a local edit's content is kept in its row. */
export function packContent(content: KnownContent): Uint8Array {
  const packed = new Uint8Array(1 + content.chunks.length)
  packed[0] = content.chunker
  packed.set(content.chunks, 1)
  return packed
}
