import { pathKey, sameBytes } from '#model'
import type { Contents } from './contents.ts'
import type { ArchivedVersion, RetainableRecord } from './folder-history.ts'
import type { Tables } from './tables/index.ts'
import type { ArchivedRow } from './tables/archive.ts'

/** Chunk lists that one page gives, bytes, but for the last. */
const MAX_LIST_BYTES = 1024 * 1024

/** What the archive's files were, told by the records. */
export class ArchivedVersions {
  readonly #tables: Tables
  readonly #contents: Contents

  constructor(tables: Tables, contents: Contents) {
    this.#tables = tables
    this.#contents = contents
  }

  after(number: number, limit: number): ArchivedVersion[] {
    const page: ArchivedVersion[] = []
    let bytes = 0
    for (const row of this.#tables.archive.after(number, limit)) {
      page.push(this.#read(row))
      bytes += row.chunks.length
      if (bytes > MAX_LIST_BYTES) break
    }
    return page
  }

  named(name: string): ArchivedVersion | null {
    const row = this.#tables.archive.named(name)
    return row === undefined ? null : this.#read(row)
  }

  #read({ number, name, path, time, size, version, chunks }: ArchivedRow): ArchivedVersion {
    return { number, name, time, size, chunks, of: version === null ? null : this.#of(path, version, chunks) }
  }

  #of(path: string, id: string, chunks: Uint8Array): RetainableRecord | null {
    const { paths, records, heads, forgotten } = this.#tables
    const known = paths.find(pathKey(path))
    if (known === undefined) return null
    for (const { record, version } of records.ofPath(known.id)) {
      if (version.id !== id) continue
      const own = version.kind === 'file' ? this.#contents.chunks(version) : chunks
      if (own === null || !sameBytes(own, chunks)) return null
      return { record, version, isHead: heads.has(known.id, record), isForgotten: forgotten.has(record) }
    }
    return null
  }
}
