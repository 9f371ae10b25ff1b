import type { DeviceId } from '#model'
import type { Command, Database, Query } from '../database.ts'
import type { Have } from '../folder-history.ts'
import type { State } from './state.ts'

/** What was put off for longer than this, ms, was so by a clock that was ahead, and has its time now. */
const FAR_MS = 2 * 60 * 60_000

/** The records whose content is still to be looked after: all above `state.kept`, and those up to it that have a row here. */
export class Keeping {
  readonly #state: State
  readonly #put: Command
  readonly #drop: Command
  readonly #clear: Command
  readonly #hasten: Command
  readonly #due: Query<[number]>
  readonly #far: Query<[number]>
  readonly #next: Query<[number]>
  readonly #looked: Query<[number]>
  readonly #has: Query<[number]>
  readonly #soonest: Query<[number | null]>
  readonly #count: Query<[number]>
  readonly #newer: Query<[number]>
  readonly #first: Query<[number, number]>
  readonly #firstNewer: Query<[number, number]>

  /** The last page, and those of it that have changed since. */
  #page: ReadonlySet<number> = new Set()
  readonly #changed = new Set<number>()

  constructor(db: Database, state: State) {
    this.#state = state
    this.#put = db.command('INSERT OR REPLACE INTO keeping VALUES (?, ?)')
    this.#drop = db.command('DELETE FROM keeping WHERE record = ?')
    this.#clear = db.command('DELETE FROM keeping')
    this.#hasten = db.command('UPDATE keeping SET until = 0 WHERE until > 0')
    this.#due = db.query('SELECT record FROM keeping WHERE until <= ? ORDER BY until, record LIMIT ?')
    this.#far = db.query('SELECT record FROM keeping WHERE until > ? ORDER BY until, record LIMIT ?')
    this.#next = db.query('SELECT number FROM records WHERE number > ? ORDER BY number LIMIT ?')
    this.#looked = db.query('SELECT number FROM records WHERE number > ? AND number <= ? ORDER BY number LIMIT ?')
    this.#has = db.query('SELECT 1 FROM keeping WHERE record = ?')
    this.#soonest = db.query('SELECT min(until) FROM keeping')
    this.#count = db.query('SELECT count(*) FROM keeping')
    this.#newer = db.query('SELECT count(*) FROM records WHERE number > ?')
    this.#first = db.query(`SELECT b.chain, min(k.record - b.number + b.first) FROM keeping k
      JOIN batches b ON b.number = (SELECT max(number) FROM batches WHERE number <= k.record) GROUP BY b.chain`)
    this.#firstNewer = db.query(`SELECT chain, min(first + max(0, ?1 + 1 - number)) FROM batches
      WHERE number + count > ?1 + 1 GROUP BY chain`)
  }

  /** `now` in ms. */
  page(limit: number, now: number): number[] {
    const due = this.#due.all(now, limit)
    if (due.length < limit) due.push(...this.#far.all(now + FAR_MS, limit - due.length))
    const next = due.length < limit ? this.#next.all(this.#state.kept, limit - due.length) : []
    const page = [...due, ...next].map(([record]) => record)
    this.#page = new Set(page)
    this.#changed.clear()
    return page
  }

  /** Those that were looked at, for good or not, after one. */
  looked(after: number, limit: number): number[] {
    return this.#looked.all(after, this.#state.kept, limit).map(([record]) => record)
  }

  /** All after one. */
  all(after: number, limit: number): number[] {
    return this.#next.all(after, limit).map(([record]) => record)
  }

  /** Is one that was looked at to be looked at again? */
  has(record: number): boolean {
    return this.#has.get(record) !== undefined
  }

  /** When the first of those that have a row is to be looked at, ms; null where none has. */
  get next(): number | null {
    return this.#soonest.get()?.[0] ?? null
  }

  /** One that was looked after has changed. */
  lookAgain(record: number): void {
    if (this.#page.has(record)) this.#changed.add(record)
    if (record <= this.#state.kept) this.#put(record, 0)
  }

  /** Has one of the last page changed since, so that what was found out about it may no longer be so? */
  hasChanged(record: number): boolean {
    return this.#changed.has(record)
  }

  /** One was looked at: for good, or (`until`, ms) to be looked at again. */
  note(record: number, until: number | null): void {
    if (until === null) this.#drop(record)
    else this.#put(record, until)
    if (record <= this.#state.kept) return
    this.#state.kept = record
    this.#state.touch()
  }

  /** All that were put off have their time now. */
  hasten(): void {
    this.#hasten()
  }

  anew(): void {
    this.#clear()
    this.#state.kept = 0
    this.#state.touch()
  }

  /** Those of the chains of which something is to be looked at, each with the last record before the first such one. */
  behind(chains: readonly { id: number; author: DeviceId; epoch: number }[]): Have[] {
    const firsts = new Map(this.#first.all())
    for (const [chain, seq] of this.#firstNewer.all(this.#state.kept)) firsts.set(chain, Math.min(seq, firsts.get(chain) ?? seq))
    return chains.flatMap(({ id, author, epoch }) => {
      const first = firsts.get(id)
      return first === undefined ? [] : [{ author, epoch, seq: first - 1 }]
    })
  }

  get count(): number {
    return (this.#count.get()?.[0] ?? 0) + (this.#newer.get(this.#state.kept)?.[0] ?? 0)
  }
}
