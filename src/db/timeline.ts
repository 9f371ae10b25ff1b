import { HoldfastError } from '#base'
import { pathKey, recordPath, recordHlc, type Hlc } from '#model'
import type { PastChange, TimelinePage, TimelineQuery } from './folder-lookups.ts'
import { PathCauses } from './path-causes.ts'
import type { Strand, Strands } from './strands.ts'
import type { Tables } from './tables/index.ts'

/** Of so many paths and more it is likely that some of the newest records are theirs. */
const MANY_PATHS = 1_000
/** Newest records looked through for those of such paths, before theirs are gathered. */
const LOOKED_THROUGH = 2_000
/** Records read for why the versions of one page were written, but for those of the last path. */
const MAX_READ = 6_000
const HLC_PER_MS = 1024

/** A strand, of which the first `left` are still to come, the last of them first. */
interface Cursor {
  strand: Strand
  left: number
  time: Hlc
  isWanted: boolean
}

/** The newest records of all first: those of a few strands, each of which is in order, put together. */
export class Timeline {
  readonly #tables: Tables
  readonly #strands: Strands
  readonly #causes: PathCauses

  constructor(tables: Tables, strands: Strands) {
    this.#tables = tables
    this.#strands = strands
    this.#causes = new PathCauses(tables)
  }

  page(query: TimelineQuery): TimelinePage {
    const before = query.before === '' ? null : positionsOf(query.before)
    const key = pathKey(query.under)
    if (key !== '' && this.#strands.areMany(key, MANY_PATHS)) {
      const isWanted = (body: Uint8Array): boolean => isWithin(pathKey(recordPath(body)), key)
      const page = this.#page(this.#strands.whole(), query, { before, isWanted })
      if (page !== null) return page
    }
    return this.#page(this.#strands.below(key), query, { before, isWanted: () => true })!
  }

  rest(): void {
    this.#causes.rest()
  }

  /** null: too many were looked through. */
  #page(
    strands: readonly Strand[],
    { author, until, limit }: TimelineQuery,
    { before, isWanted }: { before: Map<number, number> | null; isWanted: (body: Uint8Array) => boolean },
  ): TimelinePage | null {
    const load = (cursor: Cursor): boolean => {
      if (cursor.left === 0) return false
      const body = this.#tables.records.bodyOf(cursor.strand.recordAt(cursor.left - 1))
      cursor.time = recordHlc(body)
      cursor.isWanted = isWanted(body)
      return true
    }
    let cursors: Cursor[] = strands
      .filter(({ chain }) => author === null || chain.author === author)
      .map((strand) => {
        const upTo = before === null ? strand.length : strand.upTo(before.get(strand.chain.id) ?? 0)
        const left = until === null ? upTo : this.#strands.before(strand, until * HLC_PER_MS, upTo)
        return { strand, left, time: 0, isWanted: false }
      })
      .filter(load)
    const changes: PastChange[] = []
    const end = this.#causes.read + MAX_READ
    for (let passed = 0; cursors.length > 0 && changes.length < limit && this.#causes.read < end;) {
      const cursor = cursors.reduce((best, next) => (isNewer(next, best) ? next : best))
      if (cursor.isWanted) changes.push(this.#change(cursor.strand.recordAt(cursor.left - 1)))
      else if (++passed > LOOKED_THROUGH) return null
      cursor.left--
      if (!load(cursor)) cursors = cursors.filter((other) => other !== cursor)
    }
    const next = cursors.map(({ strand, left }) => `${strand.chain.id.toString(36)}-${strand.seqAt(left - 1).toString(36)}`)
    return { changes, next: next.length === 0 ? null : next.join('.') }
  }

  #change(record: number): PastChange {
    const { records, heads, forgotten } = this.#tables
    const path = records.pathIdOf(record)
    const { version } = records.read(record)
    return { version, isHead: heads.has(path, record), ...forgotten.of(record), ...this.#causes.of(path, record) }
  }
}

/** As versions stand in order of precedence. */
function isNewer(a: Cursor, b: Cursor): boolean {
  if (a.time !== b.time) return a.time > b.time
  const [one, other] = [a.strand.chain, b.strand.chain]
  return one.author === other.author ? one.epoch > other.epoch : one.author > other.author
}

function isWithin(key: string, under: string): boolean {
  return key === under || key.startsWith(`${under}/`)
}

/** Of each chain the last record that is still to come; of those that are left out all came. */
function positionsOf(text: string): Map<number, number> {
  const positions = text.split('.').map((part): [number, number] => {
    const [, chain, seq] = /^([\da-z]{1,9})-([\da-z]{1,9})$/.exec(part) ?? []
    if (chain === undefined || seq === undefined)
      throw new HoldfastError('usage', `${JSON.stringify(text)} is not where a page of a timeline ended`, {
        hint: 'begin again with the newest changes',
      })
    return [Number.parseInt(chain, 36), Number.parseInt(seq, 36)]
  })
  return new Map(positions)
}
