import { HoldfastError } from '#base'
import type { LocalChange, Problem } from '#db'
import { UNSETTLED, type HashResult } from '#folder'
import type { DiskStat } from '#model'
import type { ChangedRow } from './changed-pages.ts'
import { sourcesOfDerived } from './derived-files.ts'
import type { LocalMove } from './local-moves.ts'

/** How the changed entries are to be noted. */
export interface Plan {
  pairs: Map<string, LocalMove>
  replaced: Map<string, string[]>
  /** Paths that are not noted now. */
  waiting: ReadonlySet<string>
  /** Moved files whose content the index turned out not to have. */
  unknown: Set<string>
}

export interface Page {
  rows: ChangedRow[]
  changes: LocalChange[]
  problems: Problem[]
  unsettled: string[]
}

/** Where a file moved from that need not be read: not one that takes a directory's place, nor one that may be a conflict file. */
export function knownMove(path: string, { pairs, replaced, unknown }: Plan): LocalMove | undefined {
  const move = pairs.get(path)
  const names = move === undefined ? [] : [path, move.from]
  const isUnclear = unknown.has(path) || replaced.has(path) || names.some((name) => sourcesOfDerived(name).length > 0)
  return isUnclear ? undefined : move
}

/** A file that was renamed is noted at once with the content it had, and read soon after. */
export function takeMoved(page: Page, path: string, stat: DiskStat, { from, untouched }: LocalMove): void {
  page.changes.push({ path, kind: 'moved', from, stat: untouched ? stat : { ...stat, ctimeMs: UNSETTLED } })
  if (!untouched) page.unsettled.push(path)
}

export function pathsOf(change: LocalChange): string[] {
  return change.kind === 'moved' ? [change.path, change.from] : [change.path]
}

export function takeHashed(page: Page, path: string, result: HashResult | undefined): void {
  if (result === undefined) throw new HoldfastError('internal', `no answer for ${path} from the disk`)
  if (result.ok) {
    const { stat, mtime, chunker, size, chunks, manifest } = result
    page.changes.push({
      path,
      kind: 'file',
      stat,
      mtime,
      content: { chunker, size, chunks, ...(manifest === undefined ? {} : { manifest }) },
    })
  } else if (result.code === 'gone') page.unsettled.push(path)
  else {
    page.problems.push({ path, code: result.code, message: result.message })
    if (result.code === 'changing') page.unsettled.push(path)
  }
}
