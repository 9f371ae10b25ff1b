import type { ChildPort, Clock, Logger, Spawner, Timer } from '#base'
import { Gatherer } from './gatherer.ts'
import type { WatchReport, WatchRequest } from './watch-protocol.ts'

/** ms before a process that died is started again, or a root that cannot be watched is tried again; doubled up to the second. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 60_000
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
 */
export class FolderWatcher {
  readonly #components: FolderWatcherComponents
  readonly #roots = new Map<number, WatchedRoot>()
  #child: ChildPort | undefined
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
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.cancel()
    for (const root of this.#roots.values()) root.stop()
    this.#roots.clear()
    await this.#child?.stop()
  }

  #start(): void {
    const { spawner, clock, logger } = this.#components
    this.#retry = undefined
    if (this.#closed) return
    const started = clock.monotonic()
    const child = spawner.child('watcher')
    this.#child = child
    child.onMessage((message) => this.#take(message as WatchReport))
    child.onExit((error) => {
      if (this.#child !== child) return
      this.#child = undefined
      if (this.#closed) return
      if (clock.monotonic() - started > HEALTHY) this.#pause = FIRST_PAUSE
      logger.warn({ error: error?.message, againInMs: this.#pause }, 'the process that watches folders ended')
      this.#retry = clock.after(this.#pause, () => this.#start(), { idle: true })
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
    })
    for (const root of this.#roots.values()) root.begin()
  }

  #take(report: WatchReport): void {
    const root = this.#roots.get(report.id)
    if (root === undefined) return
    if (report.is === 'failed') {
      this.#components.logger.warn({ root: root.path, error: report.message }, 'a folder cannot be watched')
      root.failed()
    } else if (report.is === 'watching') {
      root.watching()
    } else {
      root.changed(report.paths, report.directories)
    }
  }
}

class WatchedRoot {
  readonly path: string
  readonly #id: number
  readonly #clock: Clock
  readonly #post: (request: WatchRequest) => void
  readonly #gatherer: Gatherer
  #directories = new Set<string>()
  /** Waiting for the watches to be put up anew. */
  #renewing: string[] | undefined
  #renewal: Timer | undefined
  #since = 0
  #pause = FIRST_PAUSE

  constructor(id: number, path: string, gatherer: Gatherer, clock: Clock, post: (request: WatchRequest) => void) {
    this.path = path
    this.#id = id
    this.#clock = clock
    this.#post = post
    this.#gatherer = gatherer
  }

  /** The process is new. */
  begin(): void {
    this.#renewing = undefined
    this.#directories.clear()
    this.#renewal?.cancel()
    this.#renewal = undefined
    this.#post({ do: 'watch', id: this.#id, root: this.path })
  }

  watching(): void {
    this.#pause = FIRST_PAUSE
    this.#gatherer.add(this.#renewing ?? null)
    this.#renewing = undefined
    if (this.#directories.size > 0) this.#renewSoon()
  }

  changed(paths: readonly string[], directories: readonly string[]): void {
    this.#gatherer.add(paths, { directories: directories.length > 0 })
    if (directories.length === 0) return
    if (this.#directories.size === 0) this.#since = this.#clock.monotonic()
    for (const directory of directories) this.#directories.add(directory)
    if (this.#renewing === undefined) this.#renewSoon()
  }

  failed(): void {
    this.#renewal?.cancel()
    this.#renewal = this.#clock.after(this.#pause, () => this.begin(), { idle: true })
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
  }

  stop(): void {
    this.#renewal?.cancel()
    this.#gatherer.stop()
    this.#post({ do: 'unwatch', id: this.#id })
  }

  #renewSoon(): void {
    const left = this.#since + DIRECTORY_WAIT - this.#clock.monotonic()
    this.#renewal?.cancel()
    this.#renewal = this.#clock.after(Math.max(0, Math.min(DIRECTORY_QUIET, left)), () => this.#renew(), { idle: true })
  }

  #renew(): void {
    this.#renewal = undefined
    this.#renewing = [...this.#directories]
    this.#directories.clear()
    this.#post({ do: 'again', id: this.#id, root: this.path })
  }
}
