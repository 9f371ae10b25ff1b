import type { Command, Database, Query } from '../database.ts'
import type { Known, Records } from './records.ts'

/** Which records of a path no other record supersedes. */
export class Heads {
  readonly #records: Records
  readonly #of: Query<[number, Uint8Array]>
  readonly #insert: Command
  readonly #remove: Command

  constructor(db: Database, records: Records) {
    this.#records = records
    this.#of = db.query('SELECT record, body FROM heads CROSS JOIN records ON number = record WHERE heads.path = ?')
    this.#insert = db.command('INSERT INTO heads VALUES (?, ?)')
    this.#remove = db.command('DELETE FROM heads WHERE path = ? AND record = ?')
  }

  of(path: number): Known[] {
    return this.#of.all(path).map(([record, body]) => this.#records.decode(record, body))
  }

  add(path: number, record: number): void {
    this.#insert(path, record)
  }

  remove(path: number, record: number): void {
    this.#remove(path, record)
  }
}
