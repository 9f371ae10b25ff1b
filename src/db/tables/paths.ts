import { foldedKey } from '#model'
import type { Command, Database, Query } from '../database.ts'
import type { State } from './state.ts'

/** A path as the other tables know it. */
export interface PathRow {
  id: number
  /** True when one of its heads is no tombstone. */
  live: boolean
  /** True when the disk showed something here once that it showed no longer at some later look. */
  gone: boolean
}

/**
 * The names of all paths ever met: key (NFC) → a small number by which every other table knows the path. In the order of the
 * keys' bytes, so that what is below a directory is a range. The name itself is kept once more in the path's records.
 */
export class Paths {
  readonly #find: Query<[number, number, number]>
  readonly #insert: Command
  readonly #live: Command
  readonly #gone: Command
  readonly #left: Command
  readonly #goneBelow: Command
  readonly #below: Query<[number]>
  readonly #fold: Command
  readonly #unfold: Command
  readonly #all: Query<[string, number]>
  readonly #folded: Query<[number]>
  readonly #beginning: Query<[string, number]>
  readonly #state: State

  constructor(db: Database, state: State) {
    this.#find = db.query('SELECT id, live, gone FROM paths WHERE key = ?')
    this.#insert = db.command('INSERT INTO paths VALUES (?, ?, ?, 0)')
    this.#live = db.command('UPDATE paths SET live = ? WHERE key = ?')
    this.#gone = db.command('UPDATE paths SET gone = 1 WHERE key = ? AND gone = 0')
    this.#left = db.command('UPDATE paths SET live = 0, gone = 1 WHERE key = ?')
    this.#goneBelow = db.command(`UPDATE paths SET gone = 1 WHERE gone = 0 AND (key = ?1 OR (key > ?2 AND key < ?3))
      AND EXISTS (SELECT 1 FROM shown WHERE path = id)`)
    this.#below = db.query('SELECT 1 FROM paths WHERE key > ? AND key < ? AND live = 1 LIMIT 1')
    this.#fold = db.command('INSERT OR IGNORE INTO folds VALUES (?, ?)')
    this.#unfold = db.command('DELETE FROM folds')
    this.#all = db.query('SELECT key, id FROM paths')
    this.#folded = db.query('SELECT id FROM folds WHERE folded = ? AND id <> ?')
    this.#beginning = db.query('SELECT key, id FROM paths WHERE key >= ? AND key < ?')
    this.#state = state
  }

  /** Notes whether the disk folds case; where it does, names that fold to the same can be looked up. */
  setFolds(folds: boolean): void {
    this.#unfold()
    if (folds) for (const [key, id] of this.#all.iterate()) this.#fold(foldedKey(key), id)
    this.#state.folds = folds ? 1 : 0
    this.#state.touch()
  }

  find(key: string): PathRow | undefined {
    const row = this.#find.get(key)
    return row === undefined ? undefined : { id: row[0], live: row[1] === 1, gone: row[2] === 1 }
  }

  /** Finds a path, or gives it a number; `live` tells what it is then. */
  intern(key: string, live = false): PathRow & { fresh: boolean } {
    const known = this.find(key)
    if (known !== undefined) return { ...known, fresh: false }
    return this.add(key, live)
  }

  /** Gives a number to a path that has none. */
  add(key: string, live: boolean): PathRow & { fresh: true } {
    const id = ++this.#state.paths
    this.#state.touch()
    this.#insert(key, id, live ? 1 : 0)
    if (this.#state.folds === 1) this.#fold(foldedKey(key), id)
    return { id, live, gone: false, fresh: true }
  }

  setLive(key: string, live: boolean): void {
    this.#live(live ? 1 : 0, key)
  }

  setGone(key: string): void {
    this.#gone(key)
  }

  /** Notes that a path is neither live nor shown any more. */
  setLeft(key: string): void {
    this.#left(key)
  }

  /** Sets gone for what the disk shows of a directory, itself included. */
  setGoneBelow(key: string): void {
    this.#goneBelow(key, ...below(key))
  }

  /** Is a live entry below this path? */
  livesBelow(key: string): boolean {
    return this.#below.get(...below(key)) !== undefined
  }

  /** The paths whose keys begin like this. */
  beginning(key: string): { key: string; id: number }[] {
    return this.#beginning.all(key, `${key}\u{10ffff}`).map(([found, id]) => ({ key: found, id }))
  }

  /** Other paths that a disk that folds case cannot tell from this one. */
  twins(key: string, id: number): number[] {
    return this.#state.folds === 1 ? this.#folded.all(foldedKey(key), id).map(([twin]) => twin) : []
  }
}

/** The range of keys strictly below a directory: both ends excluded. '0' is what follows '/'. */
export function below(key: string): [from: string, to: string] {
  return key === '' ? ['', '\u{10ffff}'] : [`${key}/`, `${key}0`]
}
