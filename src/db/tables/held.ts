import type { Command, Database, Query } from '../database.ts'
import type { State } from './state.ts'

/** The records of whose content this device once had what it was to have: all up to `state.seen` but those that have a row here. */
export class Held {
  readonly #state: State
  readonly #put: Command
  readonly #drop: Command
  readonly #has: Query<[number]>

  constructor(db: Database, state: State) {
    this.#state = state
    this.#put = db.command('INSERT OR IGNORE INTO unheld VALUES (?)')
    this.#drop = db.command('DELETE FROM unheld WHERE record = ?')
    this.#has = db.query('SELECT 1 FROM unheld WHERE record = ?')
  }

  has(record: number): boolean {
    return record <= this.#state.seen && this.#has.get(record) === undefined
  }

  /** One was looked at. What was held once stays so. */
  note(record: number, isHeld: boolean): void {
    if (isHeld) this.#drop(record)
    else if (record > this.#state.seen) this.#put(record)
    if (record <= this.#state.seen) return
    this.#state.seen = record
    this.#state.touch()
  }
}
