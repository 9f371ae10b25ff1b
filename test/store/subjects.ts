import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemRandom } from '#base'
import { blockDigest, chunkId, sealBlock, type DataKey } from '#content'
import { openStoreDatabase } from '#db'
import { folderIdOf, fromHex, type ChunkId } from '#model'
import {
  BlockFiles,
  BlockStore,
  ForeignBlocks,
  HeldSegments,
  SealedChunks,
  SweptBlocks,
  type FolderSealing,
  type ForeignBlock,
} from '#store'

export const SMALL = 4 * 1024

export type OpenStore = ReturnType<typeof openStore>

/** The store of one directory, in this thread. */
export function openStore(directory: string, file = join(directory, 'store.db')) {
  const table = openStoreDatabase(file)
  const files = new BlockFiles(join(directory, 'blocks'))
  const blocks = new BlockStore({ table, files }, { small: SMALL })
  /** Is there more room on the disk than is to stay free? */
  const disk = { hasRoom: true }
  const hasRoom = (): boolean => disk.hasRoom
  const segments = new HeldSegments({ table, hasRoom })
  const foreign = new ForeignBlocks({ blocks, table, segments, hasRoom })
  return {
    directory,
    table,
    files,
    blocks,
    foreign,
    segments,
    disk,
    chunks: new SealedChunks({ blocks, table, random: systemRandom }),
  }
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-store-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export function newStore(): OpenStore {
  const store = openStore(temporaryDirectory())
  onTestFinished(() => store.table.close())
  return store
}

/** One whose database waits for no disk. */
export function newMemoryStore(): OpenStore {
  const store = openStore(temporaryDirectory(), ':memory:')
  onTestFinished(() => store.table.close())
  return store
}

export function newDataKey(): DataKey {
  return { id: randomBytes(16), key: randomBytes(32) }
}

export function newSealing(): FolderSealing {
  return { folder: folderIdOf(randomBytes(16)), idKey: randomBytes(32), keys: [newDataKey()] }
}

export function newChunk({ idKey }: FolderSealing, length: number): { id: ChunkId; bytes: Uint8Array } {
  const bytes = new Uint8Array(randomBytes(length))
  return { id: chunkId(idKey, bytes), bytes }
}

export function newBlock(length: number): { digest: Uint8Array; bytes: Uint8Array; seal: null } {
  const bytes = new Uint8Array(randomBytes(length))
  return { digest: blockDigest(bytes), bytes, seal: null }
}

/** A block of a new chunk, or of `chunk`, as another device seals it. */
export function newForeign(sealing: FolderSealing, length: number, chunk = newChunk(sealing, length)): ForeignBlock {
  const place = { folder: sealing.folder, chunk: chunk.id }
  return { id: chunk.id, length, bytes: sealBlock(chunk.bytes, place, sealing.keys[0]!, new Uint8Array(randomBytes(32))) }
}

export function packIds(...ids: ChunkId[]): Uint8Array {
  return Buffer.concat(ids.map(fromHex))
}

/** The digests of the files that the store has. */
export async function filesOf({ files }: OpenStore): Promise<Uint8Array[]> {
  const found: Uint8Array[] = []
  for (const directory of await files.directories())
    for (const { digest } of await files.in(directory)) if (digest !== null) found.push(digest)
  return found
}

/** What a shelf has of a store; calls are looked up when they are made. */
export function shelfStore(store: OpenStore) {
  const swept = new SweptBlocks(store)
  return {
    take: (...args: Parameters<typeof store.foreign.take>) => store.foreign.take(...args),
    sealed: (...args: Parameters<typeof store.foreign.sealed>) => store.foreign.sealed(...args),
    reliable: (...args: Parameters<typeof store.foreign.reliable>) => store.foreign.reliable(...args),
    lacking: (...args: Parameters<typeof store.chunks.lacking>) => store.chunks.lacking(...args),
    takeSegment: (...args: Parameters<typeof store.segments.takeSegment>) => store.segments.takeSegment(...args),
    segments: (...args: Parameters<typeof store.segments.segments>) => store.segments.segments(...args),
    held: (...args: Parameters<typeof swept.held>) => swept.held(...args),
    pending: (...args: Parameters<typeof swept.pending>) => swept.pending(...args),
    note: (...args: Parameters<typeof swept.note>) => swept.note(...args),
  }
}
