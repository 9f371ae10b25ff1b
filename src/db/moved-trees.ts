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
/** Entries of a new directory looked at, at most, for a file that is elsewhere; and how many such files. */
const MAX_SAMPLES = 16
const MAX_FILES = 4

/** What the disk shows at a path of the old tree, and what is known of the same path in the new one. */
type PairRow = [
  key: string,
  live: number,
  source: number | null,
  name: string | null,
  kind: number,
  size: number,
  mtime: number,
  ctime: number,
  ino: number,
  mode: number,
  local: number,
  body: Uint8Array | null,
  newKey: string | null,
  newLive: number | null,
  newBody: Uint8Array | null,
  newShown: number | null,
]

type MoveRow = [
  id: number,
  kind: number,
  mtimeMs: number,
  ctimeMs: number,
  mode: number,
  record: number,
  body: Uint8Array,
  newId: number,
  newKey: string,
  newRecord: number | null,
  newBody: Uint8Array | null,
  newRevision: number | null,
]

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
  readonly #pairs: Query<PairRow>
  readonly #moves: Query<MoveRow>

  constructor(db: Database, tables: Tables, parts: Parts) {
    this.#tables = tables
    this.#parts = parts
    // CROSS JOIN: in the order of the names, whatever the planner thinks of it. ?1 and ?2: the old and the new tree's key; ?3: where
    // what follows the first begins in a key; ?4 and ?5: the range below it.
    const trees = `FROM paths p CROSS JOIN shown s ON s.path = p.id
      LEFT JOIN paths n ON n.key = ?2 || substr(p.key, ?3) LEFT JOIN heads h ON h.path = n.id`
    const range = '(p.key = ?1 OR (p.key > ?4 AND p.key < ?5)) ORDER BY p.key'
    this.#samples = db.query(`SELECT id FROM paths WHERE key > ? AND key < ? AND live = 1 LIMIT ${MAX_SAMPLES}`)
    this.#lives = db.query('SELECT 1 FROM paths WHERE live = 1 AND (key = ?1 OR (key > ?2 AND key < ?3)) LIMIT 1')
    this.#pairs =
      db.query(`SELECT p.key, p.live, s.source, s.name, s.kind, s.size, s.mtime, s.ctime, s.ino, s.mode, s.local, o.body,
      n.key, n.live, r.body, x.path ${trees} LEFT JOIN records o ON o.number = s.record
      LEFT JOIN records r ON r.number = h.record LEFT JOIN shown x ON x.path = n.id WHERE ${range}`)
    // What `find` could not have meant has come since.
    const meant = `n.id IS NOT NULL AND s.source IS NULL AND s.name IS NULL AND s.local = ${NOT_LOCAL}`
    this.#moves =
      db.query(`SELECT p.id, s.kind, s.mtime, s.ctime, s.mode, s.record, o.body, n.id, n.key, h.record, r.body, t.revision
      ${trees} JOIN records o ON o.number = s.record LEFT JOIN records r ON r.number = h.record
      LEFT JOIN todo t ON t.path = n.id WHERE ${meant} AND ${range}`)
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
    const missing = { whole: false, entries: packStats([]), revision: state.stamp }
    if (this.#isInConflict(from, to)) return null
    if (this.#lives.get(from, ...below(from)) !== undefined) return missing
    for (const row of this.#pairs.iterate(...ranges(from, to))) {
      const [key, , source, name, kind, size, mtimeMs, ctimeMs, ino, mode, local, body, newKey, live, newBody, newShown] = row
      if (source !== null || name !== null || local !== NOT_LOCAL || body === null || newShown !== null) return null
      if (newKey === null || live !== 1 || newBody === null) return missing
      // Several heads give as many rows.
      if (rows.at(-1)?.path === key || !sameButPlace(body, newBody) || recordPath(newBody) !== newKey) return null
      rows.push({ path: key, kind: diskKind(kind), stat: { size, mtimeMs, ctimeMs, ino, mode } })
    }
    return rows[0]?.kind === 'directory' ? { whole: true, entries: packStats(rows), revision: state.stamp } : null
  }

  /** Notes that the tree is at its new path. */
  note({ from, to, revision }: TreeMove): void {
    const { shown, chunks, todo, paths } = this.#tables
    const { ledger, contents } = this.#parts
    paths.setGoneBelow(from)
    let last = 0
    for (const row of this.#moves.all(...ranges(from, to))) {
      const [id, kind, mtimeMs, ctimeMs, mode, record, body, newId, newKey, newRecord, newBody, newRevision] = row
      // Several heads give as many rows.
      if (id === last) continue
      last = id
      const isSame = newRecord !== null && newBody !== null && sameButPlace(body, newBody)
      const isAsFound = isSame && newRevision !== null && newRevision <= revision
      const moved = isAsFound ? newRecord : this.#sameRecord(record, newId, newKey)
      // What is not known to be there the next scan finds.
      if (moved === null) continue
      shown.move(id, { path: newId, record: moved, name: null, ctimeMs, mode })
      // What the two records say of the file is the same.
      if (kind === FILE) chunks.move(id, newId, contents.chunks(recordContent(body)) ?? NONE)
      const isDone = isAsFound && showsMetadata(diskKind(kind), { mtimeMs, mode }, recordMetadata(body))
      if (!isDone) ledger.demand(newId, newKey)
    }
    todo.settleShown(to, revision)
    // What has come to life below it meanwhile needs directories there.
    if (this.#lives.get(from, ...below(from)) === undefined) todo.settleDead(from)
    ledger.reconsider(parentPath(from))
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

function ranges(from: string, to: string): [string, string, number, string, string] {
  // In code points, as SQLite counts.
  return [from, to, Array.from(from).length + 1, ...below(from)]
}
