import type { KeyObject } from 'node:crypto'
import { HoldfastError } from '#base'
import {
  batchHash,
  batchHeader,
  checkRecord,
  encodeRecord,
  MAX_BATCH_RECORDS,
  MAX_RECORD_BYTES,
  recordHash,
  recordHashes,
  signBatch,
  versionIdOf,
  type RecordPlace,
  type VersionBody,
} from '#model'
import type { Chain, Chains } from './tables/chains.ts'
import type { Records } from './tables/records.ts'
import type { State } from './tables/state.ts'

/** Bytes of records after which a batch is closed: room for one more record of any size below MAX_BATCH_BYTES. */
const FULL_BYTES = 1.5 * 1024 * 1024

/** Writes this device's records, and closes a batch around them whenever it is full and at the end. */
export class BatchWriter {
  readonly #state: State
  readonly #chains: Chains
  readonly #records: Records
  readonly #key: KeyObject
  #bodies: Uint8Array[] = []
  #hashes: Uint8Array[] = []
  #bytes = 0
  /** Records written so far. */
  written = 0

  constructor(tables: { state: State; chains: Chains; records: Records }, key: KeyObject) {
    this.#state = tables.state
    this.#chains = tables.chains
    this.#records = tables.records
    this.#key = key
  }

  /** Stores a record; returns its number. Throws, with nothing stored, for a record that the others would refuse. */
  add(path: number, body: VersionBody): number {
    const { bytes, hash, place } = this.#take(body)
    return this.#records.add(path, bytes, { ...body, ...place, id: versionIdOf(hash) })
  }

  /** The same for one that nobody asks for soon. */
  append(path: number, body: VersionBody): number {
    return this.#records.add(path, this.#take(body).bytes)
  }

  #take(body: VersionBody): { bytes: Uint8Array; hash: Uint8Array; place: RecordPlace } {
    checkRecord(body)
    const bytes = encodeRecord(body)
    if (bytes.length > MAX_RECORD_BYTES) throw new HoldfastError('corrupt', `the record would have ${bytes.length} bytes`)
    if (this.#bodies.length === MAX_BATCH_RECORDS || this.#bytes + bytes.length > FULL_BYTES) this.close()
    if (this.#bodies.length === 0) this.#chains.expect(this.#chain(), this.#records.next)
    const place = this.#chains.placeOf(this.#records.next)
    const hash = recordHash(this.#state.folder, place, bytes)
    this.#bodies.push(bytes)
    this.#hashes.push(hash)
    this.#bytes += bytes.length
    this.written++
    return { bytes, hash, place }
  }

  /** Signs the open batch and puts it at the end of the chain. */
  close(): void {
    if (this.#bodies.length === 0) return
    const number = this.#records.next - this.#bodies.length
    const batch = { number, bodies: this.#bodies, hashes: this.#hashes, folder: this.#state.folder }
    appendSigned(this.#chains, this.#chain(), batch, this.#key)
    this.#state.revision++
    this.#state.touch()
    this.#bodies = []
    this.#hashes = []
    this.#bytes = 0
  }

  #chain(): Chain {
    return this.#chains.open(this.#state.device, this.#state.epoch, true)
  }
}

interface Unsigned {
  /** Of the first record. */
  number: number
  bodies: readonly Uint8Array[]
  /** The records' hashes at their place in the chain, where they are known. */
  hashes?: readonly Uint8Array[]
  folder: State['folder']
}

/** Signs stored records as the next batch of this device's chain. */
export function appendSigned(chains: Chains, chain: Chain, { number, bodies, hashes, folder }: Unsigned, key: KeyObject): void {
  const { author, epoch, hash: prev } = chain
  const batch = { folder, author, epoch, first: chain.seq + 1, prev, records: bodies.map((body) => ({ body })) }
  const header = batchHeader(batch, hashes ?? recordHashes(batch))
  const { signature } = signBatch(batch, key, header)
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
  chains.append(chain, { number, first: batch.first, count: bodies.length, bytes, prev, signature }, batchHash(header))
}
