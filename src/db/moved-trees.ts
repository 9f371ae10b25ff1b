import {
  packStats,
  parentPath,
  pathKey,
  recordContent,
  recordMetadata,
  recordPath,
  sameButPlace,
  sameContent,
  showsMetadata,
  type DiskStat,
  type StatRow,
  type Version,
} from '#model'
import type { MovedTree, TreeMove } from './applied.ts'
import type { Contents } from './contents.ts'
import type { Database, Query } from './database.ts'
import type { DiskView } from './disk-view.ts'
import type { Ledger } from './ledger.ts'
import type { Tables } from './tables/index.ts'
import { below } from './tables/paths.ts'
import { diskKind, FILE, NOT_LOCAL } from './tables/shown.ts'

const NONE = new Uint8Array(0)
/** Entries that are kept from `find` to `note`, at most; reading those of a larger tree again takes less than their memory is worth. */
const MAX_KEPT = 20_000
/** Entries of a new directory looked at, at most, for a file that is elsewhere; and how many such files. */
const MAX_SAMPLES = 16
const MAX_FILES = 4

/** What the disk shows at a path of the old tree, and what is known of the same path in the new one. */
type Row = [
  id: number,
  key: string,
  source: number | null,
  name: string | null,
  kind: number,
  size: number,
  mtime: number,
  ctime: number,
  ino: number,
  mode: number,
  local: number,
  record: number | null,
  body: Uint8Array | null,
  newId: number | null,
  newKey: string | null,
  newLive: number | null,
  newRecord: number | null,
  newBody: Uint8Array | null,
  newShown: number | null,
  newRevision: number | null,
]

/** An entry of the tree that is the same under its new path. */
interface Moved {
  id: number
  kind: number
  stat: Pick<DiskStat, 'mtimeMs' | 'ctimeMs' | 'mode'>
  /** Of the old path. */
  record: number
  body: Uint8Array
  newId: number
  newKey: string
  /** The new path's record that says the same, and the revision of its to-do item; null where there is none. */
  newRecord: number | null
  newRevision: number | null
}

/** What `find` found, with the database's count of changes then. */
interface Found {
  from: string
  to: string
  changes: number
  entries: Moved[]
}

interface Parts {
  ledger: Ledger
  view: DiskView
  contents: Contents
}

/**
 * Directories that were renamed on another device: found among what is to-do, and noted at once for all that is below them. A row
 * for each file would take ten times as long.
 */
export class MovedTrees {
  readonly #tables: Tables
  readonly #parts: Parts
  readonly #samples: Query<[number]>
  readonly #lives: Query<[number]>
  readonly #rows: Query<Row>
  readonly #changes: Query<[number]>
  #found: Found | null = null

  constructor(db: Database, tables: Tables, parts: Parts) {
    this.#tables = tables
    this.#parts = parts
    this.#samples = db.query(`SELECT id FROM paths WHERE key > ? AND key < ? AND live = 1 LIMIT ${MAX_SAMPLES}`)
    this.#lives = db.query('SELECT 1 FROM paths WHERE live = 1 AND (key = ?1 OR (key > ?2 AND key < ?3)) LIMIT 1')
    // CROSS JOIN: in the order of the names, whatever the planner thinks of it. ?1 and ?2: the old and the new tree's key; ?3: where
    // what follows the first begins in a key; ?4 and ?5: the range below it. Several heads of the new path give as many rows.
    this.#rows =
      db.query(`SELECT p.id, p.key, s.source, s.name, s.kind, s.size, s.mtime, s.ctime, s.ino, s.mode, s.local, s.record,
      o.body, n.id, n.key, n.live, h.record, r.body, x.path, t.revision
      FROM paths p CROSS JOIN shown s ON s.path = p.id LEFT JOIN records o ON o.number = s.record
      LEFT JOIN paths n ON n.key = ?2 || substr(p.key, ?3) LEFT JOIN heads h ON h.path = n.id
      LEFT JOIN records r ON r.number = h.record LEFT JOIN shown x ON x.path = n.id LEFT JOIN todo t ON t.path = n.id
      WHERE p.key = ?1 OR (p.key > ?4 AND p.key < ?5) ORDER BY p.key`)
    this.#changes = db.query('SELECT total_changes()')
  }

  /**
   * The key of a directory beside the new one at `to` that it may be, renamed; `movable` tells where on the disk a file is that is
   * wanted there no longer.
   */
  candidate(to: string, movable: (version: Version) => { path: string } | null): string | null {
    let files = 0
    for (const [id] of this.#samples.all(...below(to))) {
      const [head, ...others] = this.#parts.ledger.heads(id)
      if (head?.version.kind !== 'file' || others.length > 0) continue
      const inside = pathKey(head.version.path).slice(to.length)
      const from = pathKey(movable(head.version)?.path ?? '')
      const tree = from.endsWith(inside) ? from.slice(0, -inside.length) : ''
      if (tree !== '' && tree !== to && parentPath(tree) === parentPath(to)) return tree
      if (++files === MAX_FILES) return null
    }
    return null
  }

