import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { fromHex, packChunks, type ChunkId } from '#model'
import { inProcess, type FolderIndex, type LocalChange } from '#db'
import type { SweepParts } from '#history'
import { SweptBlocks } from '#store'
import { A, open, stat } from '../db/fixtures.ts'
import { newSealing, newStore } from '../store/subjects.ts'

/** An index and a store, both real, of one folder. */
export function makeFolder() {
  const index = open(A)
  const store = newStore()
  onTestFinished(() => index.close())
  const sealing = newSealing()
  const swept = new SweptBlocks(store)
  const parts: SweepParts = {
    folder: sealing.folder,
    index: inProcess<FolderIndex>(index),
    store: swept,
    obstacle: () => null,
    step: async () => undefined,
  }
  return { index, store, sealing, swept, parts }
}

export type Folder = ReturnType<typeof makeFolder>

export function idOf(name: string): ChunkId {
  return createHash('sha256').update(name).digest('hex') as ChunkId
}

export function packed(names: readonly string[]): Uint8Array {
  return Buffer.concat(names.map((name) => fromHex(idOf(name))))
}

/** A file of chunks that are called so: each has its name as content. */
export function fileOf(path: string, names: readonly string[]): LocalChange {
  const list = packChunks(names.map((name) => ({ id: idOf(name), length: name.length })))
  const size = names.reduce((sum, { length }) => sum + length, 0)
  return { path, kind: 'file', stat: stat({ size }), content: { chunker: 1, size, chunks: list } }
}

export function chunksOf(names: readonly string[]): { id: ChunkId; bytes: Uint8Array }[] {
  return names.map((name) => ({ id: idOf(name), bytes: new Uint8Array(Buffer.from(name)) }))
}

/** Which of these chunks the store has. Asks as nobody else does: no note is taken back. */
export function here({ store, sealing }: Folder, names: readonly string[]): string[] {
  return names.filter((name) => store.table.blockOf(sealing.folder, idOf(name)) !== undefined)
}

/** Forgets all superseded versions of a path. */
export function forgetPast({ index }: Folder, path: string): void {
  const ids = new Set(index.versions(path).map(({ version }) => version.id))
  const all = index.retainable(0).paths.flat()
  index.forget(all.filter(({ version }) => ids.has(version.id)).map(({ record }) => record))
}
