import { causesOf, recordShown, type Cause, type RecordPlace, type Shown, type VersionBody } from '#model'
import type { Tables } from './tables/index.ts'

/** Records of which is remembered why they were written, but for those of the last path. */
const MAX_REMEMBERED = 50_000

interface Why {
  cause: Cause
  sizeBefore: number | null
}

type Known = Shown & Pick<VersionBody, 'hlc'> & { record: number; place: RecordPlace | null }

/** Why versions were written: that takes all that there are of their paths, and is remembered for a while. */
export class PathCauses {
  readonly #tables: Tables
  readonly #known = new Map<number, { last: number; found: ReadonlyMap<number, Why> }>()
  #remembered = 0
  /** Records read for it, since there is this. */
  read = 0

  constructor(tables: Tables) {
    this.#tables = tables
  }

  of(path: number, record: number): Why {
    const last = this.#tables.records.lastOfPath(path)
    const known = this.#known.get(path)
    const found = known?.last === last ? known.found : this.#look(path, last)
    return found.get(record)!
  }

  rest(): void {
    this.#known.clear()
    this.#remembered = 0
  }

  #look(path: number, last: number): ReadonlyMap<number, Why> {
    if (this.#remembered > MAX_REMEMBERED) this.rest()
    const all = this.#tables.records
      .bodiesOfPath(path)
      .map(([record, body]): Known => ({ ...recordShown(body), record, place: null }))
      .toSorted((a, b) => b.hlc - a.hlc || this.#byPlace(a, b))
    const causes = causesOf(all)
    const found = new Map(
      all.map(({ record }, at): [number, Why] => [record, { cause: causes[at]!, sizeBefore: all[at + 1]?.size ?? null }]),
    )
    this.read += all.length
    this.#remembered += all.length
    this.#known.set(path, { last, found })
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
