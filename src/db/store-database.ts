import { fromHex, toHex, type ChunkId, type FolderId } from '#model'
import { Database, type Command, type Query } from './database.ts'
import { checkSchema, migrate } from './migrations/index.ts'
import { storeSchema } from './migrations/store.ts'
import { SegmentRows } from './segment-rows.ts'
import { UnneededRows } from './unneeded-rows.ts'

type BlockRow = [number: number, length: number, damaged: number, bytes: Uint8Array | null]

interface Block {
  digest: Uint8Array
  length: number
  bytes: Uint8Array | null
  seal: { folder: FolderId; chunk: ChunkId; length: number } | null
}

/** The database of the block store: it fits the port that the store declares. Synchronous, for the store's thread. */
export class StoreDatabase {
  readonly unneeded: UnneededRows
  readonly segments: SegmentRows
  readonly #db: Database
  readonly #block: Query<BlockRow>
  readonly #here: Query<[number]>
  readonly #blockOf: Query<[digest: Uint8Array, damaged: number, length: number, isUnneeded: number]>
  readonly #insert: Command
  readonly #delete: Command
  readonly #mark: Command
  readonly #unmark: Command
  readonly #page: Query<[Uint8Array]>
  readonly #filed: Query<[digest: Uint8Array, length: number]>
  readonly #chunks: Query<[Uint8Array]>
  readonly #damaged: Query<[Uint8Array]>
  readonly #count: Command
  readonly #totals: Query<[blocks: number, bytes: number]>
  readonly #folder: Query<[number]>
  readonly #addFolder: Command
  readonly #damagedCount: Query<[number]>
  readonly #length: Query<[number]>
  readonly #sizes: Query<[folder: string, bytes: number]>
  readonly #seal: Query<[folder: string, chunk: Uint8Array, length: number]>
  readonly #damagedChunks: Query<[folder: string, chunk: Uint8Array]>
  readonly #folders = new Map<FolderId, number>()

