import { eachId, type FolderId } from '#model'
import type { Command, Database, Query } from './database.ts'

/** Chunks of a folder in the order of their ids: packed ids, their blocks' lengths, and since when (ms) each is not needed. */
interface HeldChunks {
  ids: Uint8Array
  lengths: number[]
  since: (number | null)[]
}

type HeldRow = [chunk: Uint8Array, length: number, since: number | null]

/** Which blocks are not needed, in the block store's database: it fits the port that the store declares. */
export class UnneededRows {
  readonly #db: Database
  readonly #held: Query<HeldRow>
  readonly #pending: Query<HeldRow>
  readonly #reliable: Query<[chunk: Uint8Array, isUnreliable: number]>
  readonly #find: Query<[number]>
  readonly #put: Command
  readonly #drop: Command
  readonly #ripe: Query<[number: number, length: number, damaged: number, digest: Uint8Array, isFile: number]>
  readonly #delete: Command
  readonly #count: Command
  readonly #folders: Query<[string]>

  constructor(db: Database) {
    this.#db = db
    this.#held = db.query(`SELECT b.chunk, b.length, u.since FROM blocks b LEFT JOIN unneeded u ON u.block = b.number
      WHERE b.folder = (SELECT number FROM folders WHERE id = ?) AND b.chunk > ? ORDER BY b.chunk LIMIT ?`)
    // Few are noted so, of all that there are.
    this.#pending = db.query(`SELECT b.chunk, b.length, u.since FROM unneeded u CROSS JOIN blocks b ON b.number = u.block
      WHERE b.folder = (SELECT number FROM folders WHERE id = ?) AND b.chunk > ? ORDER BY b.chunk LIMIT ?`)
    // By indexes alone: a row has the bytes of its block.
    this.#reliable = db.query(`SELECT b.chunk, EXISTS (SELECT 1 FROM unneeded WHERE block = b.number)
        OR EXISTS (SELECT 1 FROM blocks d INDEXED BY blocks_damaged WHERE d.damaged <> 0 AND d.number = b.number)
      FROM blocks b WHERE b.folder = (SELECT number FROM folders WHERE id = ?) AND b.chunk > ? AND b.chunk IS NOT NULL
      ORDER BY b.chunk LIMIT ?`)
    this.#find = db.query(
      'SELECT number FROM blocks WHERE folder = (SELECT number FROM folders WHERE id = ?) AND chunk = ? AND chunk IS NOT NULL',
    )
    // The first time counts; or a later one, where the clock was ahead then.
    this.#put = db.command(
      'INSERT INTO unneeded VALUES (?, ?) ON CONFLICT (block) DO UPDATE SET since = min(since, excluded.since)',
    )
    this.#drop = db.command('DELETE FROM unneeded WHERE block = ?')
    this.#ripe = db.query(`SELECT b.number, b.length, b.damaged, b.digest, b.bytes IS NULL FROM blocks b
      JOIN unneeded u ON u.block = b.number AND u.since <= ?3
      WHERE b.folder = (SELECT number FROM folders WHERE id = ?1) AND b.chunk = ?2 AND b.chunk IS NOT NULL`)
    this.#delete = db.command('DELETE FROM blocks WHERE number = ?')
    this.#count = db.command('UPDATE totals SET blocks = blocks + ?, bytes = bytes + ?')
    this.#folders = db.query(
      'SELECT id FROM folders f WHERE EXISTS (SELECT 1 FROM blocks WHERE folder = f.number AND chunk IS NOT NULL)',
    )
  }

  folders(): FolderId[] {
    return this.#db.guard(() => this.#folders.all().map(([id]) => id as FolderId))
  }

  held(folder: FolderId, after: Uint8Array, limit: number): HeldChunks {
    return chunksOf(this.#db.guard(() => this.#held.all(folder, after, limit)))
  }

  pending(folder: FolderId, after: Uint8Array, limit: number): HeldChunks {
    return chunksOf(this.#db.guard(() => this.#pending.all(folder, after, limit)))
  }

  reliable(folder: FolderId, after: Uint8Array, limit: number): { ids: Uint8Array; last: Uint8Array | null } {
    const rows = this.#db.guard(() => this.#reliable.all(folder, after, limit))
    const ids = Buffer.concat(rows.flatMap(([chunk, isUnreliable]) => (isUnreliable === 1 ? [] : [chunk])))
    return { ids, last: rows.at(-1)?.[0] ?? null }
  }

  note(folder: FolderId, { unneeded, needed }: { unneeded: Uint8Array; needed: Uint8Array }, now: number): void {
    if (unneeded.length + needed.length === 0) return
    this.#db.transaction(() => {
      for (const id of eachId(unneeded)) {
        const block = this.#find.get(folder, id)
        if (block !== undefined) this.#put(block[0], now)
      }
      for (const id of eachId(needed)) {
        const block = this.#find.get(folder, id)
        if (block !== undefined) this.#drop(block[0])
      }
    })
  }

  remove(folder: FolderId, ids: Uint8Array, until: number): { blocks: number; bytes: number; files: Uint8Array[] } {
    return this.#db.transaction(() => {
      const removed = { blocks: 0, bytes: 0, files: [] as Uint8Array[] }
      let undamaged = 0
      let undamagedBytes = 0
      for (const id of eachId(ids)) {
        const row = this.#ripe.get(folder, id, until)
        if (row === undefined) continue
        const [number, length, damaged, digest, isFile] = row
        this.#delete(number)
        this.#drop(number)
        removed.blocks++
        removed.bytes += length
        if (isFile === 1) removed.files.push(digest)
        if (damaged !== 0) continue
        undamaged++
        undamagedBytes += length
      }
      this.#count(-undamaged, -undamagedBytes)
      return removed
    })
  }

  /** A block is removed, within a transaction of another's: its number may come to stand for another one. */
  drop(number: number): void {
    this.#drop(number)
  }
}

function chunksOf(rows: readonly HeldRow[]): HeldChunks {
  return {
    ids: Buffer.concat(rows.map(([chunk]) => chunk)),
    lengths: rows.map(([, length]) => length),
    since: rows.map(([, , since]) => since),
  }
}
