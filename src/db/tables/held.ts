import type { Command, Database, Query } from '../database.ts'
import type { State } from './state.ts'

/** What is found of a version's content. `here`: this device has what it is to have of it; `file`: as a file alone, which its user may replace; `gone`: it lacks some. */
export interface FoundContent {
  what: 'here' | 'file' | 'gone'
  isHead: boolean
  /** A device that is to have a block of what is lacking has said that it does. */
  isSaid: boolean
}

/**
 * The records of whose content this device once had what it was to have: all up to `state.seen` but those that have a row here. One of which it only had
 * a file, while no other device had said that it has a block, has a row below 0: when it is replaced it tells whether one had said so by then.
 */
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

  /** `isSaid` as in FoundContent, by now. */
  has(record: number, isSaid = false): boolean {
    return record <= this.#state.seen && !this.#isIn(record) && (isSaid || !this.#isIn(-record))
  }

  /** One was looked at. What was held once stays so. */
  note(record: number, { what, isHead, isSaid }: FoundContent): void {
    const isNew = record > this.#state.seen
    const wasFile = !isNew && this.#isIn(-record)
    if (what === 'here' || (wasFile && isSaid)) this.#set(record, null)
    else if (what === 'file' && (isNew || this.#isIn(record))) this.#set(record, -record)
    else if (what === 'gone' && (isNew || (wasFile && !isHead))) this.#set(record, record)
    if (!isNew) return
    this.#state.seen = record
    this.#state.touch()
  }

  #isIn(row: number): boolean {
    return this.#has.get(row) !== undefined
  }

  #set(record: number, row: number | null): void {
    for (const each of [record, -record]) if (each !== row) this.#drop(each)
    if (row !== null) this.#put(row)
  }
}
