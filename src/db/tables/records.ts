import { HoldfastError } from '#base'
import { readBody, readVersion, recordPath, type FolderId, type Version } from '#model'
import type { Command, Database, Query } from '../database.ts'
import type { Head } from '../head-algebra.ts'
import type { Chains } from './chains.ts'

/** A version with the number that its record has in this database. */
export interface Known {
  readonly record: number
  readonly version: Version
}

/** Versions kept in memory, twice so many at most: what comes is planned, brought to the disk and noted soon after. */
const MAX_REMEMBERED = 4096

/** Every record's bytes, as its author wrote them, in the order in which they came to this device. */
export class Records {
  readonly #folder: FolderId
  readonly #chains: Chains
  readonly #insert: Command
  readonly #body: Query<[Uint8Array]>
  readonly #bodies: Query<[Uint8Array]>
  readonly #ofPath: Query<[number]>
  readonly #bodiesOfPath: Query<[number, Uint8Array]>
  readonly #lastOfPath: Query<[number | null]>
  readonly #pathOf: Query<[number]>
  readonly #last: Query<[number | null]>
  #next = 1
  #remembered = new Map<number, Known>()
  /** Those remembered before them; what is asked for again moves on, the rest is forgotten with the next change. */
  #older = new Map<number, Known>()

  constructor(db: Database, folder: FolderId, chains: Chains) {
    this.#folder = folder
    this.#chains = chains
    this.#insert = db.command('INSERT INTO records VALUES (?, ?, ?)')
    this.#body = db.query('SELECT body FROM records WHERE number = ?')
    this.#bodies = db.query('SELECT body FROM records WHERE number >= ? AND number < ? ORDER BY number')
    this.#ofPath = db.query('SELECT number FROM records WHERE path = ? ORDER BY number DESC')
    this.#bodiesOfPath = db.query('SELECT number, body FROM records WHERE path = ?')
    this.#lastOfPath = db.query('SELECT max(number) FROM records WHERE path = ?')
    this.#pathOf = db.query('SELECT path FROM records WHERE number = ?')
    this.#last = db.query('SELECT max(number) FROM records')
    this.reload()
  }

  /** To be called after a transaction that failed, and when records have moved to other places. */
  reload(): void {
    this.forget()
    this.#next = (this.#last.get()?.[0] ?? 0) + 1
  }

  /** Gives back the memory of what is remembered. */
  forget(): void {
    this.#remembered.clear()
    this.#older.clear()
  }

  /** The number that the next record gets. */
  get next(): number {
    return this.#next
  }

  /** How many there are: none is ever removed. */
  get count(): number {
    return this.#next - 1
  }

  /** Stores a record's bytes; `version`, where it is theirs, is remembered. */
  add(path: number, body: Uint8Array, version?: Version): number {
    const number = this.#next++
    this.#insert(number, path, body)
    if (version !== undefined) this.#remember({ record: number, version })
    return number
  }

  bodies(number: number, count: number): Uint8Array[] {
    return this.#bodies.all(number, number + count).map(([body]) => body)
  }

  read(record: number): Known {
    const known = this.#remembered.get(record)
    if (known !== undefined) return known
    const older = this.#older.get(record)
    if (older !== undefined) return this.#remember(older)
    return this.#remember({ record, version: readVersion(this.#folder, this.#chains.placeOf(record), this.bodyOf(record)) })
  }

  /** The same without its id; `body` is the record's. */
  authored(record: number, body: Uint8Array): Head {
    const known = this.#remembered.get(record) ?? this.#older.get(record)
    return known ?? { record, version: { ...readBody(body), author: this.#chains.placeOf(record).author } }
  }

  /** The path that a record is of. */
  pathOf(record: number): string {
    const known = this.#remembered.get(record) ?? this.#older.get(record)
    return known?.version.path ?? recordPath(this.bodyOf(record))
  }

  /** All known records of a path, the last to come first. */
  *ofPath(path: number): Generator<Known> {
    for (const [record] of this.#ofPath.all(path)) yield this.read(record)
  }

  /** The same without what takes long to work out: the bytes. */
  bodiesOfPath(path: number): [record: number, body: Uint8Array][] {
    return this.#bodiesOfPath.all(path)
  }

  /** The last record of a path to come; 0 where there is none. */
  lastOfPath(path: number): number {
    return this.#lastOfPath.get(path)?.[0] ?? 0
  }

  /** The number of the path that a record is of. */
  pathIdOf(record: number): number {
    return this.#pathOf.get(record)?.[0] ?? 0
  }

  bodyOf(record: number): Uint8Array {
    const [body] = this.#body.get(record) ?? []
    if (body === undefined) throw new HoldfastError('corrupt', `record ${record} is missing from the index`)
    return body
  }

  #remember(known: Known): Known {
    if (this.#remembered.size >= MAX_REMEMBERED) {
      this.#older = this.#remembered
      this.#remembered = new Map()
    }
    this.#remembered.set(known.record, known)
    return known
  }
}
