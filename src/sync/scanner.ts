import type { Clock, Logger, Queue } from '#base'
import type { Authored, FolderIndex, LocalChange, Problem } from '#db'
import type { FolderDisk, HashRequest, ScanResult } from '#folder'
import { pathKey } from '#model'
import { emptyApplied } from './applier.ts'
import { changedPages, type ChangedRow } from './changed-pages.ts'
import { DeletionGuard } from './deletion-guard.ts'
import { DeletionNote, type DeletionNotes } from './deletion-note.ts'
import { recogniseDerived, sourcesOfCut, sourcesOfDerived } from './derived-files.ts'
import { Doubts } from './doubts.ts'
import { GrowingFiles } from './growing-files.ts'
import { arrivals, missing, movedFiles, replacedTrees, respelled } from './local-moves.ts'
import { RunningDeletions } from './running-deletions.ts'
import { knownMove, pathsOf, takeHashed, takeMoved, type Page, type Plan } from './scan-page.ts'
import { areStillSo } from './still-so.ts'

/** Hash calls under way at once. */
const PARALLEL_HASHES = 2
const DELETIONS_A_PAGE = 1024
const NO_MOVES: Plan['pairs'] = new Map()

export interface ScannerParts {
  index: FolderIndex
  disk: FolderDisk
  clock: Clock
  logger: Logger
  /** See ApplierParts. */
  tree: Queue
  /** Rejects with `blocked` when this is not the tree we know. */
  healthy(): Promise<void>
  /** True when local edits stay here (receive-only). */
  local(): boolean
  authored(result: Authored): void
  /** See FolderSyncParts. */
  unblocked?(): boolean
  judged?(): void
  deletions?: DeletionNotes
}

export interface ScanOutcome {
  /** Records written, or local edits noted. */
  changed: number
  /** Entries that could not be read or carried. */
  problems: Problem[]
  /** Deletions that wait for the user's word. */
  held: number
  /** Missing paths that are not judged yet, since more are vanishing: the next look is to cover them. */
  vanishing: string[]
  /** Paths that changed while they were read: worth another look soon. */
  unsettled: string[]
  /** Other entries are ignored than at the scan before. */
  ignoreChanged: boolean
  /** So much is missing where it looked that nothing was noted: only a look at everything tells what has moved from what is gone. */
  needsAll: boolean
}

/** Looks at the disk and writes this device's records for what changed there. One scan at a time. */
export class Scanner {
  readonly guard: DeletionGuard
  readonly #parts: ScannerParts
  readonly #running: RunningDeletions
  /** null: nothing is kept over a restart. */
  readonly #noted: DeletionNote | null
  readonly #growing: GrowingFiles
  readonly #doubts = new Doubts()
  #rules: 'unknown' | 'changed' | 'judged' = 'unknown'
  /** What waits to be deleted, by the last look. */
  #held: readonly string[] = []