  /** See FolderIndex.movedTree. */
  find(from: string, to: string): MovedTree | null {
    const { state } = this.#tables
    const rows: StatRow[] = []
    const entries: Moved[] = []
    const missing = { whole: false, entries: packStats([]), revision: state.stamp }
    this.#found = null
    if (this.#isInConflict(from, to)) return null
    if (this.#lives.get(from, ...below(from)) !== undefined) return missing
    for (const row of this.#rows.iterate(...ranges(from, to))) {
      const [, key, , , kind, size, mtimeMs, ctimeMs, ino, mode, , , , , , live, , newBody, newShown] = row
      if (!isPlain(row) || newShown !== null) return null
      const entry = movedOf(row)
      if (entry === undefined || live !== 1 || newBody === null) return missing
      if (rows.at(-1)?.path === key || entry.newRecord === null || recordPath(newBody) !== entry.newKey) return null
      rows.push({ path: key, kind: diskKind(kind), stat: { size, mtimeMs, ctimeMs, ino, mode } })
      if (rows.length <= MAX_KEPT) entries.push(entry)
    }
    if (rows[0]?.kind !== 'directory') return null
    if (rows.length <= MAX_KEPT) this.#found = { from, to, changes: this.#changeCount, entries }
    return { whole: true, entries: packStats(rows), revision: state.stamp }
  }

  /** Notes that the tree is at its new path. */
  note({ from, to, revision }: TreeMove): void {
    const { shown, chunks, todo, paths } = this.#tables
    const { ledger, contents } = this.#parts
    const entries = this.#entries(from, to)
    paths.setGoneBelow(from)
    for (const { id, kind, stat, record, body, newId, newKey, newRecord, newRevision } of entries) {
      const isAsFound = newRecord !== null && newRevision !== null && newRevision <= revision
      const moved = isAsFound ? newRecord : this.#sameRecord(record, newId, newKey)
      // What is not known to be there the next scan finds.
      if (moved === null) continue
      shown.move(id, { path: newId, record: moved, name: null, ctimeMs: stat.ctimeMs, mode: stat.mode })
      // What the two records say of the file is the same.
      if (kind === FILE) chunks.move(id, newId, contents.chunks(recordContent(body)) ?? NONE)
      const isDone = isAsFound && showsMetadata(diskKind(kind), stat, recordMetadata(body))
      if (!isDone) ledger.demand(newId, newKey)
    }
    todo.settleShown(to, revision)
    // What has come to life below it meanwhile needs directories there.
    if (this.#lives.get(from, ...below(from)) === undefined) todo.settleDead(from)
    ledger.reconsider(parentPath(from))
  }

  /** What was shown of the old tree, less what `find` could not have meant because it has come since. */
  #entries(from: string, to: string): Moved[] {
    const found = this.#found
    this.#found = null
    if (found?.from === from && found.to === to && found.changes === this.#changeCount) return found.entries
    const entries = new Map<number, Moved>()
    for (const row of this.#rows.all(...ranges(from, to))) {
      const entry = isPlain(row) ? movedOf(row) : undefined
      if (entry !== undefined && !entries.has(entry.id)) entries.set(entry.id, entry)
    }
    return [...entries.values()]
  }

  /** Rows changed since the database was opened. */
  get #changeCount(): number {
    return this.#changes.get()?.[0] ?? 0
  }

  /** The record of a path by which `find` knew it, where others have come since. */
  #sameRecord(record: number, path: number, key: string): number | null {
    const { version } = this.#tables.records.read(record)
    for (const known of this.#tables.records.ofPath(path))
      if (known.version.path === key && sameContent(known.version, version)) return known.record
    return null
  }

  #isInConflict(...trees: string[]): boolean {
    const { state, shown, records } = this.#tables
    if (state.conflicts === 0) return false
    const names = shown.derived().flatMap((row) => [this.#parts.view.nameOf(row), records.pathOf(row.record ?? 0)])
    return names.some((name) => trees.some((tree) => pathKey(name).startsWith(`${tree}/`)))
  }
}

/** Nothing that stays behind when its directory is moved: a local edit, say, or a conflict file. */
function isPlain([, , source, name, , , , , , , local, record, body]: Row): boolean {
  return source === null && name === null && local === NOT_LOCAL && record !== null && body !== null
}

/** Undefined where nothing is known of the new path. */
function movedOf(row: Row): Moved | undefined {
  const [id, , , , kind, , mtimeMs, ctimeMs, , mode, , record, body, newId, newKey, , head, newBody, , newRevision] = row
  if (record === null || body === null || newId === null || newKey === null) return undefined
  const newRecord = newBody !== null && sameButPlace(body, newBody) ? head : null
  return { id, kind, stat: { mtimeMs, ctimeMs, mode }, record, body, newId, newKey, newRecord, newRevision }
}

function ranges(from: string, to: string): [string, string, number, string, string] {
  // In code points, as SQLite counts.
  return [from, to, Array.from(from).length + 1, ...below(from)]
}
