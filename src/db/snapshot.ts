import { pathKey, type StatTable } from '#model'
import type { Database, Query } from './database.ts'
import { below } from './tables/paths.ts'
import { FILE, TOMBSTONE } from './tables/shown.ts'

type Row = [string, number, number, number, number, number, number]

/** Reads what the disk shows as a table, in the order of the keys' bytes. */
export class Snapshot {
  readonly #at: Query<Row>
  readonly #below: Query<Row>

  constructor(db: Database) {
    // CROSS JOIN: by the order of the names, whatever the planner thinks of it.
    const rows = `SELECT coalesce(name, key), kind, size, mtime, ctime, ino, mode FROM paths CROSS JOIN shown ON shown.path = id
      WHERE kind <> ${TOMBSTONE}`
    this.#at = db.query(`${rows} AND key = ?`)
    this.#below = db.query(`${rows} AND key > ? AND key < ? ORDER BY key`)
  }

  read(scopes: readonly string[] | null): StatTable {
    const names: string[] = []
    const kinds: number[] = []
    const stats: number[] = []
    for (const [name, kind, size, mtimeMs, ctimeMs, ino, mode] of this.#rows(scopes)) {
      names.push(name)
      kinds.push(kind - FILE)
      stats.push(size, mtimeMs, ctimeMs, ino, mode)
    }
    return { count: names.length, paths: names.join('\0'), kinds: Uint8Array.from(kinds), stats: Float64Array.from(stats) }
  }

  *#rows(scopes: readonly string[] | null): Generator<Row> {
    for (const scope of scopes === null ? [''] : apart(scopes)) {
      yield* this.#at.all(scope)
      yield* this.#below.iterate(...below(scope))
    }
  }
}

/** The keys of scopes, sorted, without those that lie inside another one. */
function apart(scopes: readonly string[]): string[] {
  const keys = new Set(scopes.map(pathKey))
  if (keys.has('')) return ['']
  const inside = (key: string): boolean => {
    for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) if (keys.has(key.slice(0, at))) return true
    return false
  }
  return [...keys].filter((key) => !inside(key)).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}
