import { HoldfastError } from '#base'
import { isLive, supersedes, type DeviceId, type VersionBody } from '#model'
import type { BatchWriter } from './batch-writer.ts'
import { sameAs, type Draft } from './draft.ts'
import { nextVector, type Head } from './head-algebra.ts'
import type { Ledger } from './ledger.ts'
import type { PathRow } from './tables/paths.ts'
import type { Known } from './tables/records.ts'
import type { State } from './tables/state.ts'

/** The path that a record is written for, and its heads so far. */
export interface Target {
  path: PathRow & { fresh?: boolean }
  key: string
  heads: readonly Known[]
}

/** A path with its only head, or none. */
export interface Lone {
  path: number
  key: string
  head: (Pick<VersionBody, 'vector' | 'beside'> & { record: number }) | null
}

/** What a record supersedes: the version `base` that it was made of, and the heads that are `replaced`. */
export interface Superseded {
  base: Head | null
  replaced: (head: Known) => boolean
}

/** A record just written, and the heads of its path. */
export interface Written {
  record: number
  heads: Head[]
  /** For an edit of `base`: another device that had deleted that, where there is one. */
  deletedBy: DeviceId | undefined
}

/** Writes records of this device with the vectors that they need, and lets them take their place among the heads. */
export class RecordWriter {
  readonly #state: State
  readonly #parts: { ledger: Ledger; writer: BatchWriter }
  readonly #now: number

  constructor(state: State, parts: { ledger: Ledger; writer: BatchWriter }, now: number) {
    this.#state = state
    this.#parts = parts
    this.#now = now
  }

  /** Writes a record that supersedes what is said, the heads of the same content and the tombstones. */
  write({ path, key, heads }: Target, draft: Draft, { base, replaced }: Superseded): Written {
    const gone = heads.filter((head) => !isLive(head.version) || replaced(head) || sameAs(draft, head.version))
    const others = heads.filter((head) => !gone.includes(head)).map(({ version }) => version)
    const isGone = gone.some(({ record }) => record === base?.record)
    const seen = (base === null || isGone ? gone : [base, ...gone]).map(({ version }) => version)
    const { device } = this.#state
    const hlc = this.#state.tick(this.#now)
    const version = { ...draft, hlc, ...nextVector(seen, others, { device, hlc }), author: device }
    const record = this.#store(() => this.#parts.writer.add(path.id, version))
    const edited = draft.kind === 'tombstone' ? undefined : base?.version
    const deletion = edited && gone.find(({ version: of }) => !isLive(of) && of.author !== device && supersedes(of, edited))
    const after = this.#parts.ledger.take(path, key, { record, version }, heads).heads
    return { record, heads: after, deletedBy: deletion?.version.author }
  }

  /** Writes a record in place of all there is to a path: its only head, or nothing. Returns its number. */
  replace({ path, key, head }: Lone, draft: Draft): number {
    const { device } = this.#state
    const hlc = this.#state.tick(this.#now)
    const vector = nextVector(head === null ? [] : [head], [], { device, hlc })
    const record = this.#store(() => this.#parts.writer.append(path, { ...draft, hlc, ...vector }))
    this.#parts.ledger.put(path, key, record, head?.record ?? null)
    return record
  }

  #store(add: () => number): number {
    try {
      return add()
    } catch (error) {
      if (error instanceof HoldfastError && (error.code === 'corrupt' || error.code === 'denied'))
        throw new RefusedRecord(error.message)
      throw error
    }
  }
}

/** Thrown for an entry for which no record can be written that the other devices would take. */
export class RefusedRecord extends Error {}
