import type { ChildPort, Clock, Logger, Spawner, Timer } from '#base'
import { Gatherer } from './gatherer.ts'
import type { WatchReport, WatchRequest } from './watch-protocol.ts'

/** ms before a process that died is started again, or a root that cannot be watched is tried again; doubled up to the second. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 60_000
/** The failure, of those in a row, that is logged as a warning. */
const WORTH_A_WARNING = 2
/** A process that ran so long, ms, was healthy. */
const HEALTHY = 60_000
/** After new directories the watches are put up anew when none has come for this long, or the first one is this old, ms. */
const DIRECTORY_QUIET = 700
const DIRECTORY_WAIT = 5_000

export interface FolderWatcherComponents {
  spawner: Spawner
  clock: Clock
  logger: Logger
}

/** Something may have changed at these paths or below; null = anywhere. It is a hint: some are wrong, and some never come. */
export type OnHint = (paths: readonly string[] | null) => void

export function openWatcher(components: FolderWatcherComponents): FolderWatcher {
  return new FolderWatcher(components)
}

/**
 * Watches folders, all in one child process, which is started again when it dies. Each time watches have been put up a hint
 * says "anywhere", because what happened before was not seen.
 *
 * What happens in a directory that has just come is easily missed, and after a rename events come under old names; so when
 * directories have come, all watches of that root are put up anew, and then those directories are hinted at once more.
 *
 * A process that could not put up or take down what it should is replaced: it watches on until the new one watches all.
 */
export class FolderWatcher {
  readonly #components: FolderWatcherComponents
  readonly #roots = new Map<number, WatchedRoot>()
  #child: ChildPort | undefined
  /** The process before, as long as `#moving` has roots that only it watches. */
  #old: ChildPort | undefined
  readonly #moving = new Set<number>()
  #retry: Timer | undefined
  #pause = FIRST_PAUSE
  #lastId = 0
  #closed = false

  constructor(components: FolderWatcherComponents) {
    this.#components = components
  }

