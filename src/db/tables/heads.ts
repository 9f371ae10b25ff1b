import type { Command, Database, Query } from '../database.ts'
import type { Head } from '../head-algebra.ts'
import type { Keeping } from './keeping.ts'
import type { Known, Records } from './records.ts'

/** Which records of a path no other record supersedes. */
export class Heads {
  readonly #records: Records
  readonly #keeping: Keeping
  readonly #of: Query<[number]>
  readonly #withBodies: Query<[number, Uint8Array]>
  readonly #insert: Command
  readonly #replace: Command
  readonly #remove: Command
  readonly #counted: Query<[number]>
  #count: number | null = null

  /** What is superseded is to be kept in another way than what is current: `keeping` is told. */
  constructor(db: Database, records: Records, keeping: Keeping) {
    this.#records = records
    this.#keeping = keeping
    this.#of = db.query('SELECT record FROM heads WHERE path = ?')
    this.#withBodies = db.query('SELECT h.record, r.body FROM heads h JOIN records r ON r.number = h.record WHERE h.path = ?')
    this.#insert = db.command('INSERT INTO heads VALUES (?, ?)')
    this.#replace = db.command('UPDATE heads SET record = ? WHERE path = ? AND record = ?')
    this.#remove = db.command('DELETE FROM heads WHERE path = ? AND record = ?')
    this.#counted = db.query('SELECT count(*) FROM heads')
  }

  /** How many there are, of all paths; counted once. */
  get count(): number {
    this.#count ??= this.#counted.get()?.[0] ?? 0
    return this.#count
  }

  /** To be called after a transaction that failed. */
  reload(): void {
    this.#count = null
  }

  has(path: number, record: number): boolean {
    return this.#of.all(path).some(([head]) => head === record)
  }

  of(path: number): Known[] {
    return this.#of.all(path).map(([record]) => this.#records.read(record))
  }

  /** The same without the versions' ids, which take as long to work out as all the rest. */
  authored(path: number): Head[] {
    return this.#withBodies.all(path).map(([record, body]) => this.#records.authored(record, body))
  }

  add(path: number, record: number): void {
    this.#insert(path, record)
    if (this.#count !== null) this.#count++
  }

  replace(path: number, old: number, record: number): void {
    this.#replace(record, path, old)
    this.#keeping.lookAgain(old)
  }

  remove(path: number, record: number): void {
    this.#remove(path, record)
    this.#keeping.lookAgain(record)
    if (this.#count !== null) this.#count--
  }
}
