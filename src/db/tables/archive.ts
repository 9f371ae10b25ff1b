import type { Command, Database } from '../database.ts'
import type { ArchivedFile } from '../folder-index.ts'

/** Files stay in the archive for 30 days; what is noted of them is kept a day longer. */
const KEPT_MS = 31 * 24 * 3_600_000

/** What was moved to the archive, and which version it was. */
export class Archive {
  readonly #insert: Command
  readonly #expire: Command

  constructor(db: Database) {
    this.#insert = db.command('INSERT OR REPLACE INTO archive VALUES (?, ?, ?, ?, ?)')
    this.#expire = db.command('DELETE FROM archive WHERE time < ?')
  }

  add(files: readonly ArchivedFile[]): void {
    for (const { name, path, time, size, version } of files) this.#insert(name, path, time, size, version)
    const newest = files.reduce((latest, { time }) => Math.max(latest, time), 0)
    if (newest > 0) this.#expire(newest - KEPT_MS)
  }
}
