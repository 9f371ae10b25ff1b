import { byPrecedence, hlcTime, isLive, pathKey, type Version } from '#model'
import type { Database, Query } from './database.ts'
import type { DiskView } from './disk-view.ts'
import type { Conflict, ListedEntry } from './folder-index.ts'
import type { Ledger } from './ledger.ts'
import type { Tables } from './tables/index.ts'
import { below } from './tables/paths.ts'
import { diskKind, LOCAL, TOMBSTONE, type ShownRow } from './tables/shown.ts'

/** What the user sees of a folder: its entries, and its conflicts. */
export class Listing {
  readonly #tables: Tables
  readonly #parts: { ledger: Ledger; view: DiskView }
  readonly #keys: Query<[string, number]>

  constructor(db: Database, tables: Tables, parts: { ledger: Ledger; view: DiskView }) {
    this.#tables = tables
    this.#parts = parts
    this.#keys = db.query(`SELECT key, id FROM paths WHERE key > ? AND key < ?
      AND (live = 1 OR EXISTS (SELECT 1 FROM shown WHERE path = id)) ORDER BY key LIMIT ?`)
  }

  page(under: string, after: string, limit: number): ListedEntry[] {
    const [from, to] = below(pathKey(under))
    const start = pathKey(after)
    const entries: ListedEntry[] = []
    for (const [key, id] of this.#keys.all(Buffer.compare(Buffer.from(start), Buffer.from(from)) > 0 ? start : from, to, limit)) {
      entries.push(this.#entry(key, id))
    }
    return entries
  }

  conflicts(): Conflict[] {
    return this.#tables.shown.derived().map((row) => {
      const { version } = this.#tables.records.read(row.record ?? 0)
      return { path: version.path, with: this.#parts.view.nameOf(row), device: version.author, time: hlcTime(version.hlc) }
    })
  }

  #entry(key: string, id: number): ListedEntry {
    const { shown, todo } = this.#tables
    const row = shown.get(id)
    const pending = todo.revision(id) !== undefined
    if (row === undefined) return this.#missing(key, id)
    const local = row.local === LOCAL
    const state = local ? 'local' : row.source !== null ? 'conflict' : pending ? 'pending' : 'synced'
    if (row.kind === TOMBSTONE) return { ...this.#missing(key, id), state }
    const version = row.record === null || row.local === LOCAL ? null : this.#tables.records.read(row.record).version.id
    return { path: row.name ?? key, kind: diskKind(row.kind), size: row.stat.size, modified: row.stat.mtimeMs, version, state }
  }

  /** What is to be there, or was before it was deleted here alone. */
  #missing(key: string, id: number): ListedEntry {
    const row = this.#tables.shown.get(id)
    const version = this.#winner(id) ?? this.#version(row)
    const kind = version === undefined || version.kind === 'tombstone' ? 'file' : version.kind
    return {
      path: version?.path ?? key,
      kind,
      size: version?.size ?? 0,
      modified: (version?.mtime ?? 0) / 1000,
      version: version?.id ?? null,
      state: 'pending',
    }
  }

  #winner(id: number): Version | undefined {
    const live = this.#parts.ledger.heads(id).map(({ version }) => version)
    return live.filter(isLive).toSorted(byPrecedence)[0]
  }

  #version(row: ShownRow | undefined): Version | undefined {
    return row?.record == null ? undefined : this.#tables.records.read(row.record).version
  }
}
