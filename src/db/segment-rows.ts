import { fromHex, toHex, type ChunkId, type DeviceId, type FolderId } from '#model'
import type { Command, Database, Query } from './database.ts'

interface Row {
  folder: FolderId
  chunk: ChunkId
  author: DeviceId
  epoch: number
  first: number
  last: number
  /** As it was signed. */
  head: Uint8Array
  bytes: Uint8Array
}

type PageRow = [
  number: number,
  folder: string,
  chunk: Uint8Array,
  author: string,
  epoch: number,
  first: number,
  last: number,
  head: Uint8Array,
  bytes: Uint8Array,
]

const OF_FOLDER = 'folder = (SELECT number FROM folders WHERE id = ?1)'
/** Those of the same chain with none but records of the new one. */
const COVERED = `${OF_FOLDER} AND author = ?2 AND epoch = ?3 AND last <= ?5 AND first >= ?4`

/** The index segments in the block store's database: it fits the port that the store declares. */
export class SegmentRows {
  readonly #db: Database
  readonly #addFolder: Command
  readonly #covered: Query<[number]>
  readonly #drop: Command
  readonly #insert: Command
  readonly #bytes: Query<[head: Uint8Array, bytes: Uint8Array]>
  readonly #remove: Command
  readonly #all: Query<[Uint8Array]>
  readonly #last: Query<[Uint8Array]>
  readonly #sum: Query<[number]>
  readonly #total: Query<[number]>
  readonly #page: Query<PageRow>

  constructor(db: Database) {
    this.#db = db
    this.#addFolder = db.command('INSERT OR IGNORE INTO folders (id) VALUES (?)')
    this.#covered = db.query(`SELECT ifnull(sum(length), 0) FROM segments WHERE ${COVERED}`)
    this.#drop = db.command(`DELETE FROM segments WHERE ${COVERED}`)
    this.#insert = db.command(`INSERT OR REPLACE INTO segments (folder, chunk, author, epoch, first, last, length, head, bytes)
      VALUES ((SELECT number FROM folders WHERE id = ?1), ?6, ?2, ?3, ?4, ?5, length(?8), ?7, ?8)`)
    this.#bytes = db.query(`SELECT head, bytes FROM segments WHERE ${OF_FOLDER} AND chunk = ?2`)
    this.#remove = db.command(`DELETE FROM segments WHERE ${OF_FOLDER} AND chunk = ?2`)
    this.#all = db.query(`SELECT head FROM segments WHERE ${OF_FOLDER} AND chunk > ?2 ORDER BY chunk LIMIT ?3`)
    this.#last = db.query(`SELECT head FROM segments s WHERE ${OF_FOLDER} AND chunk > ?2 AND last =
      (SELECT max(last) FROM segments m WHERE m.folder = s.folder AND m.author = s.author AND m.epoch = s.epoch)
      ORDER BY chunk LIMIT ?3`)
    this.#sum = db.query(`SELECT ifnull(sum(length), 0) FROM segments WHERE ${OF_FOLDER}`)
    this.#total = db.query('SELECT ifnull(sum(length), 0) FROM segments')
    this.#page = db.query(`SELECT s.number, f.id, chunk, author, epoch, first, last, head, s.bytes FROM segments s
      JOIN folders f ON f.number = s.folder WHERE s.number > ? ORDER BY s.number LIMIT ?`)
  }

  coveredBytes({ folder, author, epoch, first, last }: Omit<Row, 'head' | 'bytes' | 'chunk'>): number {
    return this.#db.guard(() => this.#covered.get(folder, author, epoch, first, last))![0]
  }

  put({ folder, author, epoch, first, last, chunk, head, bytes }: Row): void {
    this.#db.transaction(() => {
      this.#addFolder(folder)
      this.#drop(folder, author, epoch, first, last)
      this.#insert(folder, author, epoch, first, last, fromHex(chunk), head, bytes)
    })
  }

  get(folder: FolderId, chunk: ChunkId): { head: Uint8Array; bytes: Uint8Array } | undefined {
    const row = this.#db.guard(() => this.#bytes.get(folder, fromHex(chunk)))
    return row && { head: row[0], bytes: row[1] }
  }

  remove(folder: FolderId, chunk: ChunkId): void {
    this.#db.transaction(() => this.#remove(folder, fromHex(chunk)))
  }

  heads(folder: FolderId, which: 'all' | 'last', after: ChunkId, limit: number): Uint8Array[] {
    const query = which === 'all' ? this.#all : this.#last
    return this.#db.guard(() => query.all(folder, fromHex(after), limit).map(([head]) => head))
  }

  bytesOf(folder: FolderId): number {
    return this.#db.guard(() => this.#sum.get(folder))![0]
  }
  page(after: number, limit: number): (Row & { number: number })[] {
    return this.#db.guard(() =>
      this.#page.all(after, limit).map(([number, folder, chunk, author, epoch, first, last, head, bytes]) => ({
        number,
        folder: folder as FolderId,
        chunk: toHex(chunk) as ChunkId,
        author: author as DeviceId,
        epoch,
        first,
        last,
        head,
        bytes,
      })),
    )
  }

  totalBytes(): number {
    return this.#db.guard(() => this.#total.get())![0]
  }
}
