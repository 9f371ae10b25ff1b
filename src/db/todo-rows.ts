import { baseName, CHUNK_ITEM_BYTES, EMPTY_VECTOR, isLive, joinPath, parentPath, pathKey, sameBytes, type Version } from '#model'
import type { Contents } from './contents.ts'
import type { DiskView } from './disk-view.ts'
import type { ShownEntry, TodoRow } from './folder-index.ts'
import type { MovedTrees } from './moved-trees.ts'
import { NO_VERSION } from './no-version.ts'
import { joinHeads } from './head-algebra.ts'
import type { Ledger } from './ledger.ts'
import type { Tables } from './tables/index.ts'
import { DIRECTORY, diskKind, LOCAL, NOT_LOCAL, REVERTED, TOMBSTONE, type ShownRow } from './tables/shown.ts'

/** Only such names have more than one normal form. */
const BEYOND_ASCII = /[^\x00-\x7f]/

interface Parts {
  ledger: Ledger
  view: DiskView
  contents: Contents
  trees: MovedTrees
}

/** Puts together what reconciling a path needs to know. */
export class TodoRows {
  readonly #tables: Tables
  readonly #parts: Parts

  constructor(tables: Tables, parts: Parts) {
    this.#tables = tables
    this.#parts = parts
  }

  /** The row of any path; `asked` names it where no record does. */
  ofPath(asked: string): TodoRow {
    const key = pathKey(asked)
    const path = this.#tables.paths.find(key)
    if (path === undefined) {
      return {
        path: asked,
        heads: [],
        shown: [],
        directory: this.#directoryOf(asked),
        below: this.#tables.paths.livesBelow(key),
        movable: null,
        movedFrom: null,
        twin: this.#twin(key, 0),
        revision: 0,
      }
    }
    return this.row(path.id, key, this.#tables.todo.revision(path.id) ?? 0)
  }

  conflictsBeginning(asked: string): string[] {
    const { paths } = this.#tables
    return paths.beginning(pathKey(asked)).flatMap(({ key, id }) => {
      const heads = this.#parts.ledger.heads(id)
      const isOne = heads.length < 2 && (heads[0]?.version.kind === 'directory' || !paths.livesBelow(key))
      return isOne ? [] : [key]
    })
  }

  row(id: number, key: string, revision: number): TodoRow {
    const { paths, shown } = this.#tables
    const heads = joinHeads(this.#parts.ledger.heads(id).map(({ version }) => version))
    const own = shown.get(id)
    // A derived file of another path is that path's, unless something of this path is to take its place.
    const belongs = own !== undefined && (own.source === null || heads.some(isLive))
    const derived = shown.ofSource(id).filter((row) => !this.#isTaken(row))
    const entries = [...(belongs ? [own] : []), ...derived].filter(({ kind }) => kind !== TOMBSTONE)
    const path = heads[0]?.path ?? (own === undefined ? key : this.#parts.view.nameOf(own))
    const below = paths.livesBelow(key)
    const twin = this.#twin(key, id)
    const only = own === undefined && heads.length === 1 ? heads[0]! : null
    const isNewDirectory = only?.kind === 'directory' && only.path === key && twin === null
    return {
      path,
      heads,
      shown: entries.map((row) => this.#entry(row)),
      directory: this.#directoryOf(path),
      below,
      movable: only === null || below ? null : this.#movable(only),
      movedFrom: isNewDirectory ? this.#parts.trees.candidate(key, (version) => this.#movable(version)) : null,
      twin,
      revision,
    }
  }

  /** Is something of its own path to take the place of a derived file? Then that path's row deals with it, and no other. */
  #isTaken(row: ShownRow): boolean {
    return this.#tables.paths.find(pathKey(this.#parts.view.nameOf(row)))?.live === true
  }

  #movable(version: Version): ShownEntry | null {
    if (version.kind !== 'file') return null
    const { paths, shown, chunks } = this.#tables
    const { contents, view } = this.#parts
    const wanted = contents.chunks(version)
    if (wanted === null || wanted.length < CHUNK_ITEM_BYTES) return null
    for (const { path, offset } of chunks.find(wanted, 0)) {
      const row = offset === 0 && path > 0 ? shown.get(path) : undefined
      if (row === undefined || row.source !== null || row.record === null || row.local !== NOT_LOCAL) continue
      const key = pathKey(view.nameOf(row))
      if (paths.find(key)?.live !== false || paths.livesBelow(key)) continue
      if (sameBytes(contents.shown(row).chunks, wanted)) return this.#entry(row)
    }
    return null
  }

  #entry(row: ShownRow): ShownEntry {
    const known = row.record === null ? null : this.#tables.records.read(row.record).version
    const path = row.name ?? known?.path ?? ''
    return {
      path,
      kind: diskKind(row.kind),
      stat: row.stat,
      version: shownVersion(row, path, known),
      ...this.#parts.contents.shown(row),
      size: row.stat.size,
    }
  }

  /** The directory of a path as the disk spells it, as far as the disk shows it. */
  #directoryOf(path: string): string {
    const parent = parentPath(path)
    if (!BEYOND_ASCII.test(parent)) return parent
    const known = this.#tables.paths.find(pathKey(parent))
    const row = known === undefined ? undefined : this.#tables.shown.get(known.id)
    if (row?.kind === DIRECTORY) return this.#parts.view.nameOf(row)
    return joinPath(this.#directoryOf(parent), baseName(parent))
  }

  /** A path that the disk shows under a name that it cannot tell from this one. */
  #twin(key: string, id: number): string | null {
    const { paths, shown } = this.#tables
    for (const twin of paths.twins(key, id)) {
      const row = shown.get(twin)
      if (row !== undefined && row.kind !== TOMBSTONE) return this.#parts.view.nameOf(row)
    }
    return null
  }
}

function shownVersion(row: ShownRow, path: string, known: Version | null): ShownEntry['version'] {
  switch (row.local) {
    case LOCAL:
      return null
    case REVERTED:
      return { id: NO_VERSION, path: known?.path ?? path, vector: EMPTY_VECTOR, hlc: 0 }
    default:
      // Without a record it is a directory that is there for what is below it.
      if (known === null) return { id: NO_VERSION, path, vector: EMPTY_VECTOR, hlc: 0 }
      return { id: known.id, path: known.path, vector: known.vector, hlc: known.hlc }
  }
}
