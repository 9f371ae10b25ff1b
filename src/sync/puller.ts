import type { TodoRow } from '#db'
import { IGNORE_FILE } from '#folder'
import { isLive, parentPath, pathKey } from '#model'
import { Applier } from './applier.ts'
import { FileBuilder, type Transfer } from './file-builder.ts'
import { preparePage, type PagePlan } from './page-plan.ts'
import type { PullerParts } from './puller-parts.ts'
import { RowBringer } from './row-bringer.ts'
import { TreeMover } from './tree-mover.ts'

/** To-do rows planned at once. */
const PAGE = 256
/** Rows worked on at once; more would only hold memory. */
const MAX_ACTIVE = 3 * PAGE

/**
 * Brings the disk to what the heads say: to-do rows → plan → fetch → stage → transition → index. Rows are worked on side by side,
 * so that a small file does not wait for a large one. What cannot be done now is put off in the index with its reason.
 */
export class Puller {
  readonly #parts: PullerParts
  readonly #signal: AbortSignal
  readonly #builder: FileBuilder
  readonly #bringer: RowBringer
  readonly #trees: TreeMover
  /** Rows being worked on, by path: their revision, and whether the row was met again under another one meanwhile. */
  readonly #active = new Map<string, { revision: number; again: boolean }>()
  /** Paths whose work has ended since the page of rows was read that is being gone through. */
  #ended = new Set<string>()
  /** Paths of files that are being renamed, and of the rows for which they are. */
  readonly #moving = new Map<string, string>()
  /** Directories seen on the disk, so that they are asked for once. */
  readonly #directories = new Set<string>()
  /** Revisions of rows of directories that proved not to be renamed ones. */
  readonly #unmoved = new Set<number>()
  #running = false
  #woken = false
  #room: (() => void) | null = null

