import { causesOf, recordShown, type Cause, type RecordPlace, type Shown, type VersionBody } from '#model'
import type { Tables } from './tables/index.ts'

/** Records of which is remembered why they were written, but for those of the last path, and of large ones. */
const MAX_REMEMBERED = 50_000
/** A path of more is large: of these the last two are remembered, as their changes may take turns. */
const LARGE = MAX_REMEMBERED / 2

interface Why {
  cause: Cause
  sizeBefore: number | null
}

type Known = Shown & Pick<VersionBody, 'hlc'> & { record: number; place: RecordPlace | null }

/** Why versions were written: that takes all that there are of their paths, and is remembered for a while. */
export class PathCauses {
  readonly #tables: Tables
  /** By path, the least recently used first. */
  readonly #known = new Map<number, { last: number; found: ReadonlyMap<number, Why> }>()
  /** Records of those that are not large. */
  #remembered = 0
  /** Records read for it, since there is this. */
  read = 0

  constructor(tables: Tables) {
    this.#tables = tables
  }

  of(path: number, record: number): Why {
    const last = this.#tables.records.lastOfPath(path)
    const known = this.#known.get(path)
    if (known !== undefined) this.#forget(path, known.found)
    const found = known?.last === last ? known.found : this.#look(path)
    this.#remember(path, { last, found })
    return found.get(record)!
  }

  rest(): void {
    this.#known.clear()
    this.#remembered = 0
  }

  #remember(path: number, known: { last: number; found: ReadonlyMap<number, Why> }): void {
    const isLarge = known.found.size > LARGE
    if (isLarge || this.#remembered > MAX_REMEMBERED) {
      const alike = [...this.#known].filter(([, { found }]) => found.size > LARGE === isLarge)
      for (const [other, { found }] of isLarge ? alike.slice(0, -1) : alike) {
        if (isLarge || this.#remembered > MAX_REMEMBERED) this.#forget(other, found)
      }
    }
    this.#known.set(path, known)
    if (!isLarge) this.#remembered += known.found.size
  }

  #forget(path: number, found: ReadonlyMap<number, Why>): void {
    this.#known.delete(path)
    if (found.size <= LARGE) this.#remembered -= found.size
  }

  #look(path: number): ReadonlyMap<number, Why> {
    const all = this.#tables.records
      .bodiesOfPath(path)
      .map(([record, body]): Known => ({ ...recordShown(body), record, place: null }))
      .toSorted((a, b) => b.hlc - a.hlc || this.#byPlace(a, b))
    const causes = causesOf(all)
    const found = new Map(
      all.map(({ record }, at): [number, Why] => [record, { cause: causes[at]!, sizeBefore: all[at + 1]?.size ?? null }]),
    )
    this.read += all.length
    return found
  }

  /** As byPrecedence has those of one time. */
  #byPlace(a: Known, b: Known): number {
    const one = (a.place ??= this.#tables.chains.placeOf(a.record))
    const other = (b.place ??= this.#tables.chains.placeOf(b.record))
    if (one.author !== other.author) return one.author < other.author ? 1 : -1
    return other.epoch - one.epoch || other.seq - one.seq
  }
}
