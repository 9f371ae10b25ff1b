import { isRecordTime, pathFault, pathKey, readBody, recordTime, type Hlc } from '#model'
import type { Contents } from './contents.ts'
import { draftOf } from './draft.ts'
import type { FileChange, MovedFile } from './local-change.ts'
import type { Ledger } from './ledger.ts'
import type { RecordWriter } from './record-writer.ts'
import type { Tables } from './tables/index.ts'
import type { MoveRow } from './tables/move-rows.ts'
import type { PathRow } from './tables/paths.ts'
import type { Known } from './tables/records.ts'
import { FILE, NOT_LOCAL, type ShownRow } from './tables/shown.ts'

/** A vector of more devices may become longer than a record's can be, and the record be refused. */
const SURELY_WRITABLE = 1024

/** Takes moved files: the short way where only this device's disk has anything new to tell, else as what a move stands for. */
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
   * Notes a move by a record for the new path and a tombstone for the old one, with what the disk shows moved over; false, with
   * nothing done, where there is more to it. Leaves just what `Author` leaves that takes the two changes one after the other, with
   * half of the statements. `looked`: where nothing is known to be, nothing was.
   */
  take(change: MovedFile, looked: boolean): boolean {
    const { shown, chunks, moves, paths } = this.#tables
    const [key, fromKey] = [pathKey(change.path), pathKey(change.from)]
    if (key === fromKey || key.startsWith(`${fromKey}/`) || pathFault(change.path) !== undefined) return false
    const row = moves.find(fromKey, key)
    if (row === undefined || shown.ofSource(row.id).length > 0 || !isSame(row, change) || (row.name ?? fromKey) !== change.from)
      return false
    const base = readBody(row.body)
    if (base.kind !== 'file' || base.manifest || base.vector.length > SURELY_WRITABLE) return false
    const left = row.to === null ? null : this.#left(key, looked)
    if (left === undefined) return false
    const { chunker, size, chunks: list } = base
    const mtime = timeFrom(base, change)
    const draft = draftOf({ ...change, kind: 'file', mtime, content: { chunker, size, chunks: list } })
    const to = left?.path ?? paths.add(key, true)
    const record =
      left === null
        ? this.#records.replace({ path: to.id, key, head: null }, draft)
        : this.#records.write({ path: to, key, heads: left.heads }, draft, { base: null, replaced: () => false }).record
    const { ctimeMs, mode } = change.stat
    shown.move(row.id, { path: to.id, record, name: key === change.path ? null : change.path, ctimeMs, mode })
    chunks.move(row.id, to.id, list)
    const head = { ...base, record: row.record }
    this.#records.replace({ path: row.id, key: fromKey, head }, draftOf({ kind: 'tombstone', path: change.from }))
    paths.setLeft(fromKey)
    return true
  }

  /** A path with nothing to it but the tombstones that are its heads; undefined where there is more. */
  #left(key: string, looked: boolean): { path: PathRow; heads: Known[] } | undefined {
    const { paths, shown, todo } = this.#tables
    const path = paths.find(key)
    if (path === undefined || path.live || todo.revision(path.id) !== undefined) return undefined
    if (shown.get(path.id) !== undefined || shown.ofSource(path.id).length > 0) return undefined
    const heads = this.#parts.ledger.heads(path.id)
    return heads.length > 0 && !looked ? undefined : { path, heads }
  }

  /**
   * The same as a change of the new path that was read; undefined where the index has something else at the old one, or does not
   * know the content. Also where it knows of something at the new path: sync may have been at work there since the disk was looked at.
   * `since`: when the version was written that was at the old path.
   */
  asRead(change: MovedFile): { read: FileChange; since: Hlc } | undefined {
    const { paths, shown, records } = this.#tables
    const [key, fromKey] = [pathKey(change.path), pathKey(change.from)]
    const from = paths.find(fromKey)
    const old = from === undefined ? undefined : shown.get(from.id)
    if (old === undefined || old.record === null || !fits(old, fromKey, change)) return undefined
    const path = paths.find(key)
    if (path !== undefined && key !== fromKey && (path.live || shown.get(path.id) !== undefined)) return undefined
    const content = this.#parts.contents.known(old)
    if (content === null) return undefined
    const { version } = records.read(old.record)
    const read: FileChange = { path: change.path, kind: 'file', stat: change.stat, mtime: timeFrom(version, change), content }
    return { read, since: version.hlc }
  }
}

/** The record's time, where the disk has had it: known to the microsecond, unlike that of a stat. */
function timeFrom({ mtime }: { mtime: number }, { stat }: MovedFile): number {
  return isRecordTime(stat.mtimeMs, mtime) ? mtime : recordTime(stat.mtimeMs)
}

function fits(old: ShownRow, key: string, change: MovedFile): boolean {
  return isSame(old.stat, change) && old.kind === FILE && old.local === NOT_LOCAL && (old.name ?? key) === change.from
}

function isSame(old: Pick<MoveRow, 'ino' | 'size' | 'mtimeMs'>, { stat }: MovedFile): boolean {
  return old.ino === stat.ino && old.size === stat.size && old.mtimeMs === stat.mtimeMs
}
