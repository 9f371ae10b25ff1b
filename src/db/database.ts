import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { errnoOf, HoldfastError, messageOf, systemWords, toErrorShape, type ErrorCode } from '#base'

/** How long to wait for another process that has the file open (a copy being made, a second daemon refused too late). */
const BUSY_MS = 5000
const CACHE_KIB = 8 * 1024
/** What the write-ahead log is cut back to after a checkpoint: without it, one large transaction leaves a large file for ever. */
const LOG_BYTES = 4 * 1024 * 1024

/** SQLite's primary result codes (sqlite.org/rescode.html) that a user can meet. */
const CODES: Record<number, { code: ErrorCode; what: string; hint: string }> = {
  5: { code: 'exists', what: 'is in use by another program', hint: 'stop the other Holdfast that uses this home' },
  8: { code: 'denied', what: 'cannot be written', hint: 'give this user the right to write there' },
  10: { code: 'internal', what: 'cannot be read or written', hint: 'check the disk' },
  11: {
    code: 'corrupt',
    what: 'is damaged',
    hint: 'move the file away: the index is then built again from the disk and the other devices',
  },
  13: { code: 'full', what: 'cannot grow: the disk is full', hint: 'free some space' },
  14: { code: 'denied', what: 'cannot be opened', hint: 'check that its directory exists and can be written' },
  26: {
    code: 'corrupt',
    what: 'is no database',
    hint: 'move the file away: the index is then built again from the disk and the other devices',
  },
}

type Value = string | number | Uint8Array | null

/** A prepared statement whose rows come as arrays, in the order of its columns. */
export class Query<Row extends readonly Value[]> {
  readonly #statement: StatementSync

  constructor(statement: StatementSync) {
    statement.setReturnArrays(true)
    this.#statement = statement
  }

  get(...values: SQLInputValue[]): Row | undefined {
    return this.#statement.get(...values) as unknown as Row | undefined
  }

  all(...values: SQLInputValue[]): Row[] {
    return this.#statement.all(...values) as unknown as Row[]
  }

  iterate(...values: SQLInputValue[]): IterableIterator<Row> {
    return this.#statement.iterate(...values) as unknown as IterableIterator<Row>
  }
}

/** A prepared statement without rows. */
export type Command = (...values: SQLInputValue[]) => void

/**
 * One SQLite file, open. What is committed is durable (WAL, FULL). SQLite's errors come out as HoldfastErrors that name the
 * file, if the work is done inside `guard` or `transaction`.
 */
export class Database {
  readonly file: string
  readonly #db: DatabaseSync
  readonly #begin: StatementSync
  readonly #beginWriting: StatementSync
  readonly #commit: StatementSync

  /**
   * `content` is what a database in memory starts from: bytes that `copy` gave. With `readOnly` the file must be there, and neither it
   * nor its log is written to, also not when it is closed.
   */
  constructor(file: string, content?: Uint8Array, { readOnly = false }: { readOnly?: boolean } = {}) {
    this.file = file
    this.#db = guard(file, () => {
      if (file !== ':memory:' && !readOnly) createPrivate(file)
      const db = new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: false, readOnly })
      try {
        if (content !== undefined) db.deserialize(content)
        if (!readOnly) db.exec('PRAGMA journal_mode = WAL')
        db.exec(`
          PRAGMA synchronous = FULL;
          PRAGMA fullfsync = ON;
          PRAGMA checkpoint_fullfsync = ON;
          PRAGMA journal_size_limit = ${LOG_BYTES};
          PRAGMA cache_size = -${CACHE_KIB};
          PRAGMA mmap_size = 0;
          PRAGMA temp_store = MEMORY;
        `)
      } catch (error) {
        db.close()
        throw error
      }
      return db
    })
    const prepare = (sql: string): StatementSync => this.guard(() => this.#db.prepare(sql))
    this.#begin = prepare('BEGIN')
    this.#beginWriting = prepare('BEGIN IMMEDIATE')
    this.#commit = prepare('COMMIT')
  }

  query<Row extends readonly Value[]>(sql: string): Query<Row> {
    return new Query<Row>(this.#db.prepare(sql))
  }

  command(sql: string): Command {
    const statement = this.#db.prepare(sql)
    // Not `run`, which makes an object of what changed: that takes as long again.
    return (...values) => void statement.get(...values)
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  /** Runs `work` in one transaction: all of it is durable when this returns, nothing of it happened when this throws. */
  transaction<T>(work: () => T): T {
    return this.#inTransaction(this.#beginWriting, work)
  }

  /** Runs `work`, which only reads, in one transaction: locking for each statement anew takes longer than most of them. */
  read<T>(work: () => T): T {
    return this.#inTransaction(this.#begin, work)
  }

  #inTransaction<T>(begin: StatementSync, work: () => T): T {
    return this.guard(() => {
      begin.get()
      try {
        const result = work()
        this.#commit.get()
        return result
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** The whole database as bytes. */
  copy(): Uint8Array {
    return this.guard(() => this.#db.serialize())
  }

  guard<T>(work: () => T): T {
    return guard(this.file, work)
  }

  /** Gives back the memory of its cache. */
  rest(): void {
    this.guard(() => this.#db.exec('PRAGMA shrink_memory'))
  }

  /** Folds the write-ahead log into the file and closes it. May be called more than once. */
  close(): void {
    if (!this.#db.isOpen) return
    this.#db.exec('PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)')
    this.#db.close()
  }

  /** Closes without a word to the file, after a failure. */
  abandon(): void {
    if (this.#db.isOpen) this.#db.close()
  }
}

/** SQLite gives its side files the permissions of the main one; it holds names, and device.db holds keys. */
function createPrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
}

function guard<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw asHoldfastError(file, cause)
  }
}

function asHoldfastError(file: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof HoldfastError) return cause
  if (!('errcode' in cause) || typeof cause.errcode !== 'number') {
    const { code, hint = 'check the path' } = toErrorShape(cause)
    return code === 'internal'
      ? cause
      : new HoldfastError(code, `the database ${file} cannot be opened: ${systemWords(errnoOf(cause), '')}`, {
          reason: 'database-unopened',
          values: { path: file, system: errnoOf(cause) ?? '' },
          hint,
          cause,
        })
  }
  const known = CODES[cause.errcode & 0xff]
  if (known === undefined)
    return new HoldfastError('internal', `the database ${file} failed: ${messageOf(cause)}`, {
      reason: 'database-failed',
      values: { path: file, problem: 'internal' },
      cause,
    })
  return new HoldfastError(known.code, `the database ${file} ${known.what} (${messageOf(cause)})`, {
    reason: 'database-failed',
    values: { path: file, problem: known.code },
    hint: known.hint,
    cause,
  })
}
