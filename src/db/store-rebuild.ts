import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { flushDirectory } from '#base'
import { readSegment, toHex, type ChunkId, type FolderId } from '#model'
import { Database, type Query } from './database.ts'
import { openStoreDatabase } from './store-database.ts'

/** Rows written in one transaction. */
const BATCH = 256
/** Where nothing is found so far beyond an unreadable row, there is nothing more. */
const FARTHEST = 2 ** 40

type AnyRow = [number: number, ...values: (string | number | Uint8Array | null)[]]

type Row = [
  number: number,
  digest: Uint8Array,
  length: number,
  damaged: number,
  folder: number | null,
  chunk: Uint8Array | null,
  chunkLength: number | null,
  bytes: Uint8Array | null,
]

/**
 * Puts a new database in the place of a damaged one, which nobody must have open: with those of its rows that can still be read and
 * hold together, and whose bytes, where they are in it, are the block by that name (`isBlock`). The old one stays beside it, as
 * `<file>.damaged-<time>`, and the one that was kept so before goes. Gives the chunks of the rows that were left out for their bytes. A crash in between leaves the one or the other: see `endRebuild`.
 */
export function rebuildStoreDatabase(
  file: string,
  { time, isBlock }: { time: number; isBlock(digest: Uint8Array, bytes: Uint8Array): boolean },
): Seal[] {
  const fresh = `${file}.new`
  removeDatabase(fresh)
  const leftOut = salvage(file, fresh, isBlock)
  const directory = dirname(file)
  for (const name of readdirSync(directory))
    if (name.startsWith(`${basename(file)}.damaged-`)) rmSync(join(directory, name), { force: true })
  const aside = `${file}.damaged-${time}`
  if (existsSync(file)) renameSync(file, aside)
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`)
  endRebuild(file)
  return leftOut
}

/** Ends a rebuilding that a crash has cut short; to be called before the database is opened. */
export function endRebuild(file: string): void {
  const fresh = `${file}.new`
  // As long as the old one is in its place the new one may not be whole.
  if (existsSync(file)) return removeDatabase(fresh)
  if (!existsSync(fresh)) return
  // A log is no other database's: it would be played into this one.
  for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
  renameSync(fresh, file)
  flushDirectory(dirname(file))
}

function salvage(from: string, to: string, isBlock: (digest: Uint8Array, bytes: Uint8Array) => boolean): Seal[] {
  const target = openStoreDatabase(to)
  const leftOut: Seal[] = []
  try {
    let batch: Parameters<typeof target.add>[0][number][] = []
    const flush = (): void => {
      target.add(batch)
      batch = []
    }
    for (const { block, isDamaged } of existsSync(from) ? readable(from) : []) {
      if (block.bytes !== null && !isBlock(block.digest, block.bytes)) {
        // What is wrong may be its bytes, their name, or the chunk's, which then is none that anybody could bring again.
        leftOut.push(block.seal!)
        continue
      }
      batch.push(block)
      if (batch.length >= BATCH || isDamaged) flush()
      if (isDamaged) target.markDamaged(block.digest)
    }
    flush()
    for (const [, head, bytes] of existsSync(from) ? readableSegments(from) : []) putSegment(target, head, bytes, isBlock)
    return leftOut
  } finally {
    target.close()
  }
}

type Seal = NonNullable<Found['block']['seal']>

type Found = { block: Parameters<ReturnType<typeof openStoreDatabase>['add']>[0][number]; isDamaged: boolean }

/** The blocks of chunks whose rows can be read, and are such as are written; nothing where the file is no database any more. */
function* readable(file: string): Generator<Found> {
  let db: Database
  let rows: Query<Row>
  const folders = new Map<number, FolderId>()
  try {
    db = new Database(file)
  } catch {
    return
  }
  try {
    rows = db.query<Row>(`SELECT number, digest, length, damaged, folder, chunk, chunk_length, bytes FROM blocks NOT INDEXED
      WHERE number > ? ORDER BY number LIMIT 1`)
    for (const [number, id] of db.query<[number, FolderId]>('SELECT number, id FROM folders NOT INDEXED').all())
      if (typeof id === 'string') folders.set(number, id)
    for (let row = nextRow(rows, 0); row !== undefined; row = nextRow(rows, row[0])) {
      const found = blockIn(row, folders)
      if (found !== null) yield found
    }
  } catch {
    // What comes after is not to be had.
  } finally {
    db.abandon()
  }
}

function* readableSegments(file: string): Generator<[number: number, head: Uint8Array, bytes: Uint8Array]> {
  let db: Database
  try {
    db = new Database(file)
  } catch {
    return
  }
  try {
    const rows = db.query<[number, Uint8Array, Uint8Array]>(
      'SELECT number, head, bytes FROM segments NOT INDEXED WHERE number > ? ORDER BY number LIMIT 1',
    )
    for (let row = nextRow(rows, 0); row !== undefined; row = nextRow(rows, row[0])) yield row
  } catch {
    // What comes after is not to be had, or all: before version 4 there is no such table.
  } finally {
    db.abandon()
  }
}

function putSegment(
  target: ReturnType<typeof openStoreDatabase>,
  head: unknown,
  bytes: unknown,
  isBlock: (digest: Uint8Array, bytes: Uint8Array) => boolean,
): void {
  if (!(head instanceof Uint8Array) || !(bytes instanceof Uint8Array)) return
  try {
    const segment = readSegment(head)
    if (isBlock(segment.digest, bytes)) target.segments.put({ ...segment, head, bytes })
  } catch {
    // It is none.
  }
}

/** The first row beyond a number that can be read: what cannot is leapt over, in steps that grow, and then by halves back to it. */
function nextRow<Row extends AnyRow>(rows: Query<Row>, after: number): Row | undefined {
  const read = (from: number): Row | undefined | null => {
    try {
      const row = rows.get(from)
      return row === undefined || row[0] > from ? row : null
    } catch {
      return null
    }
  }
  let found = read(after)
  if (found !== null) return found
  let [bad, step] = [after, 1]
  while (found === null && step < FARTHEST) {
    found = read(after + step)
    if (found === null) bad = after + step
    step *= 2
  }
  if (found === null) return undefined
  for (let good = after + step / 2; good - bad > 1;) {
    const middle = Math.floor((bad + good) / 2)
    const row = read(middle)
    if (row === null) bad = middle
    else [good, found] = [middle, row]
  }
  return found
}

function blockIn(row: Row, folders: ReadonlyMap<number, FolderId>): Found | null {
  const [, digest, length, damaged, number, chunk, chunkLength, bytes] = row
  const folder = number === null ? undefined : folders.get(number)
  if (!isBytes(digest, 32) || folder === undefined || !isBytes(chunk, 32)) return null
  if (!isLength(length) || !isLength(chunkLength)) return null
  if (bytes !== null && !isBytes(bytes, length)) return null
  const seal = { folder, chunk: toHex(chunk) as ChunkId, length: chunkLength }
  return { block: { digest, length, bytes, seal }, isDamaged: damaged !== 0 }
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
}
