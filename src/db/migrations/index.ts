import { HoldfastError } from '#base'
import type { Database } from '../database.ts'

/** One step from a version of a database to the next, as SQL. It runs in one transaction with the note that it has run. */
export interface Migration {
  readonly number: number
  readonly sql: string
}

/** A kind of database: what tells its files from others, and its migrations in order, numbered from 1. */
export interface Schema {
  /** SQLite's application_id: four ASCII letters. */
  readonly application: number
  readonly migrations: readonly Migration[]
}

/**
 * Brings a database to the newest version, step by step; one that was stopped in between goes on where it stopped. Throws
 * `unsupported` for a file of a newer Holdfast, `corrupt` for a database of another kind.
 */
export function migrate(db: Database, schema: Schema): void {
  const application = pragma(db, 'application_id')
  const version = pragma(db, 'user_version')
  if (application !== schema.application && (application !== 0 || version !== 0)) {
    throw new HoldfastError('corrupt', `the database ${db.file} is of another kind`, { hint: 'move the file away' })
  }
  const newest = schema.migrations.at(-1)?.number ?? 0
  if (version > newest) {
    throw new HoldfastError(
      'unsupported',
      `the database ${db.file} was written by a newer Holdfast (its version ${version}, known here ${newest})`,
      {
        hint: 'update Holdfast on this device',
      },
    )
  }
  for (const migration of schema.migrations) {
    if (migration.number <= version) continue
    db.transaction(() => {
      db.exec(migration.sql)
      db.exec(`PRAGMA application_id = ${schema.application}; PRAGMA user_version = ${migration.number}`)
    })
  }
}

function pragma(db: Database, name: string): number {
  return db.guard(() => db.query<[number]>(`PRAGMA ${name}`).get()?.[0] ?? 0)
}
