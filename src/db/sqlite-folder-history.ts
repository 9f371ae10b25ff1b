import { byPrecedence, hlcTime, pathKey, supersedes, type ChunkList, type Version, type VersionId } from '#model'
import { ID_BYTES, idStarts } from './chunk-places.ts'
import { Contents } from './contents.ts'
import type { Database, Query } from './database.ts'
import type { FolderHistory, Have, KeepItem, PastVersion } from './folder-history.ts'
import type { Synchronous } from './promised.ts'
import type { Tables } from './tables/index.ts'
import { below } from './tables/paths.ts'

const NONE = new Uint8Array(0)
/** Chunk lists that one call of `toKeep` gives, bytes, but for the last. */
const MAX_LIST_BYTES = 1024 * 1024

/** FolderHistory over SQLite, synchronous. */
export class SqliteFolderHistory implements Synchronous<FolderHistory> {
  readonly #db: Database
  readonly #tables: Tables
  readonly #contents: Contents
  readonly #keys: Query<[string, number]>

  constructor(db: Database, tables: Tables) {
    this.#db = db
    this.#tables = tables
    this.#contents = new Contents(tables.records, tables.pieces)
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
      const key = pathKey(under)
      const [, to] = below(key)
      const listed: PastVersion[] = []
      let from = pathKey(after)
      // A path of which nothing was known at the time takes no place in the page.
      while (listed.length < limit) {
        const page = this.#keys.all(key, to, from, limit)
        for (const [found, id] of page) {
          from = found
          if (found !== key && key !== '' && !found.startsWith(`${key}/`)) continue
          const shown = this.#at(id, time)
          if (shown !== undefined) listed.push(shown)
          if (listed.length === limit) break
        }
        if (page.length < limit) break
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

  keepAnew(): void {
    this.#write(() => this.#tables.keeping.anew())
  }

  keeping(): number {
    return this.#db.read(() => this.#tables.keeping.count)
  }

  #items(numbers: readonly number[]): KeepItem[] {
    const items: KeepItem[] = []
    let bytes = 0
    for (const record of numbers) {
      const { version } = this.#tables.records.read(record)
      const chunks = version.kind === 'file' ? this.#contents.chunks(version) : NONE
      items.push({ record, version, isHead: this.#isHead(record), chunks })
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
  #write(work: () => void): void {
    const { state } = this.#tables
    try {
      this.#db.transaction(() => {
        work()
        state.save()
      })
    } catch (error) {
      this.#db.guard(() => state.load())
      throw error
    }
  }

  unkept(): Have[] {
    const { keeping, chains } = this.#tables
    return this.#db.read(() => {
      const firsts = keeping.firsts()
      return chains.all().flatMap(({ id, author, epoch }) => {
        const first = firsts.get(id)
        return first === undefined ? [] : [{ author, epoch, seq: first - 1 }]
      })
    })
  }

  #versions(path: string): PastVersion[] {
    const { paths, records, heads } = this.#tables
    const id = paths.find(pathKey(path))?.id
    if (id === undefined) return []
    const current = new Set(heads.of(id).map(({ record }) => record))
    return [...records.ofPath(id)]
      .map(({ record, version }) => ({ version, isHead: current.has(record) }))
      .toSorted((a, b) => byPrecedence(a.version, b.version))
  }

  /** Of the versions written until then that none of them supersedes, the one that shows. */
  #at(path: number, time: number): PastVersion | undefined {
    const { records, heads } = this.#tables
    const known = [...records.ofPath(path)]
    const then = known.filter(({ version }) => hlcTime(version.hlc) <= time)
    const last = then.filter(
      ({ version }) => !then.some((other) => other.version !== version && supersedes(other.version, version)),
    )
    const [shown] = last.toSorted((a, b) => rank(a.version) - rank(b.version) || byPrecedence(a.version, b.version))
    return shown && { version: shown.version, isHead: heads.has(path, shown.record) }
  }
}

/** What was edited stays where it was deleted elsewhere meanwhile; a directory keeps the name. */
function rank({ kind }: Version): number {
  return kind === 'directory' ? 0 : kind === 'tombstone' ? 2 : 1
}