  /** Works until `signal` aborts. */
  constructor(parts: PullerParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.#builder = new FileBuilder(parts)
    const applier = new Applier(parts, { allowed: parts.allowed, unnoted: parts.unnoted, underWay: () => this.#active.size })
    this.#trees = new TreeMover(parts, applier, signal)
    this.#bringer = new RowBringer({ ...parts, applier, builder: this.#builder, again: () => (this.#woken = true) }, signal)
  }

  /** Files on their way now. */
  get transfers(): Transfer[] {
    return this.#builder.transfers
  }

  /** True when nothing is being worked on. */
  get quiet(): boolean {
    return !this.#running && this.#active.size === 0
  }

  /** Records have come. */
  arrived(): void {
    this.#trees.arrived()
  }

  /** There may be something to do. */
  wake(): void {
    this.#woken = true
    if (!this.#running && !this.#signal.aborted) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      while (this.#woken && !this.#signal.aborted && !this.#parts.behind()) {
        this.#woken = false
        this.#directories.clear()
        this.#unmoved.clear()
        await this.#pass('change')
        // Removals come after the renames planned above, and not while files are copied from what may be removed.
        while (this.#usesOld && !this.#woken) await this.#change()
        if (!this.#usesOld) await this.#pass('delete')
      }
    } catch (error) {
      if (!this.#signal.aborted) this.#parts.failed(error)
    } finally {
      this.#running = false
      this.#settled()
    }
  }

  /** Files where they are no longer wanted are being renamed or copied from. */
  get #usesOld(): boolean {
    return this.#builder.copying || this.#moving.size > 0
  }

  /** One walk over the to-do list; each row not yet being worked on is started. */
  async #pass(phase: 'change' | 'delete'): Promise<void> {
    const { index, clock } = this.#parts
    let after: string | null = null
    for (;;) {
      this.#signal.throwIfAborted()
      if (this.#parts.behind()) {
        this.#woken = true
        return
      }
      const busy = [...this.#active.values()].map(({ revision }) => revision)
      this.#ended.clear()
      const page: TodoRow[] = await index.todo(phase, PAGE, clock.now(), after, busy)
      const last = page.at(-1)
      if (last === undefined) return
      const rows = await this.#withoutIgnored(page)
      // What came meanwhile may be where a file to be removed has gone.
      if (phase === 'delete' && this.#woken) return
      // Most of the page is settled with a directory that was renamed.
      if (await this.#moveTrees(rows)) continue
      after = last.path
      const fresh = rows.filter((row) => !this.#isOld(row) && this.#start(row))
      await this.#startPage(fresh)
      while (this.#active.size > MAX_ACTIVE) await this.#change()
    }
  }

  /** What is ignored here is neither brought nor removed: it is left alone until other rules are in force. */
  async #withoutIgnored(rows: TodoRow[]): Promise<TodoRow[]> {
    const { disk, index } = this.#parts
    // By rules that are being replaced nothing is judged for long.
    const areNew = rows.some(({ path }) => path === IGNORE_FILE)
    if (areNew) await index.unignore()
    const sources = rows.flatMap(({ movable, movedFrom }) => [
      ...(movable === null ? [] : [{ path: movable.path, isDirectory: false }]),
      ...(movedFrom === null ? [] : [{ path: movedFrom, isDirectory: true }]),
    ])
    const targets = rows.map((row) => ({ path: row.path, isDirectory: isOfDirectory(row) }))
    const answers = await disk.ignored([...targets, ...sources]).catch((error: unknown) => {
      // Rules that cannot be read keep everything as it is but themselves: others that come may be readable.
      if (!areNew) throw error
      return null
    })
    if (answers === null) return rows.filter(({ path }) => path === IGNORE_FILE)
    const alone = rows.filter((_, at) => answers[at] === true)
    const areChanging = areNew || this.#active.has(IGNORE_FILE)
    if (alone.length > 0 && !areChanging) await index.ignore(alone.map(({ path, revision }) => ({ path, revision })))
    const kept = new Set(sources.filter((_, at) => answers[targets.length + at] === true).map(({ path }) => path))
    return rows.flatMap((row, at) => (answers[at] === true ? [] : [withoutSources(row, kept)]))
  }

  /** True when some directory was renamed with all below it. */
  async #moveTrees(rows: readonly TodoRow[]): Promise<boolean> {
    let moved = false
    const since = this.#parts.clock.monotonic()
    for (const row of rows) {
      const { path, movedFrom: from, revision } = row
      if (from === null || this.#unmoved.has(revision)) continue
      const isInWork = [...this.#active.keys()].some((active) => isWithin(active, path) || isWithin(active, from))
      if (!isInWork && (await this.#trees.move(row, from, since))) moved = true
      else this.#unmoved.add(revision)
    }
    return moved
  }

  async #startPage(rows: TodoRow[]): Promise<void> {
    let page = rows
    let plan: PagePlan
    try {
      page = await this.#withParents(rows)
      plan = await preparePage(this.#parts, page, this.#moving, this.#signal)
    } catch (error) {
      // Nothing works on them: the next pass is to find them.
      for (const row of page) void this.#finish(row, Promise.resolve())
      throw error
    }
    for (const { row, error } of plan.failed) void this.#finish(row, this.#bringer.failed(row, error))
    for (const row of plan.ready) void this.#finish(row, this.#bringer.bring(row, plan))
  }

  /**
   * The rows, and before them those of directories that they need: records come in the order of their authors' chains, so that a
   * file may be met before the directory it is in.
   */
  async #withParents(rows: TodoRow[]): Promise<TodoRow[]> {
    const missing = new Set<string>()
    for (const { path, heads } of rows) {
      if (!heads.some(isLive)) continue
      for (let parent = parentPath(path); parent !== '' && !this.#directories.has(parent); parent = parentPath(parent)) {
        if (!this.#active.has(parent)) missing.add(parent)
      }
    }
    if (missing.size === 0) return rows
    const parents = await this.#parts.index.rows([...missing].sort((a, b) => a.split('/').length - b.split('/').length))
    const isShown = ({ path, shown }: TodoRow): boolean =>
      shown.some((entry) => entry.kind === 'directory' && pathKey(entry.path) === pathKey(path))
    const absent = parents.filter((row) => !isShown(row))
    for (const row of parents) if (!absent.includes(row)) this.#directories.add(row.path)
    return [...absent.filter((row) => this.#start(row)), ...rows]
  }

  /** What was done for an earlier revision meanwhile is not in the row: it is read again. */
  #isOld({ path }: TodoRow): boolean {
    const isOld = this.#ended.has(path)
    if (isOld) this.#woken = true
    return isOld
  }

  /** False for a row that is being worked on, which is then looked at again afterwards. */
  #start({ path, revision }: TodoRow): boolean {
    const active = this.#active.get(path)
    if (active === undefined) this.#active.set(path, { revision, again: false })
    else if (active.revision !== revision) active.again = true
    return active === undefined
  }

  /** Follows a row's work to its end; a failure beyond the row is the folder's. */
  async #finish(row: TodoRow, work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (!this.#signal.aborted) this.#parts.failed(error)
    }
    if (this.#active.get(row.path)?.again === true || row.path === IGNORE_FILE) this.#woken = true
    // Other rules may be in force now: a look at them alone tells whether all is to be looked at.
    if (row.path === IGNORE_FILE) this.#parts.rescan([IGNORE_FILE])
    this.#active.delete(row.path)
    this.#ended.add(row.path)
    if (row.movable !== null && this.#moving.get(row.movable.path) === row.path) this.#moving.delete(row.movable.path)
    this.#room?.()
    if (this.#woken) this.wake()
    this.#settled()
  }

  /** Resolves when some row has ended. */
  #change(): Promise<void> {
    return new Promise((resolve) => (this.#room = resolve))
  }

  #settled(): void {
    if (!this.quiet || (this.#woken && !this.#signal.aborted)) return
    this.#bringer.quiet()
    this.#parts.quiet((keep) => this.#builder.clean(keep))
  }
}

function isOfDirectory({ below, heads, shown }: TodoRow): boolean {
  return below || heads.some(({ kind }) => kind === 'directory') || shown.some(({ kind }) => kind === 'directory')
}

/** The row without what is to stay where it is. */
function withoutSources(row: TodoRow, kept: ReadonlySet<string>): TodoRow {
  const { movable, movedFrom } = row
  const [stays, treeStays] = [movable !== null && kept.has(movable.path), movedFrom !== null && kept.has(movedFrom)]
  if (!stays && !treeStays) return row
  return { ...row, movable: stays ? null : movable, movedFrom: treeStays ? null : movedFrom }
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}
