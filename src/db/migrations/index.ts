import { HoldfastError } from '#base'
import { Database } from '../database.ts'

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
    throw new HoldfastError('corrupt', `the database ${db.file} is of another kind`, {
      reason: 'database-other',
      values: { path: db.file },
      hint: 'move the file away',
    })
  }
  const newest = schema.migrations.at(-1)?.number ?? 0
  if (version > newest) {
    throw new HoldfastError(
      'unsupported',
      `the database ${db.file} was written by a newer Holdfast (its version ${version}, known here ${newest})`,
      {
        reason: 'database-newer',
        values: { path: db.file },
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

/** Of each schema the tables of each of its versions, as SQLite tells them. */
const known = new Map<Schema, readonly string[]>()

/** Throws `corrupt` where a file's tables are not those of the version that its header names, as flipped bits make them. */
export function checkSchema(db: Database, schema: Schema): void {
  const [found, version, application] = [tablesOf(db), pragma(db, 'user_version'), pragma(db, 'application_id')]
  const versions = known.get(schema) ?? versionsOf(schema)
  known.set(schema, versions)
  const fitting = versions.indexOf(found)
  const isOurs = fitting === version && application === (version === 0 ? 0 : schema.application)
  if (isOurs || (fitting === -1 && version >= versions.length)) return
  throw new HoldfastError('corrupt', `the database ${db.file} is damaged, or of another kind`, {
    reason: 'database-other',
    values: { path: db.file },
    hint: 'move the file away',
  })
}

function versionsOf(schema: Schema): string[] {
  const memory = new Database(':memory:')
  try {
    return [{ sql: '' }, ...schema.migrations].map(({ sql }) => {
      memory.exec(sql)
      return tablesOf(memory)
    })
  } finally {
    memory.abandon()
  }
}

function tablesOf(db: Database): string {
  const rows = db.guard(() =>
    db
      .query<[string | null]>("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name")
      .all(),
  )
  return JSON.stringify(rows)
}

function pragma(db: Database, name: string): number {
  return db.guard(() => db.query<[number]>(`PRAGMA ${name}`).get()?.[0] ?? 0)
}
