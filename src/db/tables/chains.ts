import { HoldfastError } from '#base'
import { NO_BATCH, type DeviceId, type RecordPlace } from '#model'
import type { Command, Database, Query } from '../database.ts'

/** One author's batches of one epoch. */
export interface Chain {
  readonly id: number
  readonly author: DeviceId
  readonly epoch: number
  /** True when this database began it; of this device's chains those that it did not begin are from before a loss. */
  readonly own: boolean
  /** The last sequence number without a gap below it. */
  seq: number
  /** Hash of the last batch's header; NO_BATCH before the first. */
  hash: Uint8Array
}

/** A batch but for its records' bodies, which lie in `records` under consecutive numbers from `number`. */
export interface StoredBatch {
  /** Number of its first record. */
  number: number
  first: number
  count: number
  /** Of its records' bodies together. */
  bytes: number
  prev: Uint8Array
  signature: Uint8Array
}

/** Which records stand where: those from `number` on, in `chain` from `first` on. */
export interface Run {
  number: number
  count: number
  chain: number
  first: number
}

const NOWHERE: Run = { number: 0, count: 0, chain: 0, first: 0 }
/** Batches whose places are remembered. */
const MAX_RECENT = 16

type BatchRow = [number, number, number, number, Uint8Array, Uint8Array]
const COLUMNS = 'number, first, count, bytes, prev, signature'

/** The chains (few: all in memory) and the batches in them; so also which record stands where. */
export class Chains {
  readonly #all: Query<[number, DeviceId, number, number, number, Uint8Array]>
  readonly #insert: Command
  readonly #advance: Command
  readonly #add: Command
  readonly #remove: Command
  readonly #at: Query<[number, number, number, number]>
  readonly #before: Query<[number, number, number, number]>
  readonly #from: Query<BatchRow>
  readonly #starting: Query<BatchRow>
  readonly #last: Query<BatchRow>
  #chains = new Map<number, Chain>()
  /** The batches that answered last, the newest first: records are asked for in runs. */
  #recent: Run[] = []
  /** The batch whose records are being written. */
  #open = NOWHERE

