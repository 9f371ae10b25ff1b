import { pathFault, pathKey } from '#model'
import type { Contents } from './contents.ts'
import { draftOf } from './draft.ts'
import type { FileChange, MovedFile } from './local-change.ts'
import type { Ledger } from './ledger.ts'
import type { RecordWriter } from './record-writer.ts'
import type { Tables } from './tables/index.ts'
import type { PathRow } from './tables/paths.ts'
import type { Known } from './tables/records.ts'
import { FILE, NOT_LOCAL, type ShownRow } from './tables/shown.ts'

/** A vector of more devices may become longer than a record's can be, and the record be refused. */
const SURELY_WRITABLE = 1024

/** A moved file with what the index has of it. */
export interface Move {
  change: MovedFile
  key: string
  /** Of the new path, where it was met before; nothing is known to be there. */
  path: PathRow | undefined
  from: { path: PathRow; key: string }
  /** What the disk showed at the old path. */
  old: ShownRow & { record: number }
}

/**
 * The short way for a moved file of which only this device's disk has anything new to tell: a record for the new path and a
 * tombstone for the old one, with what the disk shows moved over. Leaves just what `Author` leaves that takes the two changes one
 * after the other, with two thirds of the statements.
 */
export class AuthorMove {
  readonly #tables: Tables
  readonly #parts: { ledger: Ledger; contents: Contents }
  readonly #records: RecordWriter

  constructor(tables: Tables, parts: { ledger: Ledger; contents: Contents }, records: RecordWriter) {
    this.#tables = tables
    this.#parts = parts
    this.#records = records
  }

  /**
   * Finds what is said to have moved; undefined where the index has something else there. Also where it knows of something at
   * the new path: sync may have been at work there since the disk was looked at.
   */
  find(change: MovedFile): Move | undefined {
    const { paths, shown } = this.#tables
    const fromKey = pathKey(change.from)
    const from = paths.find(fromKey)
    const old = from === undefined ? undefined : shown.get(from.id)
    if (from === undefined || old === undefined || old.record === null || !fits(old, fromKey, change)) return undefined
    const key = pathKey(change.path)
    const path = paths.find(key)
    const isKnown = path !== undefined && key !== fromKey && (path.live || shown.get(path.id) !== undefined)
    return isKnown ? undefined : { change, key, path, from: { path: from, key: fromKey }, old: { ...old, record: old.record } }
  }

  /** The same as a change of the new path that was read; undefined where the content is not known. */
  asRead({ change: { path, stat }, old }: Move): FileChange | undefined {
    const content = this.#parts.contents.known(old)
    return content === null ? undefined : { path, kind: 'file', stat, content }
  }

  /** Notes a move; false, with nothing done, where there is more to it. `looked` as in AuthorOptions. */
  take(move: Move, looked: boolean): boolean {
    const { ledger } = this.#parts
    const { paths, shown, chunks } = this.#tables
    const { change, key, from, old } = move
    const base = this.#plainBase(move)
    const before = move.path === undefined ? [] : ledger.heads(move.path.id)
    if (base === undefined || (before.length > 0 && !looked)) return false
    const { chunker, size, chunks: list } = base.version
    const content = { chunker, size, chunks: list }
    const path = move.path ?? paths.add(key, true)
    const target = { path, key, heads: before }
    const { record, heads } = this.#records.write(target, draftOf({ ...change, kind: 'file', content }), {
      base: null,
      replaced: () => false,
    })
    const { ctimeMs, mode } = change.stat
    shown.move(old.path, { path: path.id, record, name: key === change.path ? null : change.path, ctimeMs, mode })
    chunks.move(old.path, path.id, list)
    if (paths.livesBelow(key)) ledger.demand(path.id, key, heads)
    const deleted = this.#records.write({ ...from, heads: [base] }, draftOf({ kind: 'tombstone', path: change.from }), {
      base,
      replaced: () => true,
    })
    paths.setGone(from.key)
    if (paths.livesBelow(from.key)) ledger.demand(old.path, from.key, deleted.heads)
    return true
  }

  /** The record that the disk showed, where it is all that there is to the old path and nothing but tombstones are at the new one. */
  #plainBase({ change, key, path, from, old }: Move): Known | undefined {
    const { todo, shown } = this.#tables
    if (key === from.key || pathFault(change.path) !== undefined) return undefined
    const [base, ...others] = this.#parts.ledger.heads(old.path)
    if (base?.record !== old.record || others.length > 0) return undefined
    const { version } = base
    if (version.kind !== 'file' || version.manifest || version.vector.length > SURELY_WRITABLE) return undefined
    const ids = path === undefined ? [old.path] : [old.path, path.id]
    return ids.some((id) => todo.revision(id) !== undefined || shown.ofSource(id).length > 0) ? undefined : base
  }
}

function fits(old: ShownRow, key: string, { from, stat }: MovedFile): boolean {
  const isSame = old.stat.ino === stat.ino && old.stat.size === stat.size && old.stat.mtimeMs === stat.mtimeMs
  return isSame && old.kind === FILE && old.local === NOT_LOCAL && (old.name ?? key) === from
}
