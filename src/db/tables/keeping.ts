import type { Command, Database, Query } from '../database.ts'
import type { State } from './state.ts'

/** The records whose content is still to be looked after: all above `state.kept`, and those up to it that have a row here. */
export class Keeping {
  readonly #state: State
  readonly #put: Command
  readonly #drop: Command
  readonly #clear: Command
  readonly #due: Query<[number]>
  readonly #next: Query<[number]>
  readonly #count: Query<[number]>
  readonly #newer: Query<[number]>

  constructor(db: Database, state: State) {
    this.#state = state
    this.#put = db.command('INSERT OR REPLACE INTO keeping VALUES (?, ?)')
    this.#drop = db.command('DELETE FROM keeping WHERE record = ?')
    this.#clear = db.command('DELETE FROM keeping')
    this.#due = db.query('SELECT record FROM keeping WHERE until <= ? ORDER BY until, record LIMIT ?')
    this.#next = db.query('SELECT number FROM records WHERE number > ? ORDER BY number LIMIT ?')
    this.#count = db.query('SELECT count(*) FROM keeping')
    this.#newer = db.query('SELECT count(*) FROM records WHERE number > ?')
  }

  /** `now` in ms. */
  page(limit: number, now: number): number[] {
    const due = this.#due.all(now, limit)
    const next = due.length < limit ? this.#next.all(this.#state.kept, limit - due.length) : []
    return [...due, ...next].map(([record]) => record)
  }

  /** One that was looked after has changed. */
  lookAgain(record: number): void {
    if (record <= this.#state.kept) this.#put(record, 0)
  }

  /** One was looked at: for good, or (`until`, ms) to be looked at again. */
  note(record: number, until: number | null): void {
    if (until === null) this.#drop(record)
    else this.#put(record, until)
    if (record <= this.#state.kept) return
    this.#state.kept = record
    this.#state.touch()
  }

  anew(): void {
    this.#clear()
    this.#state.kept = 0
    this.#state.touch()
  }

  get count(): number {
    return (this.#count.get()?.[0] ?? 0) + (this.#newer.get(this.#state.kept)?.[0] ?? 0)
  }
}
