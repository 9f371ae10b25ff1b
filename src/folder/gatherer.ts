import type { Clock, Timer } from '#base'
import { parentPath } from '#model'

/** How long nothing more must come before a hint goes out, and how long it waits at most, ms, by the number of paths. */
const PACES = [
  { paths: 8, quiet: 40, wait: 400 },
  { paths: 200, quiet: 250, wait: 1_000 },
  { paths: Infinity, quiet: 800, wait: 2_000 },
] as const
/**
 * How long at least after what is often the first of more, ms: the watching library tells of the first change of a burst at once, and
 * 50 ms later of the others. What moved into a new directory would, without the place it came from, be a new file here and a
 * deletion there; and the first file of a tree that is being deleted would be too few to wait for the rest.
 */
const FIRST_QUIET = 100
/** From here on it is no longer worth telling places apart. */
const MAX_PATHS = 4_000

/** Gathers changed paths until a burst is over: a lone file goes on at once, many wait for each other. */
export class Gatherer {
  readonly #clock: Clock
  readonly #onHint: (paths: readonly string[] | null) => void
  #paths = new Set<string>()
  #everything = false
  #leastQuiet = 0
  #since = 0
  #timer: Timer | undefined

  constructor(clock: Clock, onHint: (paths: readonly string[] | null) => void) {
    this.#clock = clock
    this.#onHint = onHint
  }

  /** null = anywhere; `isFirst` when some of the paths are new directories, or all of them are gone. */
  add(paths: readonly string[] | null, { isFirst = false } = {}): void {
    if (this.#timer === undefined) this.#since = this.#clock.monotonic()
    if (paths === null) this.#everything = true
    else for (const path of paths) this.#paths.add(path)
    if (this.#paths.size > MAX_PATHS) this.#everything = true
    if (this.#everything) this.#paths.clear()
    const { quiet, wait } = PACES.find(({ paths: upTo }) => this.#paths.size <= upTo && !this.#everything) ?? PACES[2]
    if (isFirst) this.#leastQuiet = FIRST_QUIET
    const left = this.#since + wait - this.#clock.monotonic()
    this.#timer?.cancel()
    this.#timer = this.#clock.after(Math.max(0, Math.min(Math.max(quiet, this.#leastQuiet), left)), () => this.#send(), {
      idle: true,
    })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#paths.clear()
  }

  #send(): void {
    const paths = this.#everything ? null : widest(this.#paths)
    this.#timer = undefined
    this.#paths = new Set()
    this.#everything = false
    this.#leastQuiet = 0
    this.#onHint(paths)
  }
}

/** Without the paths that lie below another of them. */
export function widest(paths: ReadonlySet<string>): string[] {
  if (paths.has('')) return ['']
  const isCovered = (path: string): boolean => {
    for (let at = parentPath(path); at !== ''; at = parentPath(at)) if (paths.has(at)) return true
    return false
  }
  return [...paths].filter((path) => !isCovered(path)).sort()
}
