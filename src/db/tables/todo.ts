import type { Command, Database, Query } from '../database.ts'
import type { Problem } from '../folder-index.ts'
import { below } from './paths.ts'
import type { State } from './state.ts'

/** Numbers of the phases in the database. */
export const CHANGE = 1
export const DELETE = 2

/** Until then an item waits for the user, and no time or retry wakes it: the path carries a local edit. */
const HELD = 2 ** 52
/** Until then an item waits for other ignore rules. */
const IGNORED = HELD + 1
/** What waits for longer than this, ms, was put off by a clock that was ahead, and has its time now. */
const FAR_MS = 2 * 60 * 60_000

export interface TodoItem {
  path: number
  key: string
  revision: number
}

/** What is wanted at a path, as far as the list needs to know. */
export interface Demand {
  phase: typeof CHANGE | typeof DELETE
  /** Of the file that is to be there. */
  bytes: number
  held: boolean
}

/** Revision, until, bytes, code. */
type Item = [number, number, number, string | null]

/**
 * Paths whose heads and disk may differ, in a fixed order: by depth, parents before children in phase CHANGE and after them in
 * DELETE, then as the paths were first met. `until` is 0 for those that may be worked on.
 */
export class Todo {
  readonly #state: State
  readonly #get: Query<Item>
  readonly #put: Command
  readonly #page: Query<[number, string, number]>
  readonly #remove: Query<Item>
  readonly #removeAt: Query<Item>
  readonly #removeDead: Query<Item>
  readonly #removeShown: Query<Item>
  readonly #defer: Command
  readonly #due: Query<[number]>
  readonly #wake: Command
  readonly #problems: Query<[string, Problem['code'], string]>
  readonly #gone: Query<[number]>
  readonly #anyIgnored: Query<[number]>
  readonly #ignore: Command
  readonly #unignore: Query<[number]>

