import type { VersionId } from '#model'
import type { Command, Database, Query } from '../database.ts'
import type { ArchivedFile } from '../folder-index.ts'
import type { Chunks } from './chunks.ts'

export interface ArchivedRow extends ArchivedFile {
  number: number
}

type Columns = [
  number: number,
  name: string,
  path: string,
  time: number,
  size: number,
  version: string | null,
  chunks: Uint8Array,
]

const COLUMNS = 'number, name, path, time, size, version, chunks'

/** What was moved to the archive: which version it was, and where its chunks can be read. */
export class Archive {
  readonly #chunks: Chunks
  readonly #insert: Command
  readonly #find: Query<[number]>
  readonly #name: Query<[string]>
  readonly #page: Query<Columns>
  readonly #row: Query<Columns>
  readonly #remove: Command

  constructor(db: Database, chunks: Chunks) {
    this.#chunks = chunks
    this.#insert = db.command('INSERT INTO archive (name, path, time, size, version, chunks) VALUES (?, ?, ?, ?, ?, ?)')
    this.#find = db.query('SELECT number FROM archive WHERE name = ?')
    this.#name = db.query('SELECT name FROM archive WHERE number = ?')
    this.#page = db.query(`SELECT ${COLUMNS} FROM archive WHERE number > ? ORDER BY number LIMIT ?`)
    this.#row = db.query(`SELECT ${COLUMNS} FROM archive WHERE name = ?`)
    this.#remove = db.command('DELETE FROM archive WHERE number = ?')
  }

  has(name: string): boolean {
    return this.#find.get(name) !== undefined
  }

  /** The name of the archived file whose chunks `Chunks` has under `owner`. */
  nameOf(owner: number): string | undefined {
    return this.#name.get(-owner)?.[0]
  }

  /** What is in the archive never changes: a name that is known already is passed over. */
  add({ name, path, time, size, version, chunks }: ArchivedFile): void {
    if (this.has(name)) return
    this.#insert(name, path, time, size, version, chunks)
    const number = this.#find.get(name)?.[0] ?? 0
    this.#chunks.put(ownerOf(number), chunks)
  }

  /** What the file was when it came to the archive. */
  content(name: string): { size: number; chunks: Uint8Array } | null {
    const row = this.named(name)
    return row === undefined ? null : { size: row.size, chunks: row.chunks }
  }

  named(name: string): ArchivedRow | undefined {
    const row = this.#row.get(name)
    return row === undefined ? undefined : rowOf(row)
  }

  /** Those with numbers above, in their order. */
  after(number: number, limit: number): ArchivedRow[] {
    return this.#page.all(number, limit).map(rowOf)
  }

  /** Forgets what is there no longer, with the places of its chunks. */
  forget(name: string): void {
    const row = this.named(name)
    if (row === undefined) return
    this.#chunks.remove(ownerOf(row.number), row.chunks)
    this.#remove(row.number)
  }
}

function rowOf([number, name, path, time, size, version, chunks]: Columns): ArchivedRow {
  return { number, name, path, time, size, version: version as VersionId | null, chunks }
}

/** Paths have numbers above 0, so that archived files come after them where there is a choice. */
function ownerOf(number: number): number {
  return -number
}
