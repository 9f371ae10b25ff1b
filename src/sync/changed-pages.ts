import { tableKind, tablePaths, tableStat, type DiskStat, type StatTable } from '#model'

/** Entries authored in one transaction: few at first, so that others soon have something to do, then twice as many each time, */
const FIRST_PAGE = 128
const PAGE_ENTRIES = 1024
/** and bytes of files hashed in one call, at most. */
const PAGE_BYTES = 64 * 1024 * 1024

/** An entry that a walk has found to be changed. */
export interface ChangedRow {
  path: string
  kind: 'file' | 'directory' | 'symlink'
  stat: DiskStat
}

/** What a walk has found to be changed, but for some paths, a transaction's worth at a time. */
export function* changedPages(table: StatTable, without: ReadonlySet<string>): Generator<ChangedRow[]> {
  let rows: ChangedRow[] = []
  let bytes = 0
  let most = FIRST_PAGE
  const paths = tablePaths(table)
  for (const [at, path] of paths.entries()) {
    if (without.has(path)) continue
    const row = { path, kind: tableKind(table, at), stat: tableStat(table, at) }
    const size = row.kind === 'file' ? row.stat.size : 0
    if (rows.length > 0 && (rows.length >= most || bytes + size > PAGE_BYTES)) {
      yield rows
      rows = []
      bytes = 0
      most = Math.min(2 * most, PAGE_ENTRIES)
    }
    rows.push(row)
    bytes += size
  }
  if (rows.length > 0) yield rows
}
