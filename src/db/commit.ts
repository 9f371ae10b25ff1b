import { HoldfastError } from '#base'
import { parentPath, pathKey, sameStat, type VersionId } from '#model'
import type { Contents } from './contents.ts'
import type { DiskView } from './disk-view.ts'
import type { Applied } from './folder-index.ts'
import type { MovedTrees } from './moved-trees.ts'
import { NO_RECORD } from './no-version.ts'
import type { Ledger } from './ledger.ts'
import type { Tables } from './tables/index.ts'
import type { Known } from './tables/records.ts'

const NONE = new Uint8Array(0)

interface Parts {
  ledger: Ledger
  view: DiskView
  contents: Contents
  trees: MovedTrees
}

/** Notes what a transition did, inside one transaction. */
export class Commit {
  readonly #tables: Tables
  readonly #parts: Parts

  constructor(tables: Tables, parts: Parts) {
    this.#tables = tables
    this.#parts = parts
  }

  take(applied: Applied): void {
    const { paths, todo, archive } = this.#tables
    for (const tree of applied.trees ?? []) this.#parts.trees.note(tree)
    const settled = new Set<number>()
    for (const { path, revision } of applied.done) {
      const row = paths.find(pathKey(path))
      if (row === undefined) continue
      todo.settle(row.id, revision)
      if (todo.revision(row.id) === undefined) settled.add(row.id)
    }
    this.#forget(applied.gone, settled)
    for (const entry of applied.shown) this.#show(entry)
    for (const entry of applied.still ?? []) this.#retime(entry)
    for (const path of applied.again) this.again(path)
    for (const file of applied.archived) archive.add(file)
  }

  /** Makes a path to-do. */
  again(path: string): void {
    const key = pathKey(path)
    this.#parts.ledger.demand(this.#tables.paths.intern(key).id, key)
  }

  /** The same, but for a path that is not known, and one that shows its only head and is not on the list. */
  retry(path: string): void {
    const { paths, todo, shown } = this.#tables
    const known = paths.find(pathKey(path))
    if (known === undefined) return
    const [head, ...others] = this.#parts.ledger.heads(known.id)
    const shows = head !== undefined && others.length === 0 && shown.get(known.id)?.record === head.record
    if (!shows || todo.revision(known.id) !== undefined) this.again(path)
  }

  /** See FolderIndex.ignore. */
  ignore(items: readonly { path: string; revision: number }[]): void {
    const { paths, todo } = this.#tables
    for (const { path, revision } of items) {
      const id = paths.find(pathKey(path))?.id
      if (id !== undefined && todo.revision(id) === revision) todo.ignore(id)
    }
  }

  /** A directory that was there only for what was below it may go now, too. `settled`: paths of which nothing is to be done any more. */
  #forget(gone: readonly string[], settled: ReadonlySet<number>): void {
    const { paths, shown, todo, records } = this.#tables
    const keys = new Set(gone.map(pathKey))
    const parents = new Set<string>()
    for (const key of keys) {
      const path = paths.find(key)
      const old = path === undefined ? undefined : shown.get(path.id)
      if (old !== undefined) this.#parts.view.forget(old, key)
      // It went by what its path's heads were before, and what is planned by what they are now takes it to be there.
      if (old !== undefined && old.record !== null && old.source !== null && !settled.has(old.source))
        this.#parts.ledger.demand(old.source, pathKey(records.pathOf(old.record)))
      // It went as another path's conflict file, or was moved away, while this path has something to show.
      if (path?.live === true) this.#parts.ledger.demand(path.id, key)
      else if (path !== undefined && shown.ofSource(path.id).length === 0) todo.drop(path.id)
      const parent = parentPath(key)
      if (parent !== '' && !keys.has(parent)) parents.add(parent)
    }
    for (const parent of parents) this.#parts.ledger.reconsider(parent)
  }

  #show(entry: Applied['shown'][number]): void {
    const { paths, shown, records } = this.#tables
    const key = pathKey(entry.path)
    const sourceKey = pathKey(entry.source)
    const path = paths.intern(key).id
    const source = sourceKey === key ? path : paths.find(sourceKey)?.id
    const { kind, stat } = entry
    const { origin, stays } = this.#origin(entry, source)
    const old = shown.get(path)
    this.#parts.view.note(
      {
        path,
        key,
        name: entry.path,
        kind,
        stat,
        origin,
        source: source === undefined || source === path ? null : source,
        chunks: origin?.version.kind === 'file' ? (this.#parts.contents.chunks(origin.version) ?? NONE) : NONE,
      },
      old,
    )
    // What another path showed here as its conflict file is to show under another name now.
    if (old !== undefined && old.record !== null && old.source !== null && old.source !== source)
      this.again(records.read(old.record).version.path)
    // Planned before something newer came, and done after this path was settled for another reason: its file was renamed to where the
    // newer version wants it, say. Nobody would look at it again.
    if (!stays && source !== undefined) this.#parts.ledger.demand(source, sourceKey)
  }

  #retime({ path, stat }: NonNullable<Applied['still']>[number]): void {
    const { paths, shown } = this.#tables
    const { ctimeMs } = stat
    const id = paths.find(pathKey(path))?.id
    const old = id === undefined ? undefined : shown.get(id)
    if (old !== undefined && sameStat({ ...old.stat, ctimeMs }, stat)) shown.move(old.path, { ...old, ctimeMs, mode: stat.mode })
  }

  /** The record that a version of a path comes from, and whether that is one of its heads, as it nearly always is. */
  #origin(
    { version, source }: { version: VersionId; source: string },
    path: number | undefined,
  ): { origin: Known | null; stays: boolean } {
    if (version === NO_RECORD) return { origin: null, stays: true }
    if (path !== undefined) {
      for (const head of this.#parts.ledger.heads(path)) if (head.version.id === version) return { origin: head, stays: true }
      for (const known of this.#tables.records.ofPath(path))
        if (known.version.id === version) return { origin: known, stays: false }
    }
    throw new HoldfastError('not-found', `no version ${version} of ${source} is known`)
  }
}