  constructor(db: Database, state: State) {
    this.#state = state
    this.#get = db.query('SELECT revision, until, bytes, code FROM todo WHERE path = ?')
    this.#put = db.command(`INSERT INTO todo (path, key, phase, until, position, revision, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (path) DO UPDATE SET phase = excluded.phase, until = excluded.until, position = excluded.position,
      revision = excluded.revision, bytes = excluded.bytes`)
    this.#page = db.query(`SELECT path, key, revision FROM todo WHERE phase = ? AND until = 0 AND position > ?
      ORDER BY position`)
    this.#remove = db.query('DELETE FROM todo WHERE path = ? RETURNING revision, until, bytes, code')
    this.#removeAt = db.query('DELETE FROM todo WHERE path = ? AND revision = ? RETURNING revision, until, bytes, code')
    const within = '(key = ?1 OR (key > ?2 AND key < ?3))'
    this.#removeDead = db.query(`DELETE FROM todo WHERE path IN (SELECT id FROM paths WHERE live = 0 AND ${within}
      AND NOT EXISTS (SELECT 1 FROM shown WHERE source = id)) RETURNING revision, until, bytes, code`)
    this.#removeShown = db.query(`DELETE FROM todo WHERE revision <= ?4 AND path IN (SELECT id FROM paths WHERE ${within}
      AND EXISTS (SELECT 1 FROM shown WHERE shown.path = id)) RETURNING revision, until, bytes, code`)
    this.#defer = db.command(`UPDATE todo SET until = ?, code = ?, message = ? WHERE path = ?`)
    const isDue = `until > 0 AND (until <= ? OR (until > ? AND until < ${HELD - 1}))`
    this.#due = db.query(`SELECT 1 FROM todo WHERE ${isDue} LIMIT 1`)
    this.#wake = db.command(`UPDATE todo SET until = 0 WHERE ${isDue}`)
    this.#gone = db.query(`SELECT count(*) FROM todo WHERE phase = ${DELETE} AND until < ${HELD}`)
    this.#anyIgnored = db.query(`SELECT 1 FROM todo WHERE until > 0 AND until = ${IGNORED} LIMIT 1`)
    this.#ignore = db.command(`UPDATE todo SET until = ${IGNORED}, code = NULL, message = NULL WHERE path = ?`)
    this.#unignore = db.query(`UPDATE todo SET until = 0 WHERE until > 0 AND until = ${IGNORED} RETURNING bytes`)
    this.#problems = db.query('SELECT key, code, message FROM todo WHERE code IS NOT NULL ORDER BY key')
  }

  /** The revision of a path's item, or undefined where it has none. */
  revision(path: number): number | undefined {
    return this.#get.get(path)?.[0]
  }

  /** Puts a path on the list, or wakes its item; either way under a new revision. */
  put(path: number, key: string, { phase, bytes, held }: Demand): void {
    const old = this.#get.get(path)
    const until = held ? HELD : 0
    this.#state.stamp++
    this.#put(path, key, phase, until, positionOf(phase, path, key), this.#state.stamp, bytes)
    if (old !== undefined) this.#count(old, -1)
    this.#count([this.#state.stamp, until, bytes, old?.[3] ?? null], 1)
  }

  /** Puts a path on the list that is not on it. */
  add(path: number, key: string, { phase, bytes, held }: Demand): void {
    const until = held ? HELD : 0
    this.#state.stamp++
    this.#put(path, key, phase, until, positionOf(phase, path, key), this.#state.stamp, bytes)
    this.#count([this.#state.stamp, until, bytes, null], 1)
  }

  /** Takes a path off the list, whatever has changed about it. */
  drop(path: number): void {
    const item = this.#remove.get(path)
    if (item !== undefined) this.#count(item, -1)
  }

  /** Items after the one of `after`, on the list or not, but for the revisions `without`. */
  page(
    phase: number,
    { limit, after, without }: { limit: number; after: { path: number; key: string } | null; without: ReadonlySet<number> },
  ): TodoItem[] {
    const items: TodoItem[] = []
    const from = after === null ? -Infinity : positionOf(phase, after.path, after.key)
    for (const [path, key, revision] of this.#page.iterate(phase, from)) {
      if (items.length === limit) break
      if (!without.has(revision)) items.push({ path, key, revision })
    }
    return items
  }

  /** Takes a path off the list, unless its item has changed since `revision`. */
  settle(path: number, revision: number): void {
    const item = this.#removeAt.get(path, revision)
    if (item !== undefined) this.#count(item, -1)
  }

  /** Takes off the list what the disk shows of a directory, itself included, but for items that have changed since `revision`. */
  settleShown(directory: string, revision: number): void {
    for (const item of this.#removeShown.all(directory, ...below(directory), revision)) this.#count(item, -1)
  }

  /** The same for what is to be shown no longer, and is not, whatever has changed about it. */
  settleDead(directory: string): void {
    for (const item of this.#removeDead.all(directory, ...below(directory))) this.#count(item, -1)
  }

  /** Leaves a path alone until `until` (ms). One that waits for the user waits on. */
  defer(path: number, until: number, problem: Problem): void {
    const item = this.#get.get(path)
    if (item === undefined) return
    const later = item[1] >= HELD ? item[1] : Math.min(Math.ceil(until), HELD - 1)
    this.#defer(later, problem.code, problem.message, path)
    this.#count(item, -1)
    this.#count([item[0], later, item[2], problem.code], 1)
  }

  /** Leaves a path alone that is ignored here. One that waits for the user waits on. */
  ignore(path: number): void {
    const item = this.#get.get(path)
    if (item === undefined || item[1] === HELD) return
    this.#ignore(path)
    this.#count(item, -1)
  }

  /** Paths of which nothing is to be there any more. */
  get gone(): number {
    return this.#gone.get()?.[0] ?? 0
  }

  /** Are there such paths? */
  get ignores(): boolean {
    return this.#anyIgnored.get() !== undefined
  }

  unignore(): void {
    for (const [bytes] of this.#unignore.all()) this.#count([0, 0, bytes, null], 1)
  }

  /** True when the time of some item has come by `now` (ms). */
  due(now: number): boolean {
    return this.#due.get(...times(now)) !== undefined
  }

  /** Lets the items be worked on that wait for a time up to `now` (ms; Infinity = all that wait for a time). */
  wake(now: number): void {
    this.#wake(...times(now))
  }

  problems(): Problem[] {
    return this.#problems.all().map(([path, code, message]) => ({ path, code, message }))
  }

  #count([, until, bytes, code]: Item, by: number): void {
    const needed = until >= HELD ? 0 : by
    this.#state.add({ needEntries: needed, needBytes: needed * bytes, problems: code === null ? 0 : by })
  }
}

/** One number to sort by: the depth, then the path's number (below 2^40; a path has at most 2,048 names). */
function positionOf(phase: number, path: number, key: string): number {
  let depth = 1
  for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) depth++
  return (phase === CHANGE ? depth : -depth) * 2 ** 40 + path
}

/** Up to which time, and from which on, an item has its time. */
function times(now: number): [number, number] {
  return [Math.min(now, HELD - 1), Math.min(now + FAR_MS, HELD)]
}
