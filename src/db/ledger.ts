import { isLive, parentPath, type VersionBody } from '#model'
import { withArrival, type Head } from './head-algebra.ts'
import type { Heads } from './tables/heads.ts'
import type { PathRow, Paths } from './tables/paths.ts'
import type { Known, Records } from './tables/records.ts'
import type { Shown } from './tables/shown.ts'
import { CHANGE, DELETE, type Todo } from './tables/todo.ts'

interface Tables {
  paths: Paths
  records: Records
  heads: Heads
  shown: Shown
  todo: Todo
}

/** Keeps the heads of every path, and the to-do list in step with them. */
export class Ledger {
  readonly #tables: Tables
  /** Directories already looked at in this transaction. */
  readonly #visited = new Set<string>()

  constructor(tables: Tables) {
    this.#tables = tables
  }

  /** To be called at the start of every transaction. */
  begin(): void {
    this.#visited.clear()
  }

  heads(path: number): Known[] {
    return this.#tables.heads.of(path)
  }

  /** Lets a stored record take its place among the heads of its path, `before` where they are known already. `stays`: it is one. */
  take(
    path: PathRow & { fresh?: boolean },
    key: string,
    arrival: Head,
    before?: readonly Head[],
  ): { heads: Head[]; gone: Head[]; stays: boolean } {
    const { heads, paths, records } = this.#tables
    const { id } = path
    const known = before ?? (path.fresh === true ? [] : heads.authored(id))
    const after = withArrival(known, arrival, () => records.ofPath(id))
    const [gone, ...more] = after.gone
    if (gone !== undefined && after.stays) heads.replace(id, gone.record, arrival.record)
    else if (after.stays) heads.add(id, arrival.record)
    else if (gone !== undefined) heads.remove(id, gone.record)
    for (const head of more) heads.remove(id, head.record)
    const live = after.heads.some((head) => isLive(head.version))
    if (live !== path.live) paths.setLive(key, live)
    if (live !== path.live || path.fresh === true) this.reconsiderAncestors(key)
    return after
  }

  /** The same for a record that comes in place of all there is to a path: of its only head `replaced`, or of nothing. */
  put(path: number, key: string, record: number, replaced: number | null): void {
    const { heads } = this.#tables
    if (replaced === null) heads.add(path, record)
    else heads.replace(path, replaced, record)
    this.reconsiderAncestors(key)
  }

  /** Puts a path on the to-do list; `heads` are its heads, where they are known already. A `fresh` one has no item yet and shows nothing. */
  demand(path: number, key: string, heads: readonly Head[] = this.heads(path), fresh = false): void {
    const { shown, todo } = this.#tables
    const live = heads.filter((head) => isLive(head.version))
    const demand = { phase: live.length > 0 ? CHANGE : DELETE, bytes: greatest(live)?.size ?? 0 } as const
    if (fresh) todo.add(path, key, { ...demand, held: false })
    else todo.put(path, key, { ...demand, held: shown.isHeld(path) })
  }

  /**
   * Looks at a directory again after something below it has come to life, has died or has left the disk. One with a live
   * record of its own stays whatever is below; any other is there only for what is below, or gives way to it.
   */
  reconsider(key: string): void {
    const { paths, shown } = this.#tables
    const path = paths.find(key)
    if (path === undefined) return
    const heads = this.heads(path.id)
    if (heads.some((head) => head.version.kind === 'directory')) return
    if (heads.length > 0 || shown.get(path.id) !== undefined) this.demand(path.id, key, heads)
  }

  /** The same for all directories above a path. Once in a transaction is enough. */
  reconsiderAncestors(key: string): void {
    for (let parent = parentPath(key); parent !== ''; parent = parentPath(parent)) {
      if (this.#visited.has(parent)) return
      this.#visited.add(parent)
      this.reconsider(parent)
    }
  }
}

function greatest(heads: readonly Head[]): VersionBody | undefined {
  return heads
    .map((head) => head.version)
    .reduce<VersionBody | undefined>((best, next) => (best === undefined || next.hlc > best.hlc ? next : best), undefined)
}
