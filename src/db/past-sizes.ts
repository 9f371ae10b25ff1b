import { recordSize } from '#model'
import type { Database, Query } from './database.ts'
import type { FolderHistory } from './folder-history.ts'
import type { Synchronous } from './promised.ts'
import type { Tables } from './tables/index.ts'

/** Numbers of paths gone through by one call. */
const PATHS = 5_000

/** What earlier versions take; as in FolderHistory. */
export class PastSizes implements Pick<Synchronous<FolderHistory>, 'supersededBytes' | 'pastTotals'> {
  readonly #db: Database
  readonly #tables: Pick<Tables, 'state'>
  readonly #superseded: Query<[Uint8Array]>
  readonly #archive: Query<[number]>
  readonly #forgotten: Query<[number]>

  constructor(db: Database, tables: Pick<Tables, 'state'>) {
    this.#db = db
    this.#tables = tables
    // Most paths have one record: the index alone tells, and nothing of them is read.
    this.#superseded = db.query(`SELECT body FROM records
      WHERE path IN (SELECT path FROM records WHERE path > ? AND path <= ? GROUP BY path HAVING count(*) > 1)
        AND NOT EXISTS (SELECT 1 FROM heads WHERE heads.path = records.path AND heads.record = records.number)
        AND NOT EXISTS (SELECT 1 FROM forgotten WHERE forgotten.record = records.number)`)
    this.#archive = db.query('SELECT coalesce(sum(size), 0) FROM archive')
    this.#forgotten = db.query('SELECT count(*) FROM forgotten')
  }

  supersededBytes(after: number): { bytes: number; next: number | null } {
    return this.#db.read(() => {
      const to = after + PATHS
      const bytes = this.#superseded.all(after, to).reduce((sum, [body]) => sum + recordSize(body), 0)
      return { bytes, next: to < this.#tables.state.paths ? to : null }
    })
  }

  pastTotals(): { archiveBytes: number; forgotten: number } {
    return this.#db.read(() => ({
      archiveBytes: this.#archive.get()?.[0] ?? 0,
      forgotten: this.#forgotten.get()?.[0] ?? 0,
    }))
  }
}