  constructor(db: Database) {
    this.#db = db
    this.unneeded = new UnneededRows(db)
    this.segments = new SegmentRows(db)
    this.#block = db.query('SELECT number, length, damaged, bytes FROM blocks WHERE digest = ?')
    this.#here = db.query('SELECT 1 FROM blocks WHERE digest = ? AND damaged = 0')
    this.#blockOf = db.query(`SELECT digest, damaged, chunk_length, EXISTS (SELECT 1 FROM unneeded WHERE block = number)
      FROM blocks WHERE folder = ? AND chunk = ?`)
    this.#insert = db.command(
      'INSERT INTO blocks (digest, length, damaged, folder, chunk, chunk_length, bytes) VALUES (?, ?, 0, ?, ?, ?, ?)',
    )
    this.#delete = db.command('DELETE FROM blocks WHERE number = ?')
    this.#mark = db.command('UPDATE blocks SET damaged = 1 WHERE number = ?')
    this.#unmark = db.command('UPDATE blocks SET damaged = 0 WHERE number = ?')
    this.#page = db.query('SELECT digest FROM blocks WHERE digest > ? ORDER BY digest LIMIT ?')
    this.#filed = db.query(
      'SELECT digest, length FROM blocks WHERE digest > ? AND bytes IS NULL AND damaged = 0 ORDER BY digest LIMIT ?',
    )
    this.#chunks = db.query('SELECT chunk FROM blocks WHERE folder = ? AND chunk > ? AND damaged = 0 ORDER BY chunk LIMIT ?')
    this.#damaged = db.query('SELECT digest FROM blocks WHERE damaged <> 0')
    this.#count = db.command('UPDATE totals SET blocks = blocks + ?, bytes = bytes + ?')
    this.#totals = db.query('SELECT blocks, bytes FROM totals')
    this.#damagedCount = db.query('SELECT count(*) FROM blocks WHERE damaged <> 0')
    this.#seal = db.query('SELECT f.id, chunk, chunk_length FROM blocks JOIN folders f ON f.number = folder WHERE digest = ?')
    this.#damagedChunks = db.query('SELECT f.id, chunk FROM blocks JOIN folders f ON f.number = folder WHERE damaged <> 0')
    this.#length = db.query('SELECT length FROM blocks WHERE folder = ? AND chunk = ?')
    this.#sizes = db.query('SELECT id, bytes FROM folders')
    this.#folder = db.query('SELECT number FROM folders WHERE id = ?')
    this.#addFolder = db.command('INSERT INTO folders (id) VALUES (?)')
  }

  block(digest: Uint8Array): { length: number; bytes: Uint8Array | null; isDamaged: boolean } | undefined {
    const row = this.#db.guard(() => this.#block.get(digest))
    return row && { length: row[1], bytes: row[3], isDamaged: row[2] !== 0 }
  }

  has(digest: Uint8Array): boolean {
    return this.#db.guard(() => this.#here.get(digest) !== undefined)
  }

  blockOf(folder: FolderId, chunk: ChunkId): { digest: Uint8Array; length: number; isUnneeded: boolean } | undefined {
    return this.#db.guard(() => {
      const row = this.#blockOf.get(this.#numberOf(folder), fromHex(chunk))
      return row?.[1] === 0 ? { digest: row[0], length: row[2], isUnneeded: row[3] === 1 } : undefined
    })
  }

  add(blocks: readonly Block[]): Uint8Array[] {
    return this.#db.transaction(() => blocks.flatMap((block) => this.#add(block)))
  }

  remove(digests: readonly Uint8Array[]): Uint8Array[] {
    return this.#db.transaction(() =>
      digests.flatMap((digest) => {
        const row = this.#block.get(digest)
        if (row === undefined) return []
        this.#drop(row)
        return row[3] === null ? [digest] : []
      }),
    )
  }

  markDamaged(...digests: Uint8Array[]): void {
    this.#db.transaction(() => {
      for (const digest of digests) {
        const row = this.#block.get(digest)
        if (row === undefined || row[2] !== 0) continue
        this.#mark(row[0])
        this.#count(-1, -row[1])
      }
    })
  }

  markSound(digest: Uint8Array): void {
    this.#db.transaction(() => {
      const row = this.#block.get(digest)
      if (row === undefined || row[2] === 0) return
      this.#unmark(row[0])
      this.#count(1, row[1])
    })
  }

  page(after: Uint8Array, limit: number): Uint8Array[] {
    return this.#db.guard(() => this.#page.all(after, limit).map(([digest]) => digest))
  }

  filed(after: Uint8Array, limit: number): { digest: Uint8Array; length: number }[] {
    return this.#db.guard(() => this.#filed.all(after, limit).map(([digest, length]) => ({ digest, length })))
  }

  chunks(folder: FolderId, after: ChunkId | '', limit: number): ChunkId[] {
    return this.#db.guard(() =>
      this.#chunks.all(this.#numberOf(folder), fromHex(after), limit).map(([chunk]) => toHex(chunk) as ChunkId),
    )
  }

  totals(): { blocks: number; bytes: number } {
    const [blocks, bytes] = this.#db.guard(() => this.#totals.get())!
    return { blocks, bytes }
  }

  lengthOf(folder: FolderId, chunk: ChunkId): number {
    return this.#db.guard(() => this.#length.get(this.#numberOf(folder), fromHex(chunk)))?.[0] ?? 0
  }

  sizes(): { folder: FolderId; bytes: number }[] {
    return this.#db.guard(() =>
      this.#sizes.all().map(([id, bytes]) => ({ folder: id as FolderId, bytes: bytes + this.segments.bytesOf(id as FolderId) })),
    )
  }

  damaged(): Uint8Array[] {
    return this.#db.guard(() => this.#damaged.all().map(([digest]) => digest))
  }

  damagedCount(): number {
    return this.#db.guard(() => this.#damagedCount.get())![0]
  }

  sealOf(digest: Uint8Array): { folder: FolderId; chunk: ChunkId; length: number } | null {
    const row = this.#db.guard(() => this.#seal.get(digest))
    return row === undefined ? null : { folder: row[0] as FolderId, chunk: toHex(row[1]) as ChunkId, length: row[2] }
  }

  damagedChunks(): { folder: FolderId; chunk: ChunkId }[] {
    const rows = this.#db.guard(() => this.#damagedChunks.all())
    return rows.map(([folder, chunk]) => ({ folder: folder as FolderId, chunk: toHex(chunk) as ChunkId }))
  }

  dropDamaged(folder: FolderId, chunks: readonly ChunkId[]): Uint8Array[] {
    return this.#db.transaction(() =>
      chunks.flatMap((chunk) => {
        const [digest, damaged] = this.#blockOf.get(this.#numberOf(folder), fromHex(chunk)) ?? []
        if (digest === undefined || damaged === 0) return []
        const row = this.#block.get(digest)!
        this.#drop(row)
        return row[3] === null ? [digest] : []
      }),
    )
  }

  rest(): void {
    this.#db.rest()
  }

  close(): void {
    this.#db.close()
  }

  /** Closes without a word to the file, after a failure. */
  abandon(): void {
    this.#db.abandon()
  }

  /** Digests of files that are of no use now. */
  #add({ digest, length, bytes, seal }: Block): Uint8Array[] {
    const unused: Uint8Array[] = []
    const same = this.#block.get(digest)
    if (same?.[2] === 0) return []
    if (same !== undefined) this.#drop(same)
    const folder = seal === null ? null : this.#ensure(seal.folder)
    const other = seal === null ? undefined : this.#blockOf.get(folder, fromHex(seal.chunk))
    if (other?.[1] === 0) return bytes === null ? [digest] : []
    if (other !== undefined) {
      const [old] = other
      const row = this.#block.get(old)!
      this.#drop(row)
      if (row[3] === null) unused.push(old)
    }
    this.#insert(digest, length, folder, seal === null ? null : fromHex(seal.chunk), seal?.length ?? null, bytes)
    this.#count(1, length)
    return unused
  }

  #drop([number, length, damaged]: BlockRow): void {
    this.#delete(number)
    this.unneeded.drop(number)
    if (damaged === 0) this.#count(-1, -length)
  }

  /** 0 where nothing is stored for it. */
  #numberOf(folder: FolderId): number {
    const known = this.#folders.get(folder) ?? this.#folder.get(folder)?.[0]
    if (known === undefined) return 0
    this.#folders.set(folder, known)
    return known
  }

  #ensure(folder: FolderId): number {
    const known = this.#numberOf(folder)
    if (known !== 0) return known
    this.#addFolder(folder)
    // Not remembered: the transaction may yet fail.
    return this.#folder.get(folder)![0]
  }
}

/** Opens the database, creating it where there is none; `file` may be ':memory:'. Throws `corrupt` where it is seen to be damaged. */
export function openStoreDatabase(file: string): StoreDatabase {
  const db = new Database(file)
  try {
    checkSchema(db, storeSchema)
    migrate(db, storeSchema)
    return new StoreDatabase(db)
  } catch (error) {
    db.abandon()
    throw error
  }
}