  constructor(parts: ScannerParts) {
    this.#parts = parts
    this.guard = new DeletionGuard(parts.clock, { strict: parts.unblocked?.() === true })
    this.#running = new RunningDeletions(parts.clock)
    const { deletions: notes, clock, logger } = parts
    this.#noted =
      notes === undefined ? null : new DeletionNote({ guard: this.guard, running: this.#running, notes, clock, logger })
    this.#growing = new GrowingFiles(parts.clock)
  }

  /** The paths of entries whose deletion waits for the user's word, by the last look. */
  get held(): readonly string[] {
    return this.#held
  }

  /** Deletions that are held pass at the next scan of everything, however many they are by then. Where none are it means nothing. */
  approve(): void {
    if (this.#held.length > 0) this.guard.approve()
  }

  /** Something may have been done to the disk that is not noted; `areRules`: other ignore rules were found by another look. */
  doubt({ areRules = false } = {}): void {
    this.#doubts.raise()
    if (areRules) this.#rules = 'changed'
  }

  /** `asked`: somebody wants to know of everything now, also of what is still being written. */
  async scan(scopes: readonly string[] | null, signal: AbortSignal, { asked = false } = {}): Promise<ScanOutcome> {
    const { approval } = this.guard
    if (this.#noted !== null) await this.#noted.load()
    try {
      const outcome = await this.#scan(scopes, { approval, asked }, signal)
      // What others have changed meanwhile may be wanted by the rules in force now.
      if (this.#rules !== 'judged') await this.#parts.index.unignore()
      // What could not be brought here may be ignored now.
      if (this.#rules === 'changed') await this.#parts.index.retry(null)
      this.#rules = 'judged'
      if (!outcome.needsAll && outcome.vanishing.length === 0) this.#judged()
      return outcome
    } finally {
      if (scopes === null) this.guard.forget(approval)
      if (this.#noted !== null) await this.#noted.save()
    }
  }

  /**
   * Notes that `paths` are gone because the user asked this device to delete them: whatever their number they need no other word. To
   * be called while no scan is under way, or that would count them.
   */
  async deleted(paths: readonly string[]): Promise<void> {
    await this.#deletions(paths, nothingFound())
  }

  async #scan(
    scopes: readonly string[] | null,
    { approval, asked }: { approval: object | null; asked: boolean },
    signal: AbortSignal,
  ): Promise<ScanOutcome> {
    const { disk, index, healthy } = this.#parts
    await healthy()
    let doubts = this.#doubts.count
    const looked = this.#parts.clock.monotonic()
    const snapshot = await index.snapshot(scopes)
    const { entries } = await index.totals()
    const since = this.#running.since ?? looked
    const found = await disk.scan({ snapshot, scopes })
    signal.throwIfAborted()
    // What was ignored may have been there for long.
    if (found.ignoreChanged) this.#rules = 'changed'
    if (this.#rules === 'changed') doubts = this.#doubts.raise()
    const outcome = { ...nothingFound(), problems: found.problems, ignoreChanged: this.#rules === 'changed' }
    await this.#forgetIgnored(found.ignoredGone)
    const pairs = movedFiles(snapshot, found)
    const stays = new Set([...respelled(found), ...[...pairs.values()].map(({ from }) => from)])
    const gone = found.vanished.filter((path) => !stays.has(path))
    // What may be on a disk that is not mounted is deleted only at the user's word.
    const held = approval === null ? [...found.unmounted] : []
    if (approval !== null) gone.push(...found.unmounted)
    // The root may have gone away during the walk: a missing tree is no deletion.
    if (gone.length > 0) await healthy()
    this.guard.returned(() => arrivals(found))
    const { count, marks } = missing(snapshot, found, gone)
    // Counted and not written, when the daemon was killed in between.
    this.guard.returned(() => marks.keys())
    if (scopes === null && count === 0) this.guard.release()
    const isMuch = this.guard.holding || !this.guard.isFew(count, entries)
    // Seen from here alone, what has moved elsewhere in the folder is gone.
    if (scopes !== null && gone.length > 0 && isMuch) return { ...outcome, held: 0, needsAll: true }
    const isDecided = approval !== null || isMuch
    if (isDecided) this.#running.end()
    else if (this.#running.waits(gone, count, looked)) outcome.vanishing = gone
    const isRunning = outcome.vanishing.length > 0
    const isHeld = gone.length > 0 && !isRunning && !this.guard.allows(count, entries, marks, since)
    if (isHeld) held.push(...gone)
    else if (count > 0 && !isRunning) await this.#noted?.save()
    outcome.held = held.length
    if (scopes === null || held.length > 0) this.#held = held
    const replaced = replacedTrees(found)
    const below = new Set([...replaced.values()].flat())
    // What came in the place of a directory waits with the deletions that it means.
    const waiting = !isHeld && !isRunning ? [] : [...replaced].filter(([, paths]) => paths.some((path) => !stays.has(path)))
    if (!asked) outcome.unsettled.push(...this.#growing.among(found.changed))
    const later = new Set([...waiting.map(([path]) => path), ...outcome.unsettled])
    const plan: Plan = { pairs, replaced, waiting: later, unknown: new Set() }
    for await (const page of this.#pages(found, plan, signal)) {
      for (const path of await this.#note(page, plan, outcome)) plan.unknown.add(path)
      const unknown = page.rows.filter(({ path }) => plan.unknown.has(path))
      if (unknown.length > 0) await this.#note(await this.#page(unknown, found.targets, plan), plan, outcome)
    }
    const alone = gone.filter((path) => !below.has(path))
    if (!isHeld && !isRunning) await this.#deletions(alone, outcome)
    if (scopes === null && found.unmounted.length === 0) this.#doubts.settle(doubts, outcome)
    return outcome
  }

  /** All that is missing was judged, or waits for the user's word. */
  #judged(): void {
    if (!this.guard.strict || this.#held.length > 0) return
    this.guard.relax()
    this.#parts.judged?.()
  }

  /** Notes a page; gives the paths of moved files whose content the index does not have. */
  async #note({ changes, problems, unsettled }: Page, { pairs }: Plan, outcome: ScanOutcome): Promise<string[]> {
    outcome.problems.push(...problems)
    outcome.unsettled.push(...unsettled)
    return this.#author(changes, pairs, outcome)
  }

  /** Notes what was found, as far as it is still so: sync's own work may have gone on since the walk. Gives the paths as `#note`. */
  async #author(changes: LocalChange[], pairs: Plan['pairs'], outcome: ScanOutcome): Promise<string[]> {
    if (changes.length === 0) return []
    const { index, disk, clock, local, authored, tree } = this.#parts
    return tree.run(async () => {
      const still = await areStillSo(disk, changes, pairs)
      const settled = changes.filter((_, at) => still[at] === true)
      outcome.unsettled.push(...changes.flatMap(({ path }, at) => (still[at] === true ? [] : [path])))
      const derived = await recogniseDerived(index, settled)
      if (derived.length > 0)
        await index.commit({ shown: derived, gone: [], done: [], again: derived.map(({ source }) => source), archived: [] })
      const edits = settled.filter(({ path }) => !derived.some((known) => known.path === path))
      if (edits.length === 0) return []
      const looked = this.#doubts.looked(edits.map(({ path }) => path))
      const result = await index.author(edits, { now: clock.now(), local: local(), ...(looked && { looked }) })
      for (const edit of edits) {
        if (edit.kind === 'file') this.#growing.noted(edit.path, edit.stat)
        this.#doubts.noted(edit.path)
      }
      const touched = edits.flatMap(pathsOf)
      const sources = [...touched.flatMap(sourcesOfDerived), ...(await sourcesOfCut(index, touched))]
      if (sources.length > 0) await index.commit({ ...emptyApplied(), again: sources })
      authored(result)
      outcome.problems.push(...result.refused)
      outcome.changed += result.records
      return result.missed
    })
  }

  /** Changed entries with their content, in order, some pages hashed ahead. */
  async *#pages(found: ScanResult, plan: Plan, signal: AbortSignal): AsyncGenerator<Page> {
    const ahead: Promise<Page>[] = []
    for (const rows of changedPages(found.changed, plan.waiting)) {
      const page = this.#page(rows, found.targets, plan)
      page.catch(() => undefined)
      ahead.push(page)
      if (ahead.length < PARALLEL_HASHES) continue
      yield (await ahead.shift())!
      signal.throwIfAborted()
    }
    for (const page of ahead) yield await page
  }

  async #page(rows: ChangedRow[], targets: Map<string, string>, plan: Plan): Promise<Page> {
    const { index, disk } = this.#parts
    const { pairs, replaced } = plan
    const unread = rows.filter(({ path, kind }) => kind === 'file' && knownMove(path, plan) === undefined)
    const chunkers = await index.chunkers(unread.map(({ path }) => path))
    const requests: HashRequest[] = unread.map(({ path, stat }, at) => ({ path, stat, chunker: chunkers[at] ?? null }))
    const hashed = new Map((requests.length === 0 ? [] : await disk.hash(requests)).map((result) => [result.path, result]))
    const page: Page = { rows, changes: [], problems: [], unsettled: [] }
    for (const { path, kind, stat } of rows) {
      const move = knownMove(path, plan)
      for (const below of replaced.get(path) ?? []) page.changes.push({ path: below, kind: 'tombstone' })
      if (kind === 'directory') page.changes.push({ path, kind, stat })
      else if (kind === 'symlink') page.changes.push({ path, kind, stat, target: targets.get(path) ?? '' })
      else if (move !== undefined) takeMoved(page, path, stat, move)
      else takeHashed(page, path, hashed.get(path))
      if (move !== undefined) continue
      const from = pairs.get(path)?.from
      const isElsewhere = from !== undefined && pathKey(from) !== pathKey(path)
      if (isElsewhere && page.changes.at(-1)?.path === path) page.changes.push({ path: from, kind: 'tombstone' })
    }
    return page
  }

  /** What is deleted while it is ignored is no deletion: it is to come back once it is ignored no more. */
  async #forgetIgnored(paths: readonly string[]): Promise<void> {
    const own = paths.filter((path) => sourcesOfDerived(path).length === 0)
    const { index, disk, tree, healthy } = this.#parts
    for (let at = 0; at < own.length; at += DELETIONS_A_PAGE) {
      const page = own.slice(at, at + DELETIONS_A_PAGE)
      await tree.run(async () => {
        await healthy()
        const isGone = await disk.verify(page.map((path) => ({ path, expected: null })))
        await index.commit({ ...emptyApplied(), gone: page.filter((_, n) => isGone[n] === true) })
      })
    }
  }

  async #deletions(gone: readonly string[], outcome: ScanOutcome): Promise<void> {
    if (gone.length === 0) return
    // Reading may have taken long.
    await this.#parts.healthy()
    for (let at = 0; at < gone.length; at += DELETIONS_A_PAGE) {
      const page = gone.slice(at, at + DELETIONS_A_PAGE)
      await this.#author(
        page.map((path) => ({ path, kind: 'tombstone' })),
        NO_MOVES,
        outcome,
      )
    }
  }
}

function nothingFound(): ScanOutcome {
  return { changed: 0, problems: [], held: 0, vanishing: [], unsettled: [], ignoreChanged: false, needsAll: false }
}
