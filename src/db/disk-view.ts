import { pathKey, sameBytes, type ChunkList, type DiskStat, type Kind } from '#model'
import type { Contents } from './contents.ts'
import type { EntryChange } from './local-change.ts'
import type { Tables } from './tables/index.ts'
import type { PathRow } from './tables/paths.ts'
import { FILE, kindNumber, NOT_LOCAL, type ShownRow } from './tables/shown.ts'

/** The record whose content something is. */
export interface Origin {
  record: number
  version: { path: string }
}

/** A change of the disk with what the index has at its path. */
export interface DiskChange {
  change: EntryChange
  path: PathRow & { fresh?: boolean }
  key: string
  old: ShownRow | undefined
}

/** What the disk shows now at a path. */
export interface Sight {
  path: number
  key: string
  /** The path on disk. */
  name: string
  kind: Kind
  stat: DiskStat
  origin: Origin | null
  /** The path that the origin belongs to, where it is another one: a derived conflict file. */
  source: number | null
  /** A file's own chunks. */
  chunks: ChunkList
  local?: LocalMark
}

export interface LocalMark {
  state: number
  content: Uint8Array | null
}

const EMPTY: ChunkList = new Uint8Array(0)
const NO_STAT: DiskStat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }

/** Keeps what the disk shows, and with it the places of chunks. */
export class DiskView {
  readonly #tables: Pick<Tables, 'paths' | 'records' | 'shown' | 'chunks' | 'pieces' | 'keeping'>
  readonly #contents: Contents

  constructor(tables: Tables, contents: Contents) {
    this.#tables = tables
    this.#contents = contents
  }

  /** Notes what a path shows; `old` is the row of the same path so far. */
  note(sight: Sight, old: ShownRow | undefined): void {
    const { shown, chunks } = this.#tables
    const { path, key, name, stat, origin, source, local } = sight
    const plain = name === key && origin?.version.path === name && local === undefined
    const row: ShownRow = {
      path,
      record: origin?.record ?? null,
      source,
      name: plain ? null : name,
      kind: kindNumber(sight.kind),
      stat,
      local: local?.state ?? NOT_LOCAL,
      content: local?.content ?? null,
    }
    const before = old?.kind === FILE ? this.#contents.shown(old).chunks : EMPTY
    const after = row.kind === FILE ? sight.chunks : EMPTY
    shown.put(row, old)
    if (sameBytes(before, after)) return
    if (old !== undefined) this.#lostSight(old)
    chunks.remove(path, before)
    chunks.put(path, after)
  }

  /** Notes that a change shows `origin`'s content, or with `local` a local edit of it. */
  noteChange({ change, path, key, old }: DiskChange, origin: Origin | null, local?: LocalMark): void {
    const content = change.kind === 'file' ? change.content : undefined
    if (content?.manifest !== undefined) this.#tables.pieces.putAll(content.manifest)
    const elsewhere = origin !== null && pathKey(origin.version.path) !== key
    const sight: Sight = {
      path: path.id,
      key,
      name: change.path,
      kind: change.kind,
      stat: change.kind === 'tombstone' ? NO_STAT : change.stat,
      origin,
      source: elsewhere ? (old?.source ?? null) : null,
      chunks: content?.chunks ?? EMPTY,
    }
    this.note(local === undefined ? sight : { ...sight, local }, old)
  }

  /** Notes that a path shows nothing any more. */
  forget(old: ShownRow, key: string): void {
    this.#tables.paths.setGone(key)
    if (old.kind === FILE) this.#tables.chunks.remove(old.path, this.#contents.shown(old).chunks)
    this.#tables.shown.remove(old)
    this.#lostSight(old)
  }

  /** A file was a copy of a version that may be superseded already, and count as kept by it. */
  #lostSight({ kind, record }: ShownRow): void {
    if (kind === FILE && record !== null) this.#tables.keeping.lookAgain(record)
  }

  /** A row's path on disk. */
  nameOf(row: ShownRow): string {
    return row.name ?? this.#tables.records.pathOf(row.record ?? 0)
  }
}
