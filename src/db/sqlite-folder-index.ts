import type { KeyObject } from 'node:crypto'
import { encodeBatch, pathKey, signingKey, type ChunkList, type DeviceId, type StatTable, type VersionId } from '#model'
import { Author } from './author.ts'
import { BatchWriter } from './batch-writer.ts'
import { idStarts, placesOf } from './chunk-places.ts'
import { Commit } from './commit.ts'
import { Contents } from './contents.ts'
import type { Database } from './database.ts'
import { DiskView } from './disk-view.ts'
import type * as api from './folder-index.ts'
import { Ingest } from './ingest.ts'
import { OwnFiles } from './own-files.ts'
import { endingOf, type Ending } from './opening.ts'
import { OwnRescue } from './own-rescue.ts'
import { RecordWriter } from './record-writer.ts'
import type { Restoration, RestoredHeads } from './restoration.ts'
import { Ledger } from './ledger.ts'
import { LocalEdits } from './local-edits.ts'
import { MovedTrees } from './moved-trees.ts'
import type { Synchronous } from './promised.ts'
import { SqliteFolderLookups } from './sqlite-folder-lookups.ts'
import { Snapshot } from './snapshot.ts'
import type { Tables } from './tables/index.ts'
import { CHANGE, DELETE } from './tables/todo.ts'
import { TodoRows } from './todo-rows.ts'

/** FolderIndex over SQLite, synchronous: for a thread of its own, or for tests. */
export class SqliteFolderIndex extends SqliteFolderLookups implements Synchronous<api.FolderIndex> {
  readonly #db: Database
  readonly #tables: Tables
  readonly #key: KeyObject
  readonly #ledger: Ledger
  readonly #contents: Contents
  readonly #view: DiskView
  readonly #trees: MovedTrees
  readonly #rows: TodoRows
  readonly #commit: Commit
  readonly #local: LocalEdits
  readonly #snapshot: Snapshot
  readonly #own: OwnFiles

  constructor(db: Database, tables: Tables, seed: Uint8Array) {
    super(db, tables)
    this.#db = db
    this.#tables = tables
    this.#key = signingKey(seed)
    const ledger = new Ledger(tables)
    const contents = new Contents(tables.records, tables.pieces)
    const view = new DiskView(tables, contents)
    const trees = new MovedTrees(db, tables, { ledger, contents, view })
    const parts = { ledger, contents, view, trees }
    this.#trees = trees
    this.#ledger = ledger
    this.#contents = contents
    this.#view = view
    this.#rows = new TodoRows(tables, parts)
    this.#commit = new Commit(tables, parts)
    this.#local = new LocalEdits(tables, parts)
    this.#snapshot = new Snapshot(db)
    this.#own = new OwnFiles(tables, ledger)
  }

  totals(): api.IndexTotals {
    const { state, records, heads, shown } = this.#tables
    const [superseded, conflicts] = this.#db.guard(() => [records.count - heads.count, shown.sources()] as const)
    const { totals, conflicts: conflictFiles, revision } = state
    return { ...totals, conflicts, conflictFiles, superseded, empty: revision === 0, revision }
  }

  snapshot(scopes: readonly string[] | null): StatTable {
    return this.#db.read(() => this.#snapshot.read(scopes))
  }

