import type { Database, Query } from '../database.ts'
import { below } from './paths.ts'
import { FILE, NOT_LOCAL } from './shown.ts'

/** What the index has of a file that was moved. */
export interface MoveRow {
  id: number
  /** The record that the disk shows at the old path, which is its only head. */
  record: number
  /** The record's bytes. */
  body: Uint8Array
  /** The path on disk; null where it is the key. */
  name: string | null
  size: number
  mtimeMs: number
  ino: number
  /** The number of the new path, where it was met before. */
  to: number | null
}

type Row = [number, number, Uint8Array, string | null, number, number, number, number | null]

/** Reads at once all that has to be known of both paths of a moved file: a statement for each would take several times as long. */
export class MoveRows {
  readonly #find: Query<Row>

  constructor(db: Database) {
    const lives = (from: string, to: string): string =>
      `EXISTS (SELECT 1 FROM paths b WHERE b.key > ${from} AND b.key < ${to} AND b.live = 1)`
    const isPlain = `s.record = h.record AND s.kind = ${FILE} AND s.local = ${NOT_LOCAL} AND s.source IS NULL AND t.path IS NULL
      AND (SELECT count(*) FROM heads WHERE path = p.id) = 1`
    this.#find = db.query(`SELECT p.id, h.record, r.body, s.name, s.size, s.mtime, s.ino, (SELECT id FROM paths WHERE key = ?2)
      FROM paths p JOIN shown s ON s.path = p.id JOIN heads h ON h.path = p.id JOIN records r ON r.number = h.record
      LEFT JOIN todo t ON t.path = p.id
      WHERE p.key = ?1 AND ${isPlain} AND NOT ${lives('?3', '?4')} AND NOT ${lives('?5', '?6')}`)
  }

  /**
   * The row of a file whose old path has nothing to it but the version that the disk showed there, and nothing below either path;
   * undefined for any other. `from` and `to` are the paths' keys.
   */
  find(from: string, to: string): MoveRow | undefined {
    const row = this.#find.get(from, to, ...below(from), ...below(to))
    if (row === undefined) return undefined
    const [id, record, body, name, size, mtimeMs, ino, target] = row
    return { id, record, body, name, size, mtimeMs, ino, to: target }
  }
}
