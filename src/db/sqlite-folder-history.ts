import { eachId, pathKey, type ChunkList, type VersionId } from '#model'
import { ArchivedVersions } from './archived-versions.ts'
import { Contents } from './contents.ts'
import type { Database } from './database.ts'
import type {
  ArchivedVersion,
  FolderHistory,
  Have,
  KeepItem,
  LostVersion,
  PastVersion,
  RetainablePage,
  RetainableRecord,
} from './folder-history.ts'
import { PastSizes } from './past-sizes.ts'
import { PastVersions } from './past-versions.ts'
import type { Synchronous } from './promised.ts'
import { RetainedChunks } from './retained-chunks.ts'
import type { Tables } from './tables/index.ts'

const NONE = new Uint8Array(0)
/** Chunk lists that one call of `toKeep` gives, bytes, but for the last. */
const MAX_LIST_BYTES = 1024 * 1024
/** Paths gone through by one call of `retainable`, and versions that it gives, but for those of the last path. */
const RETAINABLE_PATHS = 1_000
const MAX_RETAINABLE = 2_000

/** FolderHistory over SQLite, synchronous. */
export class SqliteFolderHistory extends PastSizes implements Synchronous<FolderHistory> {
  readonly #db: Database
  readonly #tables: Tables
  readonly #contents: Contents
  readonly #past: PastVersions
  readonly #archived: ArchivedVersions
  #retained: RetainedChunks | null = null

  constructor(db: Database, tables: Tables) {
    super(db, tables)
    this.#db = db
    this.#tables = tables
    this.#contents = new Contents(tables.records, tables.pieces)
    this.#archived = new ArchivedVersions(tables, this.#contents)
    this.#past = new PastVersions(db, tables)
  }

  versions(path: string): PastVersion[] {
    return this.#db.read(() => this.#past.versions(path))
  }

  version(path: string, id: string): PastVersion | null {
    const [found, ...others] = this.versions(path).filter(({ version }) => version.id.startsWith(id))
    return found === undefined || others.length > 0 ? null : found
  }

  listAt(under: string, time: number, after: string, limit: number): PastVersion[] {
    return this.#db.read(() => this.#past.at(under, time, after, limit))
  }

  versionsBelow(under: string, after: string, limit: number): PastVersion[] {
    return this.#db.read(() => this.#past.below(under, after, limit))
  }

  chunksOf(path: string, id: VersionId): ChunkList | null {
    const known = this.version(path, id)
    return known === null ? null : this.#db.read(() => this.#contents.chunks(known.version))
  }

  manifestPieces(ids: Uint8Array): (Uint8Array | null)[] {
    return this.#db.read(() => eachId(ids).map((id) => this.#tables.pieces.get(id)))
  }

  putManifestPieces(pieces: readonly { id: Uint8Array; bytes: Uint8Array }[]): void {
    this.#write(() => pieces.forEach(({ id, bytes }) => this.#tables.pieces.put(id, bytes)))
  }

  toKeep(limit: number, now: number): KeepItem[] {
    return this.#db.read(() => this.#items(this.#tables.keeping.page(limit, now)))
  }

