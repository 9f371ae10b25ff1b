import { pathKey } from '#model'
import { Contents } from './contents.ts'
import type { Database } from './database.ts'
import { densityOf } from './density.ts'
import { DiskView } from './disk-view.ts'
import type { Conflict, ListedEntry } from './folder-index.ts'
import type {
  DensityCounts,
  DensityQuery,
  FindQuery,
  FolderLookups,
  FoundPage,
  TimelinePage,
  TimelineQuery,
} from './folder-lookups.ts'
import { Ledger } from './ledger.ts'
import { Listing } from './listing.ts'
import type { Synchronous } from './promised.ts'
import { SqliteFolderHistory } from './sqlite-folder-history.ts'
import { Strands } from './strands.ts'
import type { Tables } from './tables/index.ts'
import { Timeline } from './timeline.ts'
import { WordSearch } from './word-search.ts'

/** FolderLookups over SQLite, synchronous, and what else a user sees of a folder. */
export class SqliteFolderLookups extends SqliteFolderHistory implements Synchronous<FolderLookups> {
  readonly #db: Database
  readonly #listing: Listing
  readonly #strands: Strands
  readonly #timeline: Timeline
  readonly #search: WordSearch

  constructor(db: Database, tables: Tables) {
    super(db, tables)
    this.#db = db
    const view = new DiskView(tables, new Contents(tables.records, tables.pieces))
    this.#listing = new Listing(db, tables, { ledger: new Ledger(tables), view })
    this.#strands = new Strands(db, tables)
    this.#timeline = new Timeline(tables, this.#strands)
    this.#search = new WordSearch(db, tables)
  }

  timeline(query: TimelineQuery): TimelinePage {
    return this.#db.read(() => this.#timeline.page(query))
  }

  density(query: DensityQuery): DensityCounts {
    return this.#db.read(() => densityOf(this.#strands, query))
  }

  find(query: FindQuery): FoundPage {
    return this.#db.read(() => this.#search.page(query))
  }

  entriesAt(paths: readonly string[]): ({ entry: ListedEntry; isDeleted: boolean } | null)[] {
    return this.#db.read(() => this.#listing.at(paths.map(pathKey)))
  }

  conflicts(): Conflict[] {
    return this.#db.read(() => this.#listing.conflicts())
  }

  list(under: string, after: string, limit: number): ListedEntry[] {
    return this.#db.read(() => this.#listing.page(under, after, limit))
  }

  /** Gives back the memory of what was looked up. */
  rest(): void {
    this.#strands.rest()
    this.#timeline.rest()
  }
}