  constructor(db: Database) {
    this.#all = db.query('SELECT id, author, epoch, own, seq, hash FROM chains')
    this.#insert = db.command('INSERT INTO chains VALUES (?, ?, ?, ?, 0, ?)')
    this.#advance = db.command('UPDATE chains SET seq = ?, hash = ? WHERE id = ?')
    this.#add = db.command('INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)')
    this.#remove = db.command('DELETE FROM batches WHERE number = ?')
    this.#at = db.query('SELECT number, count, chain, first FROM batches WHERE number <= ? ORDER BY number DESC LIMIT 1')
    this.#before = db.query(
      'SELECT number, count, chain, first FROM batches WHERE chain = ? AND first <= ? ORDER BY first DESC LIMIT 1',
    )
    this.#from = db.query(`SELECT ${COLUMNS} FROM batches WHERE chain = ?1 AND first >=
      (SELECT max(first) FROM batches WHERE chain = ?1 AND first <= ?2) ORDER BY first`)
    this.#starting = db.query(`SELECT ${COLUMNS} FROM batches WHERE chain = ? AND first = ?`)
    this.#last = db.query(`SELECT ${COLUMNS} FROM batches WHERE chain = ? ORDER BY first DESC LIMIT 1`)
    this.reload()
  }

  /** To be called after a transaction that failed. */
  reload(): void {
    this.#recent = []
    this.#open = NOWHERE
    this.#chains = new Map(
      this.#all.all().map(([id, author, epoch, own, seq, hash]) => [id, { id, author, epoch, own: own === 1, seq, hash }]),
    )
  }

  all(): Chain[] {
    return [...this.#chains.values()]
  }

  find(author: DeviceId, epoch: number): Chain | undefined {
    return this.all().find((chain) => chain.author === author && chain.epoch === epoch)
  }

  /** Finds a chain, or begins it. */
  open(author: DeviceId, epoch: number, own: boolean): Chain {
    const known = this.find(author, epoch)
    if (known !== undefined) return known
    const chain = { id: Math.max(0, ...this.#chains.keys()) + 1, author, epoch, own, seq: 0, hash: NO_BATCH }
    this.#insert(chain.id, author, epoch, own ? 1 : 0, NO_BATCH)
    this.#chains.set(chain.id, chain)
    return chain
  }

  /** Lets records from `number` on stand in `chain` before their batch is stored. */
  expect(chain: Chain, number: number): void {
    this.#open = { number, count: Infinity, chain: chain.id, first: chain.seq + 1 }
  }

  /** Puts a batch at the end of a chain; `hash` is that of its header. */
  append(chain: Chain, batch: StoredBatch, hash: Uint8Array): void {
    this.#add(batch.number, chain.id, batch.first, batch.count, batch.bytes, batch.prev, batch.signature)
    this.#moveEnd(chain, batch.first + batch.count - 1, hash)
    this.#open = NOWHERE
  }

  /** Takes the last batch off a chain; its records stay, and must be given a place again. */
  cut(chain: Chain): StoredBatch {
    const batch = this.last(chain)
    if (batch === undefined) throw new HoldfastError('internal', 'an empty chain was cut')
    this.#remove(batch.number)
    this.#moveEnd(chain, batch.first - 1, batch.prev)
    this.#recent = []
    return batch
  }

  last(chain: Chain): StoredBatch | undefined {
    return this.#last.all(chain.id).map(storedBatch)[0]
  }

  /** The hash of the stored batch that starts at `first`, or undefined where none does. */
  hashAt(chain: Chain, first: number): Uint8Array | undefined {
    const batch = this.#starting.all(chain.id, first).map(storedBatch)[0]
    if (batch === undefined) return undefined
    const after = batch.first + batch.count
    return after > chain.seq ? chain.hash : this.#starting.all(chain.id, after).map(storedBatch)[0]?.prev
  }

  /** Batches from the one that contains `seq`, in order. */
  *from(chain: Chain, seq: number): Generator<StoredBatch> {
    for (const row of this.#from.iterate(chain.id, seq)) yield storedBatch(row)
  }

  placeOf(record: number): RecordPlace {
    const { number, chain: id, first } = this.runOf(record)
    const chain = this.#chains.get(id)
    if (chain === undefined) throw new HoldfastError('corrupt', `record ${record} is in no batch`)
    return { author: chain.author, epoch: chain.epoch, seq: first + record - number }
  }

  /** The number of the record that stands at a place; undefined where there is none. */
  recordAt({ author, epoch, seq }: RecordPlace): number | undefined {
    const chain = this.find(author, epoch)
    if (chain === undefined || seq < 1 || seq > chain.seq) return undefined
    const [batch] = this.from(chain, seq)
    return batch === undefined ? undefined : batch.number + seq - batch.first
  }

  /** The same of a place in a chain that is known to have one. */
  numberOf(chain: Chain, seq: number): number {
    const has = (run: Run): boolean => run.chain === chain.id && seq >= run.first && seq < run.first + run.count
    const known = this.#recent.find(has)
    if (known !== undefined) return known.number + seq - known.first
    const [number, count, , first] = this.#before.get(chain.id, seq) ?? [0, 0, 0, 0]
    const run = { number, count, chain: chain.id, first }
    if (!has(run)) throw new HoldfastError('corrupt', `record ${seq} of ${chain.author} is in no batch`)
    this.#remember(run)
    return number + seq - first
  }

  /** The records that stand in one batch with this one. */
  runOf(record: number): Run {
    if (isIn(this.#open, record)) return this.#open
    const known = this.#recent.find((run) => isIn(run, record))
    if (known !== undefined) return known
    const [number, count, chain, first] = this.#at.get(record) ?? [0, 0, 0, 0]
    const run = { number, count, chain, first }
    if (!isIn(run, record)) return NOWHERE
    this.#remember(run)
    return run
  }

  #remember(run: Run): void {
    this.#recent = [run, ...this.#recent.slice(0, MAX_RECENT - 1)]
  }

  #moveEnd(chain: Chain, seq: number, hash: Uint8Array): void {
    chain.seq = seq
    chain.hash = hash
    this.#advance(seq, hash, chain.id)
  }
}

function isIn({ number, count }: Run, record: number): boolean {
  return record >= number && record < number + count
}

function storedBatch([number, first, count, bytes, prev, signature]: BatchRow): StoredBatch {
  return { number, first, count, bytes, prev, signature }
}