  looked(after: number, limit: number): (KeepItem & { isKept: boolean })[] {
    const { keeping } = this.#tables
    return this.#db.read(() =>
      this.#items(keeping.looked(after, limit)).map((item) => ({ ...item, isKept: !keeping.has(item.record) })),
    )
  }

  recordsAfter(after: number, limit: number): KeepItem[] {
    return this.#db.read(() => this.#items(this.#tables.keeping.all(after, limit)))
  }

  recordsAt(places: readonly Have[]): KeepItem[] {
    const { chains } = this.#tables
    return this.#db.read(() => this.#items(places.flatMap((place) => chains.recordAt(place) ?? [])))
  }

  keepAgain(numbers: readonly number[]): void {
    this.#write(() => numbers.forEach((record) => this.#tables.keeping.lookAgain(record)))
  }

  kept(looked: Parameters<FolderHistory['kept']>[0]): void {
    const { keeping, held } = this.#tables
    this.#write(() => {
      for (const { record, isHead, until, isHeld, isFile, isSaid } of looked) {
        keeping.note(record, this.#isHead(record) === isHead && !keeping.hasChanged(record) ? until : 0)
        const what = isHeld === true ? 'here' : isFile === true ? 'file' : 'gone'
        held.note(record, { what, isHead, isSaid: isSaid === true })
      }
    })
  }

  nextToKeep(): number | null {
    return this.#db.read(() => this.#tables.keeping.next)
  }

  keepSoon(): void {
    this.#write(() => this.#tables.keeping.hasten())
  }

  keepAnew(): void {
    this.#write(() => this.#tables.keeping.anew())
  }

  keeping(): number {
    return this.#db.read(() => this.#tables.keeping.count)
  }

  archivedAfter(after: number, limit: number): ArchivedVersion[] {
    return this.#db.read(() => this.#archived.after(after, limit))
  }

  archivedNamed(names: readonly string[]): (ArchivedVersion | null)[] {
    return this.#db.read(() => names.map((name) => this.#archived.named(name)))
  }

  retainable(after: number): RetainablePage {
    const { state, forgotten } = this.#tables
    return this.#db.read(() => {
      const to = after + RETAINABLE_PATHS
      const paths: RetainableRecord[][] = []
      let count = 0
      for (const path of forgotten.edited(after, to)) {
        const versions = this.#retainable(path)
        paths.push(versions)
        count += versions.length
        if (count >= MAX_RETAINABLE) return { paths, next: path }
      }
      return { paths, next: to < state.paths ? to : null }
    })
  }

  forget(all: readonly number[]): number {
    const { forgotten } = this.#tables
    return this.#write(() => {
      const lost = all.filter((record) => forgotten.isLost(record))
      for (const record of lost) forgotten.add(record, 0)
      return lost.length + this.#forget(all).length
    })
  }

  forgetGone(items: Parameters<FolderHistory['forgetGone']>[0], now: number): number[] {
    const { forgotten, held } = this.#tables
    return this.#write(() => {
      const fresh = new Set(this.#forget(items.map(({ record }) => record)))
      const wasHere = ({ record, isOthers, isSaid }: (typeof items)[number]): boolean =>
        isOthers !== true && held.has(record, isSaid)
      const lost = items.filter((item) => item.wasHeld === true || wasHere(item))
      return forgotten.addGone(fresh, new Set(lost.map(({ record }) => record)), now)
    })
  }

  lost(after: number, limit: number, isAll = false): LostVersion[] {
    const { forgotten, records } = this.#tables
    return this.#db.read(() =>
      (isAll ? forgotten.missingAfter(after, limit) : forgotten.lostAfter(after, limit)).map(([record, since]) => {
        const { version } = records.read(record)
        return { record, version, since, isHead: false, ...forgotten.of(record) }
      }),
    )
  }

  losses(): number {
    return this.#db.read(() => this.#tables.forgotten.lost)
  }

  forgetLost(only?: readonly number[]): number {
    return this.#write(() => this.#tables.forgotten.dismiss(only))
  }

  remember(all: readonly number[]): void {
    const { forgotten, keeping } = this.#tables
    this.#write(() => {
      for (const record of all) {
        forgotten.remove(record)
        keeping.lookAgain(record)
      }
    })
    for (const record of all) this.#retained?.include(record)
  }

  gatherRetained(): { isComplete: boolean; unknown: string | null } {
    const retained = (this.#retained ??= new RetainedChunks(this.#tables))
    if (!retained.isComplete) this.#db.read(() => retained.step())
    return { isComplete: retained.isComplete, unknown: retained.unknown }
  }

  unneeded(ids: Uint8Array): Uint8Array | null {
    return this.gatherRetained().isComplete ? this.#retained!.without(ids) : null
  }

  onlyLost(ids: Uint8Array): Uint8Array {
    return this.#retained?.onlyLost(ids) ?? NONE
  }

  endGathering(): void {
    this.#retained = null
  }

  needGone(): number {
    return this.#db.read(() => this.#tables.todo.gone)
  }

  records(): number {
    return this.#tables.records.count
  }

  /**
   * What a version at a path was to bring when its file went away comes no more, and an older one of the same content, which counted on
   * that file as well, needs it still.
   */
  #lookAgainAt(key: string): void {
    const { paths, records, forgotten, keeping } = this.#tables
    const path = paths.find(key)
    if (path === undefined) return
    for (const { record } of records.ofPath(path.id))
      if (!forgotten.has(record) && !keeping.has(record)) keeping.lookAgain(record)
  }

  /** Those of some records that were not forgotten, and are now: they are no heads. */
  #forget(all: readonly number[]): number[] {
    const { forgotten, keeping, records, state } = this.#tables
    const fresh = all.filter((record) => !this.#isHead(record) && !forgotten.has(record))
    const unfinished = new Set(fresh.filter((record) => keeping.has(record)).map((record) => pathKey(records.pathOf(record))))
    for (const record of fresh) {
      forgotten.add(record, 0)
      // Whoever looks at it later finds that there is nothing to do.
      if (record <= state.kept) keeping.note(record, null)
    }
    for (const key of unfinished) this.#lookAgainAt(key)
    return fresh
  }

  #retainable(path: number): RetainableRecord[] {
    const { records, heads, forgotten } = this.#tables
    return [...records.ofPath(path)].map(({ record, version }) => ({
      record,
      version,
      isHead: heads.has(path, record),
      ...forgotten.of(record),
    }))
  }

  #items(numbers: readonly number[]): KeepItem[] {
    const items: KeepItem[] = []
    let bytes = 0
    for (const record of numbers) {
      const { version } = this.#tables.records.read(record)
      const past = this.#tables.forgotten.of(record)
      const chunks = version.kind === 'file' && !past.isForgotten ? this.#contents.chunks(version) : NONE
      items.push({ record, version, isHead: this.#isHead(record), ...past, chunks })
      bytes += chunks?.length ?? 0
      if (bytes > MAX_LIST_BYTES) break
    }
    return items
  }

  #isHead(record: number): boolean {
    const { paths, records, heads } = this.#tables
    const path = paths.find(pathKey(records.pathOf(record)))
    return path !== undefined && heads.has(path.id, record)
  }

  /** Runs a call that changes these tables alone: all of it or nothing. */
  #write<T>(work: () => T): T {
    const { state } = this.#tables
    try {
      return this.#db.transaction(() => {
        const result = work()
        state.save()
        return result
      })
    } catch (error) {
      this.#db.guard(() => state.load())
      throw error
    }
  }

  unkept(): Have[] {
    return this.#db.read(() => this.#tables.keeping.behind(this.#tables.chains.all()))
  }
}
