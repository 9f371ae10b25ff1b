import { byPrecedence, hlcTime, pathKey, supersedes, type ChunkList, type Version, type VersionId } from '#model'
import { ArchivedVersions } from './archived-versions.ts'
import { ID_BYTES, idStarts } from './chunk-places.ts'
import { Contents } from './contents.ts'
import type { Database, Query } from './database.ts'
import type {
  ArchivedVersion,
  FolderHistory,
  Have,
  KeepItem,
  PastVersion,
  RetainablePage,
  RetainableRecord,
} from './folder-history.ts'
import type { Synchronous } from './promised.ts'
import { RetainedChunks } from './retained-chunks.ts'
import type { Tables } from './tables/index.ts'
import { below } from './tables/paths.ts'

const NONE = new Uint8Array(0)
/** Chunk lists that one call of `toKeep` gives, bytes, but for the last. */
const MAX_LIST_BYTES = 1024 * 1024
/** Paths gone through by one call of `retainable`, and versions that it gives, but for those of the last path. */
const RETAINABLE_PATHS = 1_000
const MAX_RETAINABLE = 2_000
/** Versions that one call of `versionsBelow` gives, but for those of the last path. */
const MAX_VERSIONS = 4_096

/** FolderHistory over SQLite, synchronous. */
export class SqliteFolderHistory implements Synchronous<FolderHistory> {
  readonly #db: Database
  readonly #tables: Tables
  readonly #contents: Contents
  readonly #keys: Query<[string, number]>
  readonly #archived: ArchivedVersions
  #retained: RetainedChunks | null = null

  constructor(db: Database, tables: Tables) {
    this.#db = db
    this.#tables = tables
    this.#contents = new Contents(tables.records, tables.pieces)
    this.#archived = new ArchivedVersions(tables, this.#contents)
    this.#keys = db.query('SELECT key, id FROM paths WHERE key >= ?1 AND key < ?2 AND key > ?3 ORDER BY key LIMIT ?4')
  }

  versions(path: string): PastVersion[] {
    return this.#db.read(() => this.#versions(path))
  }

  version(path: string, id: string): PastVersion | null {
    const [found, ...others] = this.versions(path).filter(({ version }) => version.id.startsWith(id))
    return found === undefined || others.length > 0 ? null : found
  }

