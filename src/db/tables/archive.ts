import type { Command, Database, Query } from '../database.ts'
import type { ArchivedFile } from '../folder-index.ts'
import type { Chunks } from './chunks.ts'

/** What was moved to the archive: which version it was, and where its chunks can be read. */
export class Archive {
  readonly #chunks: Chunks
  readonly #insert: Command
  readonly #find: Query<[number]>
  readonly #name: Query<[string]>
  readonly #content: Query<[number, number, Uint8Array]>
  readonly #remove: Command

  constructor(db: Database, chunks: Chunks) {
    this.#chunks = chunks
    this.#insert = db.command('INSERT INTO archive (name, path, time, size, version, chunks) VALUES (?, ?, ?, ?, ?, ?)')
    this.#find = db.query('SELECT number FROM archive WHERE name = ?')
    this.#name = db.query('SELECT name FROM archive WHERE number = ?')
    this.#content = db.query('SELECT number, size, chunks FROM archive WHERE name = ?')
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
    const row = this.#content.get(name)
    return row === undefined ? null : { size: row[1], chunks: row[2] }
  }

  /** Forgets what is there no longer, with the places of its chunks. */
  forget(name: string): void {
    const row = this.#content.get(name)
    if (row === undefined) return
    this.#chunks.remove(ownerOf(row[0]), row[2])
    this.#remove(row[0])
  }
}

/** Paths have numbers above 0, so that archived files come after them where there is a choice. */
function ownerOf(number: number): number {
  return -number
}
