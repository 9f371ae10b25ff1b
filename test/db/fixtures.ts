import { createHash } from 'node:crypto'
import {
  deviceIdOf,
  folderIdOf,
  packChunks,
  publicKeyOf,
  signingKey,
  type ChunkId,
  type DeviceId,
  type DiskStat,
  type FolderId,
} from '#model'
import { openFolderIndex } from '../../src/db/open-folder-index.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import type { Applied, Authored, IngestRules, Ingested, KnownContent, LocalChange, TodoRow } from '../../src/db/folder-index.ts'

/** 2026-01-01, in ms: the wall clock of these tests. */
export const NOW = Date.UTC(2026, 0, 1)
export const FOLDER: FolderId = folderIdOf(new Uint8Array(16).fill(5))

export interface Device {
  seed: Uint8Array
  id: DeviceId
}

export function device(number: number): Device {
  const seed = new Uint8Array(32).fill(number)
  return { seed, id: deviceIdOf(publicKeyOf(signingKey(seed))) }
}

export const A = device(1)
export const B = device(2)
export const C = device(3)
export const RULES: IngestRules = { now: NOW, writers: [A, B, C].map(({ id }) => ({ device: id })) }

export function open(
  of: Device,
  options: { file?: string; foldsCase?: boolean; now?: number; copy?: Uint8Array } = {},
): SqliteFolderIndex {
  const { file = ':memory:', foldsCase = false, now = NOW, copy } = options
  return openFolderIndex({ folder: FOLDER, device: of.id, seed: of.seed, file, foldsCase, now }, copy)
}

let inode = 1000

export function stat(of: Partial<DiskStat> = {}): DiskStat {
  return { size: 0, mtimeMs: NOW, ctimeMs: NOW, ino: ++inode, mode: 0o644, ...of }
}

export function content(text: string): KnownContent {
  const id = createHash('sha256').update(text).digest('hex') as ChunkId
  const size = Buffer.byteLength(text)
  return { chunker: 1, size, chunks: size === 0 ? new Uint8Array(0) : packChunks([{ id, length: size }]) }
}

export function file(path: string, text: string, of: Partial<DiskStat> = {}): LocalChange {
  const known = content(text)
  return { path, kind: 'file', stat: stat({ size: known.size, ...of }), content: known }
}

export function directory(path: string, of: Partial<DiskStat> = {}): LocalChange {
  return { path, kind: 'directory', stat: stat({ mtimeMs: 0, ctimeMs: 0, mode: 0o755, ...of }) }
}

export function symlink(path: string, target: string): LocalChange {
  return { path, kind: 'symlink', target, stat: stat({ size: target.length, mode: 0o777 }) }
}

export function gone(path: string): LocalChange {
  return { path, kind: 'tombstone' }
}

let wall = NOW

/** What the wall clock of `author` shows, in ms: it goes on through all tests of a process. */
export function wallClock(): number {
  return wall
}

/** Authors at a wall clock that goes on by a second with each call, on whatever device. */
export function author(index: SqliteFolderIndex, ...changes: LocalChange[]): Authored {
  wall += 1000
  return index.author(changes, { now: wall })
}

/** All batches that `to` lacks of what `from` has. */
export function missing(from: SqliteFolderIndex, to: SqliteFolderIndex): Uint8Array[] {
  const have = to.have()
  return from.have().flatMap(({ author: writer, epoch, seq }) => {
    const known = have.find((other) => other.author === writer && other.epoch === epoch)?.seq ?? 0
    return known >= seq ? [] : from.batches(writer, epoch, known + 1, Infinity)
  })
}

export function send(from: SqliteFolderIndex, to: SqliteFolderIndex): Ingested {
  return to.ingest(missing(from, to), { ...RULES, now: wall })
}

/** Lets two indexes know the same. */
export function exchange(one: SqliteFolderIndex, other: SqliteFolderIndex): void {
  send(one, other)
  send(other, one)
}

export function row(index: SqliteFolderIndex, path: string): TodoRow {
  const [found] = index.rows([path])
  if (found === undefined) throw new Error(`no row for ${path}`)
  return found
}

/** What the heads of a path are: their kinds, and for files and symlinks sizes and targets. */
export function heads(index: SqliteFolderIndex, path: string): string[] {
  return row(index, path).heads.map(({ kind, size, target }) =>
    kind === 'file' ? `file ${size}` : kind === 'symlink' ? `to ${target}` : kind,
  )
}

export function todoPaths(index: SqliteFolderIndex, now: number = wall): string[] {
  return [...index.todo('change', 1000, now, null), ...index.todo('delete', 1000, now, null)].map(({ path }) => path)
}

export const NOTHING: Applied = { shown: [], gone: [], done: [], again: [], archived: [] }

/** Brings the "disk" of an index to its heads as an engine would where nothing is in conflict. */
export function follow(index: SqliteFolderIndex): void {
  for (const phase of ['change', 'delete'] as const) {
    for (const item of index.todo(phase, 10_000, wall, null)) {
      const [head] = item.heads
      const done = [{ path: item.path, revision: item.revision }]
      if (head === undefined || head.kind === 'tombstone') {
        index.commit({ ...NOTHING, gone: item.shown.map(({ path }) => path), done })
        continue
      }
      const size = head.kind === 'directory' ? 0 : head.size
      const now = stat({ size, mtimeMs: head.mtime / 1000, mode: head.mode })
      const shown = {
        path: item.path,
        kind: head.kind,
        stat: now,
        version: head.id,
        source: head.path,
      }
      index.commit({ ...NOTHING, shown: [shown], done })
    }
  }
}
