import type { Command, Database, Query } from '../database.ts'
import type { PastVersion } from '../folder-history.ts'

/** In place of a time: no device has the content, and none is known to have held it. */
const NEVER_KEPT = -(2 ** 52)

/**
 * The records whose content is no longer needed on this device; or is lost, and is to be had again where it comes back. They stay, and none of them
 * is a head.
 */
export class Forgotten {
  readonly #put: Command
  readonly #drop: Command
  readonly #has: Query<[number]>
  readonly #of: Query<[number]>
  readonly #lostAfter: Query<[number, number]>
  readonly #missingAfter: Query<[number, number]>
  readonly #countLost: Query<[number]>
  readonly #dismiss: Command
  readonly #dismissAll: Command
  readonly #retained: Query<[number, Uint8Array]>
  readonly #edited: Query<[number]>

  constructor(db: Database) {
    this.#put = db.command('INSERT OR REPLACE INTO forgotten VALUES (?, ?)')
    this.#drop = db.command('DELETE FROM forgotten WHERE record = ?')
    this.#has = db.query('SELECT 1 FROM forgotten WHERE record = ?')
    this.#of = db.query('SELECT lost FROM forgotten WHERE record = ?')
    this.#lostAfter = db.query('SELECT record, lost FROM forgotten WHERE lost > 0 AND record > ? ORDER BY record LIMIT ?')
    this.#missingAfter = db.query(
      'SELECT record, abs(lost) FROM forgotten WHERE lost <> 0 AND record > ? ORDER BY record LIMIT ?',
    )
    this.#countLost = db.query('SELECT count(*) FROM forgotten WHERE lost > 0')
    this.#dismiss = db.command('UPDATE forgotten SET lost = -lost WHERE record = ? AND lost > 0')
    this.#dismissAll = db.command('UPDATE forgotten SET lost = -lost WHERE lost > 0')
    this.#retained = db.query(`SELECT number, body FROM records WHERE number > ? AND number <= ?
      AND NOT EXISTS (SELECT 1 FROM forgotten WHERE record = number AND lost <= 0) ORDER BY number`)
    this.#edited = db.query(
      `SELECT path FROM records WHERE path > ? AND path <= ? GROUP BY path HAVING count(*) > 1 ORDER BY path`,
    )
  }

  has(record: number): boolean {
    return this.#has.get(record) !== undefined
  }

  /** `lost`: since when its content is, ms; 0: it is not needed. Below 0: it was lost, and given up. */
  add(record: number, lost: number): void {
    this.#put(record, lost)
  }

  /** No device has the content of these: those of them that were `held` are lost since `now`, ms, and the others were never kept. Which are lost. */
  addGone(records: ReadonlySet<number>, held: ReadonlySet<number>, now: number): number[] {
    for (const record of records) this.add(record, held.has(record) ? Math.max(1, now) : NEVER_KEPT)
    return [...records].filter((record) => held.has(record))
  }

  /** What a version is told to be by that. */
  of(record: number): Pick<PastVersion, 'isForgotten' | 'isLost' | 'isGivenUp' | 'isNeverKept'> {
    const [lost] = this.#of.get(record) ?? []
    if (lost === undefined) return { isForgotten: false }
    if (lost === NEVER_KEPT) return { isForgotten: true, isNeverKept: true }
    return { isForgotten: true, ...(lost > 0 && { isLost: true }), ...(lost < 0 && { isGivenUp: true }) }
  }

  isLost(record: number): boolean {
    return (this.#of.get(record)?.[0] ?? 0) > 0
  }

  /** Lost ones after one, each with since when. */
  lostAfter(record: number, limit: number): [record: number, since: number][] {
    return this.#lostAfter.all(record, limit)
  }

  /** The same, also of those that were given up since, or never kept. */
  missingAfter(record: number, limit: number): [record: number, since: number][] {
    return this.#missingAfter.all(record, limit)
  }

  get lost(): number {
    return this.#countLost.get()?.[0] ?? 0
  }

  /** What is lost, `only` these or all, is not needed any more, whatever is pinned later; how many that were. */
  dismiss(only?: readonly number[]): number {
    const before = this.lost
    if (only === undefined) this.#dismissAll()
    else for (const record of only) this.#dismiss(record)
    return before - this.lost
  }

  remove(record: number): void {
    this.#drop(record)
  }

  /** The records of (after, to] whose content is needed, or would be if it were there, with their bytes. */
  retained(after: number, to: number): [record: number, body: Uint8Array][] {
    return this.#retained.all(after, to)
  }

  /** The paths (their numbers) of (after, to] that have more than one record. */
  edited(after: number, to: number): number[] {
    return this.#edited.all(after, to).map(([path]) => path)
  }
}
