import { byPrecedence, hlcTime, isLive, pathKey, sameContent, type Version } from '#model'
import type { Database, Query } from './database.ts'
import type { DiskView } from './disk-view.ts'
import type { Conflict, ListedEntry } from './folder-index.ts'
import type { Ledger } from './ledger.ts'
import type { Tables } from './tables/index.ts'
import { below } from './tables/paths.ts'
import type { Known } from './tables/records.ts'
import { diskKind, DIRECTORY, LOCAL, TOMBSTONE, type ShownRow } from './tables/shown.ts'

/** What the user sees of a folder: its entries, and its conflicts. */
export class Listing {
  readonly #tables: Tables
  readonly #parts: { ledger: Ledger; view: DiskView }
  readonly #keys: Query<[string, number]>

  constructor(db: Database, tables: Tables, parts: { ledger: Ledger; view: DiskView }) {
    this.#tables = tables
    this.#parts = parts
    this.#keys = db.query(`SELECT key, id FROM paths WHERE key > ? AND key < ?
      AND (live = 1 OR EXISTS (SELECT 1 FROM shown WHERE path = id)
        OR EXISTS (SELECT 1 FROM paths AS inner WHERE inner.key > paths.key || '/' AND inner.key < paths.key || '0' AND inner.live = 1))
      ORDER BY key LIMIT ?`)
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

  /** What is at each of some paths, or was before it was deleted; null for one of which nothing is known. */
  at(keys: readonly string[]): ({ entry: ListedEntry; isDeleted: boolean } | null)[] {
    const { paths, shown, heads } = this.#tables
    return keys.map((key) => {
      const row = paths.find(key)
      if (row === undefined) return null
      const isThere = row.live || shown.get(row.id) !== undefined || paths.livesBelow(key)
      if (isThere) return { entry: this.#entry(key, row.id), isDeleted: false }
      const version = heads
        .of(row.id)
        .map((head) => head.version)
        .toSorted(byPrecedence)[0]
      if (version === undefined) return null
      const { path, id } = version
      return { entry: { path, kind: 'file', size: 0, modified: 0, version: id, state: 'synced' }, isDeleted: true }
    })
  }

  conflicts(): Conflict[] {
    return this.#tables.shown.derived().map((row) => {
      const { version } = this.#tables.records.read(row.record ?? 0)
      const source = row.source ?? 0
      const heads = this.#parts.ledger.heads(source)
      const main = this.#tables.shown.get(source)
      return {
        path: version.path,
        with: this.#parts.view.nameOf(row),
        time: hlcTime(version.hlc),
        ...(this.#writer(row, heads) ?? { device: version.author, own: false }),
        shown: main === undefined ? null : this.#writer(main, heads),
      }
    })
  }

  /** Who wrote what a row shows; a local edit is this device's own. */
  #writer({ kind, record, local }: ShownRow, heads: readonly Known[]): Conflict['shown'] {
    const { state, records } = this.#tables
    if (local === LOCAL) return { device: state.device, own: true }
    if (record === null) return null
    // A directory that is there for what is below it is noted under whatever there is.
    const known = kind === DIRECTORY ? directoryHead(heads, record) : records.read(record)
    if (known === undefined) return null
    const { version } = known
    const isOwn = heads.some((head) => head.version.author === state.device && sameContent(head.version, version))
    return { device: version.author, own: isOwn || version.author === state.device }
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
    const isBelow = this.#tables.paths.livesBelow(key)
    const version = this.#winner(id, isBelow) ?? this.#version(row)
    const kind = isBelow ? 'directory' : version === undefined || version.kind === 'tombstone' ? 'file' : version.kind
    return {
      path: version?.path ?? key,
      kind,
      size: version?.size ?? 0,
      modified: (version?.mtime ?? 0) / 1000,
      version: version?.id ?? null,
      state: 'pending',
    }
  }

  /** A directory keeps the name, also one that is there for what is below it alone. */
  #winner(id: number, isBelow: boolean): Version | undefined {
    const heads = this.#parts.ledger.heads(id).map(({ version }) => version)
    const live = heads.filter(isLive).toSorted(byPrecedence)
    return live.find(({ kind }) => kind === 'directory') ?? (isBelow ? undefined : live[0])
  }

  #version(row: ShownRow | undefined): Version | undefined {
    return row?.record == null ? undefined : this.#tables.records.read(row.record).version
  }
}

/** The head that a directory shows, for which `record` may be an older one. */
function directoryHead(heads: readonly Known[], record: number): Known | undefined {
  const found = heads.filter(({ version }) => version.kind === 'directory')
  return found.find((head) => head.record === record) ?? found.toSorted((a, b) => byPrecedence(a.version, b.version))[0]
}
