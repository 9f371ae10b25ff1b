import { CHUNK_ITEM_BYTES, type ChunkList } from '#model'
import type { Command, Database, Query } from '../database.ts'

/** Bytes of a chunk id that places are found by; whoever reads at a place verifies the whole id anyway. */
const PREFIX_BYTES = 6
/** Places of one chunk named at most. */
const MAX_PLACES = 4

export interface StoredPlace {
  /** Of what the disk shows; below 0 of a file in the archive. */
  path: number
  offset: number
  length: number
}

/** Where chunks lie in the files that the disk shows or the archive keeps. A third of the size that whole ids would take. */
export class Chunks {
  readonly #insert: Command
  readonly #move: Command
  readonly #remove: Command
  readonly #find: Query<[number, number, number]>

  constructor(db: Database) {
    this.#insert = db.command('INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?)')
    this.#remove = db.command('DELETE FROM chunks WHERE prefix = ? AND path = ? AND offset = ?')
    this.#move = db.command('UPDATE OR REPLACE chunks SET path = ? WHERE prefix = ? AND path = ? AND offset = ?')
    this.#find = db.query(`SELECT path, offset, length FROM chunks WHERE prefix = ? ORDER BY path DESC LIMIT ${MAX_PLACES}`)
  }

  /** Notes that the file at `path` consists of these chunks. */
  put(path: number, list: ChunkList): void {
    for (const [prefix, offset, length] of places(list)) this.#insert(prefix, path, offset, length)
  }

  /** Notes that the file of which `put` was told at `from` is at `path`, where none is. */
  move(from: number, path: number, list: ChunkList): void {
    for (const [prefix, offset] of places(list)) this.#move(path, prefix, from, offset)
  }

  /** Takes back what `put` noted. */
  remove(path: number, list: ChunkList): void {
    for (const [prefix, offset] of places(list)) this.#remove(prefix, path, offset)
  }

  /** Places of the chunk whose 32-byte id starts at `at`, at most 4: those in the archive last. */
  find(ids: Uint8Array, at: number): StoredPlace[] {
    return this.#find.all(prefixAt(viewOf(ids), at)).map(([path, offset, length]) => ({ path, offset, length }))
  }
}

function* places(list: ChunkList): Generator<[prefix: number, offset: number, length: number]> {
  const view = viewOf(list)
  let offset = 0
  for (let at = 0; at + CHUNK_ITEM_BYTES <= list.length; at += CHUNK_ITEM_BYTES) {
    const length = view.readUInt32LE(at + 32)
    yield [prefixAt(view, at), offset, length]
    offset += length
  }
}

function prefixAt(view: Buffer, at: number): number {
  return view.readUIntBE(at, PREFIX_BYTES)
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
