import type { DiskKind, DiskStat, Kind } from '#model'
import type { Command, Database, Query } from '../database.ts'
import type { State } from './state.ts'

/** Numbers of the kinds in the database, as in records; a tombstone is a local deletion. */
const KINDS: readonly (Kind | undefined)[] = [undefined, 'file', 'directory', 'symlink', 'tombstone']
export const FILE = 1
export const DIRECTORY = 2
export const TOMBSTONE = 4

/** Not a local edit; one that is kept; one that the user wants replaced. */
export const NOT_LOCAL = 0
export const LOCAL = 1
export const REVERTED = 2

/** What the disk shows at a path. */
export interface ShownRow {
  path: number
  /** The record whose content it is; of a local edit the one it was made of, null where there was none. */
  record: number | null
  /** Of a derived conflict file the path that its record belongs to; else null. */
  source: number | null
  /** The path on disk; null where it, the key and the record's path are one, never null for a local edit. */
  name: string | null
  kind: number
  stat: DiskStat
  local: number
  /** Of a local edit of a file: its chunker (one byte) and its own chunks. */
  content: Uint8Array | null
}

/** What may change of a row that is moved to another path. */
export type MovedRow = Pick<ShownRow, 'path' | 'record' | 'name'> & Pick<DiskStat, 'ctimeMs' | 'mode'>

type Row = [
  number,
  number | null,
  number | null,
  string | null,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  Uint8Array | null,
]
const COLUMNS = 'path, record, source, name, kind, size, mtime, ctime, ino, mode, local, content'

/** What the disk shows by the last look, a row for each path; the totals follow it. */
export class Shown {
  readonly #state: State
  readonly #get: Query<Row>
  readonly #ofSource: Query<Row>
  readonly #derived: Query<Row>
  readonly #sources: Query<[number]>
  readonly #local: Query<Row>
  readonly #put: Command
  readonly #move: Command
  readonly #remove: Command

  constructor(db: Database, state: State) {
    this.#state = state
    this.#get = db.query(`SELECT ${COLUMNS} FROM shown WHERE path = ?`)
    this.#ofSource = db.query(`SELECT ${COLUMNS} FROM shown WHERE source = ? ORDER BY path`)
    this.#derived = db.query(`SELECT ${COLUMNS} FROM shown WHERE source IS NOT NULL ORDER BY path`)
    this.#sources = db.query('SELECT COUNT(DISTINCT source) FROM shown WHERE source IS NOT NULL')
    this.#local = db.query(`SELECT ${COLUMNS} FROM shown WHERE local <> 0 AND local = ? ORDER BY path`)
    this.#put = db.command('INSERT OR REPLACE INTO shown VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#move = db.command('UPDATE shown SET path = ?, record = ?, name = ?, ctime = ?, mode = ? WHERE path = ?')
    this.#remove = db.command('DELETE FROM shown WHERE path = ?')
  }

  get(path: number): ShownRow | undefined {
    const row = this.#get.get(path)
    return row === undefined ? undefined : shownRow(row)
  }

  /** Does the path carry a local edit that is kept? */
  isHeld(path: number): boolean {
    return this.#state.localEdits > 0 && this.get(path)?.local === LOCAL
  }

  /** The derived conflict files of a path. */
  ofSource(path: number): ShownRow[] {
    return this.#state.conflicts === 0 ? [] : this.#ofSource.all(path).map(shownRow)
  }

  derived(): ShownRow[] {
    return this.#derived.all().map(shownRow)
  }

  /** How many paths have such files. */
  sources(): number {
    return this.#state.conflicts === 0 ? 0 : (this.#sources.get()?.[0] ?? 0)
  }

  /** Local edits that are kept. */
  local(): ShownRow[] {
    return this.#local.all(LOCAL).map(shownRow)
  }

  /** Sets a path's row; `old` is the one it replaces. */
  put(row: ShownRow, old: ShownRow | undefined): void {
    const { size, mtimeMs, ctimeMs, ino, mode } = row.stat
    this.#put(row.path, row.record, row.source, row.name, row.kind, size, mtimeMs, ctimeMs, ino, mode, row.local, row.content)
    if (old !== undefined) this.#count(old, -1)
    this.#count(row, 1)
  }

  /** What was shown at the path `from` is shown at another one; nothing else about it is new. */
  move(from: number, { path, record, name, ctimeMs, mode }: MovedRow): void {
    this.#move(path, record, name, ctimeMs, mode, from)
  }

  remove(old: ShownRow): void {
    this.#remove(old.path)
    this.#count(old, -1)
  }

  #count(row: ShownRow, by: number): void {
    this.#state.add({
      entries: row.kind === TOMBSTONE ? 0 : by,
      bytes: row.kind === FILE ? by * row.stat.size : 0,
      conflicts: row.source === null ? 0 : by,
      localEdits: row.local === LOCAL ? by : 0,
    })
  }
}

export function kindNumber(kind: Kind): number {
  return KINDS.indexOf(kind)
}

/** The kind of a row that the disk shows (no local deletion). */
export function diskKind(kind: number): DiskKind {
  const name = KINDS[kind]
  if (name === undefined || name === 'tombstone') throw new RangeError(`no entry on disk is of kind ${kind}`)
  return name
}

function shownRow([path, record, source, name, kind, size, mtimeMs, ctimeMs, ino, mode, local, content]: Row): ShownRow {
  return { path, record, source, name, kind, stat: { size, mtimeMs, ctimeMs, ino, mode }, local, content }
}