  listAt(under: string, time: number, after: string, limit: number): PastVersion[] {
    return this.#db.read(() => {
      const listed: PastVersion[] = []
      // A path of which nothing was known at the time takes no place in the page.
      for (const { id } of this.#pathsBelow(under, after, limit)) {
        const shown = this.#at(id, time)
        if (shown !== undefined) listed.push(shown)
        if (listed.length === limit) break
      }
      return listed
    })
  }

  versionsBelow(under: string, after: string, limit: number): PastVersion[] {
    return this.#db.read(() => {
      const listed: PastVersion[] = []
      let paths = 0
      for (const { id } of this.#pathsBelow(under, after, limit)) {
        for (const version of this.#versionsOf(id)) listed.push(version)
        if (++paths === limit || listed.length >= MAX_VERSIONS) break
      }
      return listed
    })
  }

  chunksOf(path: string, id: VersionId): ChunkList | null {
    const known = this.version(path, id)
    return known === null ? null : this.#db.read(() => this.#contents.chunks(known.version))
  }

  manifestPieces(ids: Uint8Array): (Uint8Array | null)[] {
    return this.#db.read(() => idStarts(ids).map((at) => this.#tables.pieces.get(ids.subarray(at, at + ID_BYTES))))
  }

  putManifestPieces(pieces: readonly { id: Uint8Array; bytes: Uint8Array }[]): void {
    this.#write(() => {
      for (const { id, bytes } of pieces) this.#tables.pieces.put(id, bytes)
    })
  }

  toKeep(limit: number, now: number): KeepItem[] {
    return this.#db.read(() => this.#items(this.#tables.keeping.page(limit, now)))
  }

  looked(after: number, limit: number): (KeepItem & { isKept: boolean })[] {
    const { keeping } = this.#tables
    return this.#db.read(() => {
      const items = this.#items(keeping.looked(after, limit))
      return items.map((item) => ({ ...item, isKept: !keeping.has(item.record) }))
    })
  }

  recordsAfter(after: number, limit: number): KeepItem[] {
    return this.#db.read(() => this.#items(this.#tables.keeping.all(after, limit)))
  }

  keepAgain(numbers: readonly number[]): void {
    this.#write(() => {
      for (const record of numbers) this.#tables.keeping.lookAgain(record)
    })
  }

  kept(looked: readonly { record: number; isHead: boolean; until: number | null }[]): void {
    this.#write(() => {
      for (const { record, isHead, until } of looked)
        this.#tables.keeping.note(record, this.#isHead(record) === isHead ? until : 0)
    })
  }

  nextToKeep(): number | null {
    return this.#db.read(() => this.#tables.keeping.next)
  }

  keepSoon(): void {
    this.#write(() => this.#tables.keeping.hasten())
  }

  keepAnew(): void {
    this.#write(() => this.#tables.keeping.anew())
  }

  keeping(): number {
    return this.#db.read(() => this.#tables.keeping.count)
  }

  archivedAfter(after: number, limit: number): ArchivedVersion[] {
    return this.#db.read(() => this.#archived.after(after, limit))
  }

  archivedNamed(names: readonly string[]): (ArchivedVersion | null)[] {
    return this.#db.read(() => names.map((name) => this.#archived.named(name)))
  }

  retainable(after: number): RetainablePage {
    const { state, forgotten } = this.#tables
    return this.#db.read(() => {
      const to = after + RETAINABLE_PATHS
      const paths: RetainableRecord[][] = []
      let count = 0
      for (const path of forgotten.edited(after, to)) {
        const versions = this.#retainable(path)
        paths.push(versions)
        count += versions.length
        if (count >= MAX_RETAINABLE) return { paths, next: path }
      }
      return { paths, next: to < state.paths ? to : null }
    })
  }

  forget(all: readonly number[]): number {
    const { forgotten, keeping, state } = this.#tables
    return this.#write(() => {
      const fresh = all.filter((record) => !this.#isHead(record) && !forgotten.has(record))
      for (const record of fresh) {
        forgotten.add(record)
        // Whoever looks at it later finds that there is nothing to do.
        if (record <= state.kept) keeping.note(record, null)
      }
      return fresh.length
    })
  }

  remember(all: readonly number[]): void {
    const { forgotten, keeping } = this.#tables
    this.#write(() => {
      for (const record of all) {
        forgotten.remove(record)
        keeping.lookAgain(record)
      }
    })
    for (const record of all) this.#retained?.include(record)
  }

  gatherRetained(): { isComplete: boolean; unknown: string | null } {
    const retained = (this.#retained ??= new RetainedChunks(this.#tables))
    if (!retained.isComplete) this.#db.read(() => retained.step())
    return { isComplete: retained.isComplete, unknown: retained.unknown }
  }

  unneeded(ids: Uint8Array): Uint8Array | null {
    return this.gatherRetained().isComplete ? this.#retained!.without(ids) : null
  }

  endGathering(): void {
    this.#retained = null
  }

  records(): number {
    return this.#tables.records.count
  }

  #retainable(path: number): RetainableRecord[] {
    const { records, heads, forgotten } = this.#tables
    return [...records.ofPath(path)].map(({ record, version }) => ({
      record,
      version,
      isHead: heads.has(path, record),
      isForgotten: forgotten.has(record),
    }))
  }

  #items(numbers: readonly number[]): KeepItem[] {
    const items: KeepItem[] = []
    let bytes = 0
    for (const record of numbers) {
      const { version } = this.#tables.records.read(record)
      const isForgotten = this.#tables.forgotten.has(record)
      const chunks = version.kind === 'file' && !isForgotten ? this.#contents.chunks(version) : NONE
      items.push({ record, version, isHead: this.#isHead(record), isForgotten, chunks })
      bytes += chunks?.length ?? 0
      if (bytes > MAX_LIST_BYTES) break
    }
    return items
  }

  #isHead(record: number): boolean {
    const { paths, records, heads } = this.#tables
    const path = paths.find(pathKey(records.pathOf(record)))
    return path !== undefined && heads.has(path.id, record)
  }

  /** Runs a call that changes these tables alone: all of it or nothing. */
  #write<T>(work: () => T): T {
    const { state } = this.#tables
    try {
      return this.#db.transaction(() => {
        const result = work()
        state.save()
        return result
      })
    } catch (error) {
      this.#db.guard(() => state.load())
      throw error
    }
  }

  unkept(): Have[] {
    return this.#db.read(() => this.#tables.keeping.behind(this.#tables.chains.all()))
  }

  /** The paths below `under`, or `under` itself, after `after`; read `limit` at once. */
  *#pathsBelow(under: string, after: string, limit: number): Generator<{ id: number }> {
    const key = pathKey(under)
    const [, to] = below(key)
    let from = pathKey(after)
    for (;;) {
      const page = this.#keys.all(key, to, from, limit)
      for (const [found, id] of page) {
        from = found
        if (found === key || key === '' || found.startsWith(`${key}/`)) yield { id }
      }
      if (page.length < limit) return
    }
  }

  #versions(path: string): PastVersion[] {
    const id = this.#tables.paths.find(pathKey(path))?.id
    return id === undefined ? [] : this.#versionsOf(id)
  }

  #versionsOf(id: number): PastVersion[] {
    const { records, heads, forgotten } = this.#tables
    const current = new Set(heads.of(id).map(({ record }) => record))
    return [...records.ofPath(id)]
      .map(({ record, version }) => ({ version, isHead: current.has(record), isForgotten: forgotten.has(record) }))
      .toSorted((a, b) => byPrecedence(a.version, b.version))
  }

  /** Of the versions written until then that none of them supersedes, the one that shows. */
  #at(path: number, time: number): PastVersion | undefined {
    const { records, heads, forgotten } = this.#tables
    const then = [...records.ofPath(path)].filter(({ version }) => hlcTime(version.hlc) <= time)
    const last = then.filter(
      ({ version }) => !then.some((other) => other.version !== version && supersedes(other.version, version)),
    )
    const [shown] = last.toSorted((a, b) => rank(a.version) - rank(b.version) || byPrecedence(a.version, b.version))
    if (shown === undefined) return undefined
    const { record, version } = shown
    return { version, isHead: heads.has(path, record), isForgotten: forgotten.has(record) }
  }
}

/** What was edited stays where it was deleted elsewhere meanwhile; a directory keeps the name. */
function rank({ kind }: Version): number {
  return kind === 'directory' ? 0 : kind === 'tombstone' ? 2 : 1
}
