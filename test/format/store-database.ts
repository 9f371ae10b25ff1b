import { createHash } from 'node:crypto'
import type { openStoreDatabase } from '#db'
import { folderIdOf, fromHex, toHex, type ChunkId } from '#model'
import { segments } from './segment-cases.ts'

type StoreDatabase = ReturnType<typeof openStoreDatabase>

export const folder = folderIdOf(new Uint8Array(16).fill(7))

export function blockNamed(name: string, isFile = false) {
  const bytes = Buffer.from(`the block ${name}`)
  const digest = createHash('sha256').update(bytes).digest()
  const chunk = createHash('sha256').update(name).digest('hex') as ChunkId
  return { digest, length: bytes.length, bytes: isFile ? null : bytes, seal: { folder, chunk, length: 100 } }
}

/** Puts something in every table that version 1 had; a database of it was frozen as store-1.db.gz. */
export function fill(table: Pick<StoreDatabase, 'add' | 'markDamaged'>): void {
  table.add([
    blockNamed('small'),
    blockNamed('large', true),
    blockNamed('damaged', true),
    { ...blockNamed('of no chunk'), seal: null },
  ])
  table.markDamaged(blockNamed('damaged').digest)
}

/** Everything that a store's database of version 1 says. */
export function told(table: StoreDatabase): object {
  const names = ['small', 'large', 'damaged', 'of no chunk', 'other']
  return {
    totals: table.totals(),
    damaged: table.damaged().map(toHex),
    page: table.page(new Uint8Array(0), 9).map(toHex),
    chunks: table.chunks(folder, '', 9),
    blocks: names.map((name) => table.block(blockNamed(name).digest)),
    of: names.map((name) => table.blockOf(folder, blockNamed(name).seal.chunk)),
  }
}

/** Of version 4: two segments of a chain, and one that takes the place of another. */
export function fillSegments(table: StoreDatabase): void {
  const { records } = segments
  const put = (first: number, last: number, name: string): void =>
    table.segments.put({
      ...records,
      folder,
      first,
      last,
      chunk: blockNamed(name).seal.chunk,
      head: fromHex('0102'),
      bytes: Buffer.from(name),
    })
  put(1, 3, 'one')
  put(4, 5, 'two')
  put(4, 9, 'three')
}

export function toldSegments(table: StoreDatabase): object {
  const first = '0'.repeat(64) as ChunkId
  return {
    all: table.segments.heads(folder, 'all', first, 9).map(toHex),
    last: table.segments.heads(folder, 'last', first, 9).length,
    got: ['one', 'two', 'three'].map((name) => table.segments.get(folder, blockNamed(name).seal.chunk)),
    bytes: table.segments.bytesOf(folder),
  }
}