  author(changes: readonly api.LocalChange[], options: api.AuthorOptions): api.Authored {
    return this.#write(() => {
      const writer = new BatchWriter(this.#tables, this.#key)
      const parts = { ledger: this.#ledger, view: this.#view, contents: this.#contents, writer }
      const author = new Author(this.#tables, parts, options)
      for (const change of changes) author.take(change)
      writer.close()
      const { paths, refused, missed } = author
      return { records: writer.written, paths, refused, missed, have: this.have() }
    })
  }

  chunkers(paths: readonly string[]): (number | null)[] {
    const known = (path: string) => this.#tables.paths.find(pathKey(path))?.id
    return this.#db.read(() => paths.map(known).map((id) => (id === undefined ? null : this.#contents.chunker(id))))
  }

  have(): api.Have[] {
    const started = this.#tables.chains.all().filter(({ seq }) => seq > 0)
    return started.map(({ author, epoch, seq }) => ({ author, epoch, seq }))
  }

  batches(author: DeviceId, epoch: number, from: number, maxBytes: number): Uint8Array[] {
    const { chains, records, state } = this.#tables
    const chain = chains.find(author, epoch)
    if (chain === undefined || from < 1 || from > chain.seq) return []
    return this.#db.read(() => {
      const encoded: Uint8Array[] = []
      let total = 0
      for (const { number, first, count, bytes, prev, signature } of chains.from(chain, from)) {
        if (encoded.length > 0 && total + bytes > maxBytes) break
        const bodies = records.bodies(number, count).map((body) => ({ body }))
        const batch = encodeBatch({ folder: state.folder, author, epoch, first, prev, records: bodies, signature })
        total += batch.length
        encoded.push(batch.slice())
      }
      return encoded
    })
  }

  ingest(batches: readonly Uint8Array[], rules: api.IngestRules): api.Ingested {
    return this.#write(() => {
      const writer = new BatchWriter(this.#tables, this.#key)
      const records = new RecordWriter(this.#tables.state, { ledger: this.#ledger, writer }, rules.now)
      const rescue = new OwnRescue(this.#tables, { ledger: this.#ledger, records })
      const ingest = new Ingest(this.#tables, { ledger: this.#ledger, rescue }, this.#key, rules)
      let fault: api.Ingested['fault']
      for (const batch of batches) {
        fault = ingest.take(batch)
        if (fault !== undefined) break
      }
      rescue.finish()
      writer.close()
      const result = { records: ingest.records, paths: ingest.paths, kept: ingest.kept, have: this.have() }
      return fault === undefined ? result : { ...result, fault }
    })
  }

  todo(
    phase: 'change' | 'delete',
    limit: number,
    now: number,
    after: string | null,
    busy: readonly number[] = [],
  ): api.TodoRow[] {
    const { todo, paths } = this.#tables
    if (this.#db.guard(() => todo.due(now))) this.#write(() => todo.wake(now))
    return this.#db.read(() => {
      const key = after === null ? null : pathKey(after)
      const from = key === null ? null : { key, path: paths.find(key)?.id ?? 0 }
      const items = todo.page(phase === 'change' ? CHANGE : DELETE, { limit, after: from, without: new Set(busy) })
      return items.map(({ path, key: found, revision }) => this.#rows.row(path, found, revision))
    })
  }

  rows(paths: readonly string[]): api.TodoRow[] {
    return this.#db.read(() => paths.map((path) => this.#rows.ofPath(path)))
  }

  movedTree(from: string, to: string): api.MovedTree | null {
    return this.#db.read(() => this.#trees.find(from, to))
  }

  defer(items: readonly { path: string; revision: number; until: number; problem: api.Problem }[]): void {
    this.#write(() => {
      for (const { path, revision, until, problem } of items) {
        const id = this.#tables.paths.intern(pathKey(path)).id
        const now = this.#tables.todo.revision(id) ?? 0
        if (now !== revision) continue
        if (now === 0) this.#commit.again(path)
        this.#tables.todo.defer(id, until, problem)
      }
    })
  }

  ignore(items: readonly { path: string; revision: number }[]): void {
    this.#write(() => this.#commit.ignore(items))
  }

  unignore(): void {
    if (this.#db.guard(() => this.#tables.todo.ignores)) this.#write(() => this.#tables.todo.unignore())
  }

  retry(paths: readonly string[] | null): void {
    this.#write(() => {
      if (paths === null) this.#tables.todo.wake(Infinity)
      else for (const path of paths) this.#commit.retry(path)
    })
  }

  commit(applied: api.Applied): void {
    this.#write(() => this.#commit.take(applied))
  }

  ownFiles(path: string): api.OwnFile[] {
    return this.#db.read(() => this.#own.of(path))
  }

  giveUp(path: string, lost: VersionId, instead: VersionId | null, now: number): api.Authored {
    return this.#written(now, (records) => this.#own.giveUp(path, lost, instead, records))
  }

  bringBack(paths: readonly string[], now: number): api.Authored {
    return this.#written(now, (records) => paths.flatMap((path) => this.#own.bringBack(path, records)))
  }

  restore(changes: readonly Restoration[], now: number): api.Authored & RestoredHeads {
    const written: boolean[] = []
    const authored = this.#written(now, (records) =>
      changes.flatMap((change) => {
        const paths = this.#own.restore(change, records)
        written.push(paths !== null)
        return paths ?? []
      }),
    )
    const rows = this.rows(changes.map(({ path }) => path))
    return { ...authored, heads: rows.map(({ heads }, at) => (written[at] === true ? (heads[0]?.id ?? null) : null)) }
  }

  locate(ids: Uint8Array): api.ChunkPlace[][] {
    return this.#db.read(() => idStarts(ids).map((at) => placesOf(this.#tables, this.#view, ids, at)))
  }

  isArchived(names: readonly string[]): boolean[] {
    return this.#db.read(() => names.map((name) => this.#tables.archive.has(name)))
  }

  archivedContents(names: readonly string[]): ({ size: number; chunks: ChunkList } | null)[] {
    return this.#db.read(() => names.map((name) => this.#tables.archive.content(name)))
  }

  forgetArchived(names: readonly string[]): void {
    this.#write(() => {
      for (const name of names) this.#tables.archive.forget(name)
    })
  }

  problems(): api.Problem[] {
    return this.#db.read(() => this.#tables.todo.problems())
  }

  conflictsBeginning(path: string): string[] {
    return this.#db.read(() => this.#rows.conflictsBeginning(path))
  }

  localEdits(): string[] {
    return this.#db.read(() => this.#local.paths())
  }

  revertLocal(): number {
    return this.#write(() => this.#local.revert())
  }

  publishLocal(): number {
    return this.#write(() => this.#local.publish())
  }

  ending(): Ending {
    return endingOf(this.#tables.state, this.#tables.chains)
  }

  /** The whole database as bytes, as it was after the last call: for `openFolderIndex`. */
  copy(): Uint8Array {
    return this.#db.copy()
  }

  override rest(): void {
    super.rest()
    this.#tables.records.forget()
    this.#db.rest()
  }

  close(): void {
    this.#db.guard(() => this.#db.close())
  }

  /** A call that writes records of this device's, other than for what a scan found. */
  #written(now: number, work: (records: RecordWriter) => api.Authored['paths']): api.Authored {
    return this.#write(() => {
      const writer = new BatchWriter(this.#tables, this.#key)
      const paths = work(new RecordWriter(this.#tables.state, { ledger: this.#ledger, writer }, now))
      writer.close()
      return { records: writer.written, paths, refused: [], missed: [], have: this.have() }
    })
  }

  /** Runs a call that changes the index: all of it or nothing. */
  #write<T>(work: () => T): T {
    const { state, chains, records, heads } = this.#tables
    try {
      return this.#db.transaction(() => {
        this.#ledger.begin()
        const result = work()
        state.save()
        return result
      })
    } catch (error) {
      this.#db.guard(() => {
        state.load()
        chains.reload()
        records.reload()
        heads.reload()
      })
      throw error
    }
  }
}
