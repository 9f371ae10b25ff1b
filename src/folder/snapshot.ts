import { parentPath, tableKind, tablePaths, tableStat, type DiskKind, type DiskStat, type StatTable } from '#model'
import { sameEntry } from './expected.ts'

/** The scan's side of a StatTable: what was there, what has been seen of it, and what must not count as gone. */
export class Snapshot {
  readonly #table: StatTable
  readonly #paths: string[]
  readonly #rows = new Map<string, number>()
  readonly #seen: Uint8Array
  readonly #held = new Set<string>()

  constructor(table: StatTable) {
    this.#table = table
    this.#paths = tablePaths(table)
    this.#seen = new Uint8Array(table.count)
    for (let row = 0; row < this.#paths.length; row++) this.#rows.set(this.#paths[row]!, row)
  }

  has(path: string): boolean {
    return this.#rows.has(path)
  }

  /** Is the path, or one below it, known? */
  hasWithin(path: string): boolean {
    return this.has(path) || this.#paths.some((other) => other.startsWith(`${path}/`))
  }

  /** Notes that the path is there, and tells whether it is as it was. */
  see(path: string, kind: DiskKind, stat: DiskStat): boolean {
    const row = this.#rows.get(path)
    if (row === undefined) return false
    this.#seen[row] = 1
    return sameEntry(tableKind(this.#table, row), tableStat(this.#table, row), kind, stat)
  }

  /** The path and all below it could not be looked at: nothing there counts as gone. */
  hold(path: string): void {
    this.#held.add(path)
  }

  /** Paths not seen, without what is held, children before parents; those that pass `isIgnored` apart. */
  unseen(isIgnored: (path: string, isDirectory: boolean) => boolean): { vanished: string[]; ignored: string[] } {
    const vanished: string[] = []
    const ignored: string[] = []
    for (let row = 0; row < this.#paths.length; row++) {
      const path = this.#paths[row]!
      if (this.#seen[row] === 1 || this.#isHeld(path)) continue
      const list = isIgnored(path, tableKind(this.#table, row) === 'directory') ? ignored : vanished
      list.push(path)
    }
    // A parent's path is a prefix of its children's, so it sorts before them.
    return { vanished: vanished.sort().reverse(), ignored }
  }

  #isHeld(path: string): boolean {
    if (this.#held.size === 0) return false
    for (let at = path; ; at = parentPath(at)) {
      if (this.#held.has(at)) return true
      if (at === '') return false
    }
  }
}
