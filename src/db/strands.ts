import { pathKey, recordHlc, type Hlc } from '#model'
import type { Database, Query } from './database.ts'
import type { Chain } from './tables/chains.ts'
import type { Tables } from './tables/index.ts'
import { below } from './tables/paths.ts'

/** Records of one chain, in the order in which their author wrote them: as its clock goes on and on, in the order of their times. */
export interface Strand {
  readonly chain: Chain
  readonly length: number
  /** The number of the record at a place, from 0 on. */
  recordAt(at: number): number
  /** The place in its chain of the same record. */
  seqAt(at: number): number
  /** How many of them stand in the chain up to a place. */
  upTo(seq: number): number
}

interface Gathered {
  key: string
  records: number
  revision: number
  strands: Strand[]
}

/**
 * The records of a folder as strands, of which those of all times are merged, or counted, with few of them read: so no table has to be in the
 * order of time.
 */
export class Strands {
  readonly #tables: Tables
  readonly #below: Query<[string]>
  readonly #isMany: Query<[number]>
  /** The last that were gathered: whoever looks at a page looks at the next one. */
  #gathered: Gathered | null = null

  constructor(db: Database, tables: Tables) {
    this.#tables = tables
    // One text of all of them comes here in a third of the time that as many rows take.
    this.#below =
      db.query(`SELECT json_group_array(r.number) FROM paths p CROSS JOIN records r INDEXED BY records_path ON r.path = p.id
      WHERE (p.key = ?1 AND ?1 <> '') OR (p.key > ?2 AND p.key < ?3)`)
    this.#isMany = db.query('SELECT 1 FROM paths WHERE key > ? AND key < ? LIMIT 1 OFFSET ?')
  }

  /** All records. */
  whole(): Strand[] {
    const { chains } = this.#tables
    return chains.all().map((chain) => ({
      chain,
      length: chain.seq,
      recordAt: (at) => chains.numberOf(chain, at + 1),
      seqAt: (at) => at + 1,
      upTo: (seq) => Math.min(seq, chain.seq),
    }))
  }

  /** Those of paths at or below `under`. Of very many it takes as long as there are of them. */
  below(under: string): Strand[] {
    const { chains, records } = this.#tables
    const key = pathKey(under)
    if (key === '') return this.whole()
    const known = this.#known(key)
    if (known !== null) return known
    const numbers = Uint32Array.from(JSON.parse(this.#below.get(key, ...below(key))?.[0] ?? '[]') as number[]).toSorted()
    const parts = new Map<number, number[]>()
    let run = { number: 0, count: 0, chain: 0 }
    let part: number[] = []
    for (const number of numbers) {
      if (number >= run.number + run.count) {
        run = chains.runOf(number)
        part = parts.get(run.chain) ?? []
        parts.set(run.chain, part)
      }
      part.push(number)
    }
    const strands = chains.all().flatMap((chain) => {
      const found = parts.get(chain.id)
      return found === undefined ? [] : [this.#gather(chain, Uint32Array.from(found))]
    })
    this.#gathered = { key, records: records.count, revision: this.#tables.state.revision, strands }
    return strands
  }

  /** Are there at least so many paths below `under`, and are their records still to be gathered? */
  areMany(under: string, count: number): boolean {
    const key = pathKey(under)
    return this.#known(key) === null && this.#isMany.get(...below(key), count - 1) !== undefined
  }

  timeOf(record: number): Hlc {
    return recordHlc(this.#tables.records.bodyOf(record))
  }

  /** How many of the first `length` of a strand were written before a time, as far as its author's clock went on and on. */
  before(strand: Strand, time: Hlc, length: number): number {
    let [from, to] = [0, length]
    while (from < to) {
      const middle = Math.floor((from + to) / 2)
      if (this.timeOf(strand.recordAt(middle)) < time) from = middle + 1
      else to = middle
    }
    return from
  }

  /** Gives back the memory of what was gathered. */
  rest(): void {
    this.#gathered = null
  }

  #known(key: string): Strand[] | null {
    const { records, state } = this.#tables
    const known = this.#gathered
    if (known?.key !== key || known.records !== records.count) return null
    // Where as many records went as came there is as many of them, and others.
    return known.revision === state.revision ? known.strands : null
  }

  #gather(chain: Chain, numbers: Uint32Array): Strand {
    const { chains } = this.#tables
    return {
      chain,
      length: numbers.length,
      recordAt: (at) => numbers[at]!,
      seqAt: (at) => chains.placeOf(numbers[at]!).seq,
      upTo: (seq) => {
        if (seq <= 0) return 0
        const last = chains.numberOf(chain, Math.min(seq, chain.seq))
        let [from, to] = [0, numbers.length]
        while (from < to) {
          const middle = Math.floor((from + to) / 2)
          if (numbers[middle]! <= last) from = middle + 1
          else to = middle
        }
        return from
      },
    }
  }
}
