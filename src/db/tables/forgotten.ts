import type { Command, Database, Query } from '../database.ts'

/** The records whose content is no longer needed on this device. They stay, and none of them is a head. */
export class Forgotten {
  readonly #put: Command
  readonly #drop: Command
  readonly #has: Query<[number]>
  readonly #retained: Query<[number, Uint8Array]>
  readonly #edited: Query<[number]>

  constructor(db: Database) {
    this.#put = db.command('INSERT OR IGNORE INTO forgotten VALUES (?)')
    this.#drop = db.command('DELETE FROM forgotten WHERE record = ?')
    this.#has = db.query('SELECT 1 FROM forgotten WHERE record = ?')
    this.#retained = db.query(`SELECT number, body FROM records WHERE number > ? AND number <= ?
      AND NOT EXISTS (SELECT 1 FROM forgotten WHERE record = number) ORDER BY number`)
    this.#edited = db.query(
      `SELECT path FROM records WHERE path > ? AND path <= ? GROUP BY path HAVING count(*) > 1 ORDER BY path`,
    )
  }

  has(record: number): boolean {
    return this.#has.get(record) !== undefined
  }

  add(record: number): void {
    this.#put(record)
  }

  remove(record: number): void {
    this.#drop(record)
  }

  /** The records of (after, to] that are not forgotten, with their bytes. */
  retained(after: number, to: number): [record: number, body: Uint8Array][] {
    return this.#retained.all(after, to)
  }

  /** The paths (their numbers) of (after, to] that have more than one record. */
  edited(after: number, to: number): number[] {
    return this.#edited.all(after, to).map(([path]) => path)
  }
}
