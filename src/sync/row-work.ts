import { NO_RECORD, NO_VERSION, type Applied, type Problem, type ShownEntry, type TodoRow } from '#db'
import { UNSETTLED, type ArchiveEntry, type StepResult } from '#folder'
import { parentPath, type DiskStat, type Version } from '#model'
import type { StepInput } from './steps.ts'
import { sourcesOfDerived } from './derived-files.ts'
import type { Difference } from './reconcile.ts'

export interface Outcome {
  problem: { code: Problem['code']; message: string } | null
  /** Paths whose disk is not what the index says. */
  rescan: string[]
  /** The row stays to-do and may succeed in the next pass. */
  retry: boolean
}

const fine = (): Outcome => ({ problem: null, rescan: [], retry: false })

/** One to-do row on its way: it is done when every one of its differences is settled. */
export class RowWork {
  readonly row: TodoRow
  /** Differences that need a step. */
  readonly open: Difference[]
  #remaining: number
  #failed = false
  /** Paths of this row whose file was renamed to another path of it. */
  readonly #moved = new Set<string>()

  constructor(row: TodoRow, differences: Difference[]) {
    this.row = row
    this.open = differences.filter(({ do: action }) => action !== 'nothing')
    this.#remaining = this.open.length
  }

  /** What comes to the disk or changes there. */
  get arrivals(): Difference[] {
    return this.open.filter(({ do: action }) => action !== 'remove')
  }

  /**
   * What goes, once all arrivals have succeeded; nothing before: it may hold the only content here of what is to come, as a
   * conflict file does that becomes the path's own.
   */
  get departures(): Difference[] {
    const removals = this.open.filter(({ do: action, path }) => action === 'remove' && !this.#moved.has(path))
    return !this.#failed && this.#remaining === removals.length ? removals : []
  }

  /** Notes a step's result in `applied`. */
  settle(input: StepInput, result: StepResult, applied: Applied): Outcome {
    const outcome = result.ok ? this.#noteSuccess(input, result.stat, applied) : this.#noteFailure(input, result, applied)
    if (result.ok && result.archived !== undefined) noteArchived(input.difference, result.archived, applied)
    // Somebody edited it while it was brought into place: as long as that is no version, nothing may come over it.
    if (result.ok && result.stat?.ctimeMs === UNSETTLED) outcome.rescan.push(input.difference.path)
    this.#remaining--
    if (outcome.problem !== null || outcome.retry) this.#failed = true
    if (this.#remaining === 0 && !this.#failed) noteDone(this.row, applied)
    return outcome
  }

  #noteSuccess(input: StepInput, stat: DiskStat | null, applied: Applied): Outcome {
    const { difference, move } = input
    const { path } = difference
    switch (difference.do) {
      case 'create':
        if (move !== null) {
          applied.gone.push(move.from.path)
          noteMoved(move.from, applied)
          if (this.open.some((other) => other.do === 'remove' && other.path === move.from.path)) {
            this.#moved.add(move.from.path)
            this.#remaining--
          }
        }
        this.#noteShown(input, difference.version, stat, applied)
        return fine()
      case 'metadata':
        this.#noteShown(input, difference.version, stat, applied)
        return fine()
      case 'remove':
        applied.gone.push(path)
        return fine()
      case 'nothing':
        return fine()
    }
  }

  #noteShown({ difference }: StepInput, version: Version | null, stat: DiskStat | null, applied: Applied): void {
    const { path } = difference
    if (stat === null) return
    if (version === null) {
      // An implicit directory is noted under whatever head its path has; where no record has come yet, under none.
      const head = this.row.heads[0]?.id ?? NO_RECORD
      applied.shown.push({ path, kind: 'directory', stat, version: head, source: this.row.path })
      return
    }
    if (version.kind === 'tombstone') return
    applied.shown.push({ path, kind: version.kind, stat, version: version.id, source: version.path })
  }

  #noteFailure(input: StepInput, { code, message, still }: Exclude<StepResult, { ok: true }>, applied: Applied): Outcome {
    const { difference, move } = input
    const { path } = difference
    // Else the next try, or a scan, would take the new change time for an edit.
    if (still !== undefined) applied.still = [...(applied.still ?? []), still]
    switch (code) {
      case 'changed':
      case 'gone':
        return { problem: { code: 'changing', message }, rescan: move === null ? [path] : [path, move.from.path], retry: false }
      case 'parent':
        return { problem: null, rescan: this.#againAbove(path, applied), retry: true }
      case 'not-empty':
        return this.#noteNotEmpty(difference, message, applied)
      case 'name':
      case 'denied':
      case 'full':
      case 'io':
      case 'device-boundary':
        return { problem: { code, message }, rescan: [], retry: false }
    }
  }

  /** Any directory above may be the one that is missing: the user may have moved or deleted it. Returns the highest. */
  #againAbove(path: string, applied: Applied): string[] {
    let highest = ''
    for (let parent = parentPath(path); parent !== ''; parent = parentPath(parent)) {
      applied.again.push(parent)
      highest = parent
    }
    return highest === '' ? [] : [highest]
  }

  /** A directory that is to go but holds entries the index does not know (ignored ones, say) stays, noted as deleted. */
  #noteNotEmpty(difference: Difference, message: string, applied: Applied): Outcome {
    const { path } = difference
    const head = this.row.heads[0]
    if (difference.do !== 'remove' || head === undefined)
      return { problem: { code: 'not-empty', message }, rescan: [path], retry: false }
    applied.shown.push({
      path,
      kind: 'directory',
      stat: difference.shown.stat,
      version: head.id,
      source: this.row.path,
    })
    return { problem: null, rescan: [path], retry: false }
  }
}

/** What went to the archive stays a place to read its chunks from: it may be the only one left of them. */
function noteArchived(difference: Difference, entry: ArchiveEntry, applied: Applied): void {
  const replaced = replacedBy(difference)
  if (replaced === null) return
  const version = replaced.version === null || replaced.version.id === NO_VERSION ? null : replaced.version.id
  const path = replaced.version?.path ?? entry.path
  applied.archived.push({ ...entry, path, version, chunks: replaced.kind === 'file' ? replaced.chunks : NONE })
}

function replacedBy(difference: Difference): ShownEntry | null {
  if (difference.do === 'create') return difference.over
  return difference.do === 'remove' ? difference.shown : null
}

/** A file was moved away; a conflict that it was part of, or that may show at its name now, is looked at again. */
function noteMoved(from: ShownEntry, applied: Applied): void {
  if (from.version !== null && from.version.path !== from.path) applied.again.push(from.version.path)
  applied.again.push(...sourcesOfDerived(from.path))
}

/** A row is settled; a conflict that may show at its name is looked at again. */
export function noteDone({ path, revision }: TodoRow, applied: Applied): void {
  applied.done.push({ path, revision })
  applied.again.push(...sourcesOfDerived(path))
}

const NONE = new Uint8Array(0)
