import { existsSync } from 'node:fs'
import { errnoOf, HoldfastError, messageOf } from '#base'
import { Database } from './database.ts'
import { checkSchema } from './migrations/index.ts'
import { storeSchema } from './migrations/store.ts'
import { StoreDatabase } from './store-database.ts'

/** Rows that are none of ours: types, lengths and numbers that no call writes. */
const STRANGE_BLOCKS = `
  SELECT count(*) FROM blocks WHERE
    typeof(digest) <> 'blob' OR length(digest) <> 32 OR damaged NOT IN (0, 1)
    OR typeof(length) <> 'integer' OR length NOT BETWEEN 0 AND 0x7fffffff
    OR (bytes IS NOT NULL AND (typeof(bytes) <> 'blob' OR length(bytes) <> length))
    OR (folder IS NULL) <> (chunk IS NULL) OR (folder IS NULL) <> (chunk_length IS NULL)
    OR (chunk IS NOT NULL AND (typeof(chunk) <> 'blob' OR length(chunk) <> 32))
    OR (chunk_length IS NOT NULL AND (typeof(chunk_length) <> 'integer' OR chunk_length NOT BETWEEN 0 AND 0x7fffffff))
    OR (folder IS NOT NULL AND folder NOT IN (SELECT number FROM folders))`
/** A table or a column is not there (sqlite.org/rescode.html), */
const SQLITE_ERROR = 1
/** and a page cannot be read. */
const SQLITE_IOERR_READ = 266
const WRONG_TOTALS = `
  SELECT count(*) FROM (SELECT count(*) AS blocks, ifnull(sum(length), 0) AS bytes FROM blocks WHERE damaged = 0) AS counted
  WHERE NOT EXISTS (SELECT 1 FROM totals WHERE totals.blocks = counted.blocks AND totals.bytes = counted.bytes)`

/** Since version 3. */
const WRONG_SIZES = `
  SELECT count(*) FROM folders LEFT JOIN (SELECT folder, sum(length) AS bytes FROM blocks GROUP BY folder) AS sums ON sums.folder = number
  WHERE folders.bytes <> ifnull(sums.bytes, 0)`

/**
 * What is wrong with a block store's database by all that it says of itself, as half a sentence; null: nothing. Reads all of it from
 * the disk, whatever others have in memory, and changes nothing. That blocks are what their digests name is not looked at. Throws where
 * that cannot be told now.
 */
export function storeDatabaseFault(file: string): string | null {
  if (!existsSync(file)) return 'it is gone'
  try {
    return withReader(file, (db) => db.read(() => faultOf(db)))
  } catch (error) {
    if (!isDamage(error)) throw error
    return messageOf(error)
  }
}

/** Is it the file that something failed for, rather than the disk, its rights or its room? */
function isDamage(error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return !/^E(?!RR_)/.test(errnoOf(error) ?? '')
  const { cause } = error
  const code = typeof cause === 'object' && cause !== null && 'errcode' in cause ? cause.errcode : null
  return error.code === 'corrupt' || code === SQLITE_ERROR || code === SQLITE_IOERR_READ
}

/** Runs `work` with the tables of a block store's database, which is only read, from the disk as it is now. Throws as opening it does. */
export function readStoreDatabase<T>(file: string, work: (table: StoreDatabase) => Promise<T>): Promise<T> {
  return withReader(file, async (db) => {
    checkSchema(db, storeSchema)
    return work(new StoreDatabase(db))
  })
}

function withReader<T>(file: string, work: (db: Database) => T): T {
  const db = new Database(file, undefined, { readOnly: true })
  let isLater = false
  try {
    const result = work(db)
    if (!(result instanceof Promise)) return result
    isLater = true
    return result.finally(() => db.abandon()) as T
  } finally {
    if (!isLater) db.abandon()
  }
}

function faultOf(db: Database): string | null {
  checkSchema(db, storeSchema)
  const first = (sql: string): string | number | undefined => db.query<[string | number]>(sql).get()?.[0]
  // Of any other mode is the file alone, without what its log has.
  if (first('PRAGMA journal_mode') !== 'wal') return 'it does not say that it has a log'
  const whole = first('PRAGMA integrity_check(1)')
  if (whole !== 'ok') return String(whole)
  if (first(STRANGE_BLOCKS) !== 0) return 'it has rows that cannot be'
  const isSized = Number(first('PRAGMA user_version')) >= 3
  if (first(WRONG_TOTALS) !== 0 || (isSized && first(WRONG_SIZES) !== 0)) return 'its totals are not those of its rows'
  return null
}