  /** Begins to watch the directory at an absolute path; the process starts with the first. Call what it returns to end it. */
  watch(path: string, onHint: OnHint): () => void {
    const id = ++this.#lastId
    const gatherer = new Gatherer(this.#components.clock, onHint)
    const root = new WatchedRoot(id, path, gatherer, this.#components.clock, (request) => this.#child?.post(request))
    this.#roots.set(id, root)
    if (this.#child === undefined) {
      if (this.#retry === undefined) this.#start()
    } else {
      root.begin()
    }
    return () => {
      root.stop()
      this.#roots.delete(id)
      this.#moved(id)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.cancel()
    for (const root of this.#roots.values()) root.stop()
    this.#roots.clear()
    await Promise.all([this.#child?.stop(), this.#old?.stop()])
  }

  #start(): void {
    this.#retry = undefined
    if (this.#closed) return
    this.#spawn()
    for (const root of this.#roots.values()) root.begin()
  }

  #replace(): void {
    this.#components.logger.debug({}, 'the process that watches folders is replaced')
    // What the last one has not come to watch nobody does now.
    for (const id of this.#moving) this.#roots.get(id)?.miss()
    void this.#old?.stop()
    this.#old = this.#child
    this.#spawn()
    this.#moving.clear()
    for (const [id, root] of this.#roots) if (root.renew()) this.#moving.add(id)
    this.#endOld()
  }

  #moved(id: number): void {
    this.#moving.delete(id)
    this.#endOld()
  }

  #endOld(): void {
    if (this.#moving.size > 0) return
    void this.#old?.stop()
    this.#old = undefined
  }

  #spawn(): void {
    const { spawner, clock, logger } = this.#components
    const started = clock.monotonic()
    const child = spawner.child('watcher')
    this.#child = child
    child.onMessage((message) => this.#take(message as WatchReport, child === this.#child))
    child.onExit((error) => {
      // What only it watched nobody sees until the new one does.
      if (this.#old === child) {
        this.#old = undefined
        for (const id of this.#moving) this.#roots.get(id)?.miss()
      }
      if (this.#child !== child) return
      this.#child = undefined
      this.#moving.clear()
      this.#endOld()
      if (this.#closed) return
      if (clock.monotonic() - started > HEALTHY) this.#pause = FIRST_PAUSE
      logger.warn({ error: error?.message, againInMs: this.#pause }, 'the process that watches folders ended')
      this.#retry = clock.after(this.#pause, () => this.#start(), { idle: true })
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
    })
  }

  #take(report: WatchReport, isCurrent: boolean): void {
    if (this.#closed || (report.is !== 'changed' && !isCurrent)) return
    if (report.is === 'worn') return this.#replace()
    const root = this.#roots.get(report.id)
    if (root === undefined) return
    if (report.is === 'changed') return root.changed(report)
    if (report.is === 'altered') return root.begin()
    if (report.is === 'watching') root.watching()
    else if (report.is === 'away') root.away()
    else {
      // Once is nothing to worry about: a directory may have gone while it was being looked at.
      const level = root.failed() === WORTH_A_WARNING ? 'warn' : 'debug'
      this.#components.logger[level]({ root: root.path, error: report.message }, 'a folder cannot be watched')
    }
    this.#moved(report.id)
  }
}

class WatchedRoot {
  readonly path: string
  readonly #id: number
  readonly #clock: Clock
  readonly #post: (request: WatchRequest) => void
  readonly #gatherer: Gatherer
  /** New ones since the watches were asked for. */
  #directories = new Set<string>()
  /** What to look at once the watches that were asked for are up, null = everything; undefined when they are. */
  #due: Set<string> | null | undefined = null
  /** Runs out when the watches are to be put up anew, or tried again. */
  #renewal: Timer | undefined
  #since = 0
  /** In a row. */
  #failures = 0
  #isFailed = false

  constructor(id: number, path: string, gatherer: Gatherer, clock: Clock, post: (request: WatchRequest) => void) {
    this.path = path
    this.#id = id
    this.#clock = clock
    this.#post = post
    this.#gatherer = gatherer
  }

  /** Nothing was watched until now, or something else. */
  begin(): void {
    this.miss()
    this.#isFailed = false
    this.#ask()
  }

  /** Has all watches put up anew; false where that is to wait because it has failed. */
  renew(): boolean {
    if (this.#isFailed) return false
    if (this.#due !== null) this.#due = new Set([...(this.#due ?? []), ...this.#directories])
    this.#ask()
    return true
  }

  /** Something may have happened that was not seen. */
  miss(): void {
    this.#due = null
  }

  watching(): void {
    const due = this.#due
    this.#failures = 0
    this.#due = undefined
    if (due === null) this.#gatherer.add(null)
    else if (due !== undefined && due.size > 0) this.#gatherer.add([...due])
    if (this.#directories.size > 0) this.#renewSoon()
  }

  /** There is nothing to watch: the process says when that is otherwise. */
  away(): void {
    this.miss()
    this.#failures = 0
    this.#gatherer.add(null)
  }

  changed({ paths, directories, areGone }: Extract<WatchReport, { is: 'changed' }>): void {
    this.#gatherer.add(paths, { isFirst: directories.length > 0 || areGone })
    if (directories.length === 0) return
    if (this.#directories.size === 0) this.#since = this.#clock.monotonic()
    for (const directory of directories) this.#directories.add(directory)
    if (this.#due === undefined) this.#renewSoon()
  }

  /** Tries again in a while; gives the number of failures in a row. */
  failed(): number {
    this.miss()
    this.#isFailed = true
    this.#renewal?.cancel()
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#failures, LONGEST_PAUSE)
    this.#renewal = this.#clock.after(pause, () => this.begin(), { idle: true })
    return ++this.#failures
  }

  stop(): void {
    this.#renewal?.cancel()
    this.#gatherer.stop()
    this.#post({ do: 'unwatch', id: this.#id })
  }

  #renewSoon(): void {
    const left = this.#since + DIRECTORY_WAIT - this.#clock.monotonic()
    this.#renewal?.cancel()
    this.#renewal = this.#clock.after(Math.max(0, Math.min(DIRECTORY_QUIET, left)), () => this.renew(), { idle: true })
  }

  #ask(): void {
    this.#renewal?.cancel()
    this.#renewal = undefined
    this.#directories.clear()
    this.#post({ do: 'watch', id: this.#id, root: this.path })
  }
}
