import { pathKey, sameBytes, type Kind } from '#model'
import type { Contents } from './contents.ts'
import type { DiskView } from './disk-view.ts'
import type { Ledger } from './ledger.ts'
import type { Tables } from './tables/index.ts'
import { kindNumber, REVERTED, TOMBSTONE, type ShownRow } from './tables/shown.ts'

/** Local edits of a receive-only folder: listed, given up, or published when the device may write after all. */
export class LocalEdits {
  readonly #tables: Tables
  readonly #parts: { ledger: Ledger; view: DiskView; contents: Contents }

  constructor(tables: Tables, parts: { ledger: Ledger; view: DiskView; contents: Contents }) {
    this.#tables = tables
    this.#parts = parts
  }

  paths(): string[] {
    return this.#tables.shown
      .local()
      .map((row) => this.#parts.view.nameOf(row))
      .toSorted()
  }

  /** Makes their paths to-do: what is there may be replaced now. */
  revert(): number {
    const { shown, records } = this.#tables
    const { ledger, view } = this.#parts
    return this.#each((row, key) => {
      if (row.kind === TOMBSTONE) view.forget(row, key)
      else shown.put({ ...row, local: REVERTED }, row)
      ledger.demand(row.path, key)
      if (row.source !== null && row.record !== null) ledger.demand(row.source, pathKey(records.read(row.record).version.path))
    })
  }

  /** Notes for each what it was made of, with a stat that no disk has: so that the next scan reports it as an edit of that. */
  publish(): number {
    const { ledger, view, contents } = this.#parts
    return this.#each((row, key) => {
      if (row.record === null) {
        view.forget(row, key)
        return
      }
      const origin = this.#tables.records.read(row.record)
      const { kind, size, mode } = origin.version
      view.note(
        {
          path: row.path,
          key,
          name: view.nameOf(row),
          kind: kind === 'tombstone' ? 'directory' : kind,
          stat: { size, mtimeMs: -1, ctimeMs: -1, ino: 0, mode },
          origin,
          source: row.source,
          chunks: contents.chunks(origin.version) ?? new Uint8Array(0),
        },
        row,
      )
      if (this.#tables.todo.revision(row.path) !== undefined) ledger.demand(row.path, key)
    })
  }

  #each(work: (row: ShownRow, key: string) => void): number {
    const rows = this.#tables.shown.local()
    for (const row of rows) work(row, pathKey(this.#parts.view.nameOf(row)))
    return rows.length
  }
}

/** Was the local edit of this kind and content given up? */
export function isGivenUp(row: ShownRow | undefined, kind: Kind, content: Uint8Array | null): boolean {
  if (row?.local !== REVERTED || row.kind !== kindNumber(kind)) return false
  return content === null || row.content === null ? content === row.content : sameBytes(content, row.content)
}
