import type { KeyObject } from 'node:crypto'
import { HoldfastError, messageOf } from '#base'
import {
  batchHash,
  batchHeader,
  chains as follows,
  counterOf,
  decodeBatch,
  hlcTime,
  isLive,
  latestBelieved,
  NO_BATCH,
  readRecord,
  recordHashes,
  pathKey,
  sameBytes,
  verifyBatch,
  type Batch,
  type Dot,
  type Version,
} from '#model'
import type { Ingested, IngestRules } from './folder-index.ts'
import type { Head } from './head-algebra.ts'
import type { Ledger } from './ledger.ts'
import { yieldChain } from './own-fork.ts'
import type { OwnRescue } from './own-rescue.ts'
import type { Tables } from './tables/index.ts'

/** Paths named in the result at most. */
const MAX_PATHS = 1000

/** A batch that has passed every check, with its records read. */
interface Checked {
  batch: Batch
  bodies: Uint8Array[]
  versions: Version[]
  hash: Uint8Array
}

type Fault = NonNullable<Ingested['fault']>

/** Takes batches of other devices (and of this one, from before its database was lost), inside one transaction. */
export class Ingest {
  readonly #tables: Tables
  readonly #ledger: Ledger
  readonly #key: KeyObject
  readonly #rules: IngestRules
  readonly #rescue: OwnRescue
  readonly #changed = new Set<string>()
  readonly kept: Ingested['kept'] = []
  records = 0

  constructor(tables: Tables, parts: { ledger: Ledger; rescue: OwnRescue }, key: KeyObject, rules: IngestRules) {
    this.#tables = tables
    this.#ledger = parts.ledger
    this.#rescue = parts.rescue
    this.#key = key
    this.#rules = rules
  }

  get paths(): string[] {
    return [...this.#changed]
  }

  /** Stores an encoded batch, if it is a good one that is not known; says what is wrong with it otherwise. */
  take(bytes: Uint8Array): Fault | undefined {
    let batch: Batch | undefined
    let checked: Checked | undefined
    try {
      batch = decodeBatch(bytes)
      checked = this.#check(batch)
    } catch (error) {
      const fault = error instanceof Refused ? error.fault : asFault(error)
      if (fault === undefined) throw error
      return batch === undefined ? fault : { ...fault, author: batch.author }
    }
    if (checked !== undefined) this.#store(checked)
    return undefined
  }

  #check(batch: Batch): Checked | undefined {
    const { state, chains } = this.#tables
    if (batch.folder !== state.folder) throw corrupt('a batch is of another folder')
    this.#checkRight(batch)
    const bodies = batch.records.map((record) => {
      if ('hash' in record) throw corrupt('a record was withheld, and no other record says that it was forgotten')
      return record.body
    })
    const hashes = recordHashes(batch)
    const header = batchHeader(batch, hashes)
    const hash = batchHash(header)
    const known = chains.find(batch.author, batch.epoch)
    const stored = known === undefined ? undefined : chains.hashAt(known, batch.first)
    if (stored !== undefined && sameBytes(stored, hash)) return undefined
    if (!verifyBatch(batch, header)) throw corrupt('a batch is not signed by its author')
    if (batch.author === state.device && known !== undefined) yieldChain(this.#tables, known, batch, this.#key, this.#rules.now)
    const chain = known ?? { seq: 0, hash: NO_BATCH }
    if (batch.first <= chain.seq) throw corrupt(`two different batches were signed for record ${batch.first}`)
    if (batch.first > chain.seq + 1)
      throw new Refused({ code: 'gap', message: `records ${chain.seq + 1} to ${batch.first - 1} are missing` })
    if (!follows(batch, chain.hash)) throw corrupt(`the batch of record ${batch.first} does not follow the one before`)
    const versions = bodies.map((body, at) => readOf(batch, at, body, hashes[at]!))
    const latest = latestBelieved(Math.max(this.#rules.now, hlcTime(state.hlc)))
    for (const version of versions) checkTime(version, latest)
    return { batch, bodies, versions, hash }
  }

  #checkRight({ author, epoch, first, records }: Batch): void {
    const writer = this.#rules.writers.find(({ device }) => device === author)
    if (writer === undefined) throw new Refused({ code: 'denied', message: `${author} may not write in this folder` })
    const { cut } = writer
    if (cut === undefined || epoch < cut.before) return
    const last = cut.places.find((place) => place.epoch === epoch)?.seq ?? 0
    if (first + records.length - 1 > last)
      throw new Refused({
        code: 'denied',
        message: `${author} wrote this when it might no longer, or nobody knows that it might`,
      })
  }

  #store({ batch, bodies, versions, hash }: Checked): void {
    const { state, chains, records } = this.#tables
    const chain = chains.open(batch.author, batch.epoch, false)
    const number = records.next
    chains.expect(chain, number)
    versions.forEach((version, at) => this.#storeRecord(version, bodies[at]!))
    const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
    chains.append(
      chain,
      { number, first: batch.first, count: bodies.length, bytes, prev: batch.prev, signature: batch.signature },
      hash,
    )
    this.records += bodies.length
    state.revision++
    state.touch()
    if (batch.author === state.device && batch.epoch >= state.epoch) state.beginEpoch(batch.epoch, this.#rules.now)
  }

  #storeRecord(version: Version, body: Uint8Array): void {
    const { state, paths, records } = this.#tables
    const key = pathKey(version.path)
    const path = paths.intern(key, isLive(version))
    const record = records.add(path.id, body, version)
    state.adopt(version.hlc, this.#rules.now)
    const taken = this.#ledger.take(path, key, { record, version })
    const { heads, gone, stays } = taken
    this.#rescue.note({ id: path.id, key }, { record, version }, taken)
    if (!stays && gone.length === 0) return
    this.#ledger.demand(path.id, key, heads, path.fresh)
    if (this.#changed.size < MAX_PATHS) this.#changed.add(version.path)
    if (this.#isKept(version, heads) && this.kept.length < MAX_PATHS)
      this.kept.push({ path: version.path, device: version.author })
  }

  #isKept(arrived: Version, heads: readonly Head[]): boolean {
    const { device } = this.#tables.state
    return (
      !isLive(arrived) && arrived.author !== device && heads.some(({ version }) => isLive(version) && version.author === device)
    )
  }
}

function readOf({ folder, author, epoch, first }: Batch, at: number, body: Uint8Array, hash: Uint8Array): Version {
  const { version } = readRecord(folder, { author, epoch, seq: first + at }, body, hash)
  if (counterOf(version.vector, author) === 0) throw corrupt(`the vector of ${version.path} has no counter of its author`)
  return version
}

/** Not the fault of whoever passes it on, and believed later where this clock is behind. */
function checkTime({ author, path, hlc, vector, beside = [] }: Version, latest: number): void {
  const isLate = ([, counter]: Dot): boolean => counter > latest
  if (hlc > latest || vector.some(isLate) || beside.some(isLate))
    throw new Refused({ code: 'denied', message: `${author} wrote ${path} at a time that is not to be believed` })
}

class Refused extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.message)
    this.fault = fault
  }
}

function corrupt(message: string): Refused {
  return new Refused({ code: 'corrupt', message })
}

/** What the model threw at a batch that it could not read; undefined for failures that are not the batch's fault. */
function asFault(error: unknown): Fault | undefined {
  if (!(error instanceof HoldfastError)) return undefined
  const { code } = error
  return code === 'corrupt' || code === 'denied' || code === 'unsupported' ? { code, message: messageOf(error) } : undefined
}
