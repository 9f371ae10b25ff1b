import { HoldfastError } from '#base'
import { bumpVector, isLive, mergeVectors, type Vector, type VersionBody } from '#model'
import type { BatchWriter } from './batch-writer.ts'
import { sameAs, type Draft } from './draft.ts'
import { mergedVector, type Head } from './head-algebra.ts'
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

/** What a record supersedes: what has the vector `seen`, and the heads that are `replaced`. */
export interface Superseded {
  seen: Vector
  replaced: (head: Known) => boolean
}

/** A record just written, and the heads of its path. */
export interface Written {
  record: number
  heads: Head[]
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

  /**
   * Writes a record that supersedes what is said, the heads of the same content and the tombstones. Its vector is newer than
   * other heads, too, if all they have seen is this device's: a counter says how far a device has come, not along which of
   * two branches. Those are written once more as they were, behind it, so that they stay beside it.
   */
  write(target: Target, draft: Draft, { seen, replaced }: Superseded): Written {
    const gone = target.heads.filter((head) => !isLive(head.version) || replaced(head) || sameAs(draft, head.version))
    const hlc = this.#state.tick(this.#now)
    const first = this.#put(target, {
      ...draft,
      hlc,
      vector: bumpVector(mergeVectors(seen, mergedVector(gone)), this.#state.device, hlc),
    })
    let { heads } = first
    for (const head of target.heads) {
      if (gone.includes(head) || heads.some(({ record }) => record === head.record)) continue
      const path = { id: target.path.id, live: heads.some(({ version }) => isLive(version)) }
      const vector = bumpVector(head.version.vector, this.#state.device, this.#state.tick(this.#now))
      heads = this.#put({ ...target, path }, { ...head.version, vector }).heads
    }
    return { record: first.record, heads }
  }

  #put({ path, key }: Target, version: VersionBody): Written {
    const record = this.#store(path.id, version)
    return { record, heads: this.#parts.ledger.take(path, key, { record, version }).heads }
  }

  #store(path: number, version: VersionBody): number {
    try {
      return this.#parts.writer.add(path, version)
    } catch (error) {
      if (error instanceof HoldfastError && (error.code === 'corrupt' || error.code === 'denied'))
        throw new RefusedRecord(error.message)
      throw error
    }
  }
}

/** Thrown for an entry for which no record can be written that the other devices would take. */
export class RefusedRecord extends Error {}
