import { byPrecedence, hlcTime, pathKey, supersedes, type Version } from '#model'
import type { Database, Query } from './database.ts'
import type { PastVersion } from './folder-history.ts'
import type { Tables } from './tables/index.ts'
import { below } from './tables/paths.ts'

/** Versions that one call of `below` gives, but for those of the last path. */
const MAX_VERSIONS = 4_096

/** The versions of paths, told by the records; as in FolderHistory. */
export class PastVersions {
  readonly #tables: Tables
  readonly #keys: Query<[string, number]>
  readonly #below: Query<[number]>

  constructor(db: Database, tables: Tables) {
    this.#tables = tables
    this.#keys = db.query('SELECT key, id FROM paths WHERE key >= ?1 AND key < ?2 AND key > ?3 ORDER BY key LIMIT ?4')
    this.#below = db.query('SELECT 1 FROM paths WHERE key > ? AND key < ? LIMIT 1')
  }

  versions(path: string): PastVersion[] {
    const id = this.#tables.paths.find(pathKey(path))?.id
    return id === undefined ? [] : this.#versionsOf(id)
  }

  at(under: string, time: number, after: string, limit: number): PastVersion[] {
    const listed: PastVersion[] = []
    // A path of which nothing was known at the time takes no place in the page.
    for (const { id } of this.#pathsBelow(under, after, limit)) {
      const shown = this.#at(id, time)
      if (shown !== undefined) listed.push(shown)
      if (listed.length === limit) break
    }
    return listed
  }

  below(under: string, after: string, limit: number): PastVersion[] {
    const listed: PastVersion[] = []
    let paths = 0
    for (const { key, id } of this.#pathsBelow(under, after, limit)) {
      const has: Pick<PastVersion, 'hasBelow'> = this.#below.get(...below(key)) === undefined ? {} : { hasBelow: true }
      for (const version of this.#versionsOf(id)) listed.push({ ...version, ...has })
      if (++paths === limit || listed.length >= MAX_VERSIONS) break
    }
    return listed
  }

  /** The paths below `under`, or `under` itself, after `after`; read `limit` at once. */
  *#pathsBelow(under: string, after: string, limit: number): Generator<{ key: string; id: number }> {
    const key = pathKey(under)
    const [, to] = below(key)
    let from = pathKey(after)
    for (;;) {
      const page = this.#keys.all(key, to, from, limit)
      for (const [found, id] of page) {
        from = found
        if (found === key || key === '' || found.startsWith(`${key}/`)) yield { key: found, id }
      }
      if (page.length < limit) return
    }
  }

  #versionsOf(id: number): PastVersion[] {
    const { records, heads, forgotten } = this.#tables
    const current = new Set(heads.of(id).map(({ record }) => record))
    return [...records.ofPath(id)]
      .map(({ record, version }) => ({ version, isHead: current.has(record), ...forgotten.of(record) }))
      .toSorted((a, b) => byPrecedence(a.version, b.version))
  }

  /** Of the versions written until then that none of them supersedes, the one that shows. */
  #at(path: number, time: number): PastVersion | undefined {
    const { records, heads, forgotten } = this.#tables
    const shown = shownAt([...records.ofPath(path)], time)
    if (shown === undefined) return undefined
    const { record, version } = shown
    return { version, isHead: heads.has(path, record), ...forgotten.of(record) }
  }
}

/** Of a path's versions written until a time (ms) that none of them supersedes, the one that shows. */
function shownAt<Known extends { version: Version }>(known: readonly Known[], time: number): Known | undefined {
  const then = known.filter(({ version }) => hlcTime(version.hlc) <= time)
  const last = then.filter(
    ({ version }) => !then.some((other) => other.version !== version && supersedes(other.version, version)),
  )
  return last.toSorted((a, b) => rank(a.version) - rank(b.version) || byPrecedence(a.version, b.version))[0]
}

/** What was edited stays where it was deleted elsewhere meanwhile; a directory keeps the name. */
function rank({ kind }: Version): number {
  return kind === 'directory' ? 0 : kind === 'tombstone' ? 2 : 1
}
