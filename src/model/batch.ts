import type { KeyObject } from 'node:crypto'
import { decode, encode } from '@ipld/dag-cbor'
import { HoldfastError } from '#base'
import { CborReader, CborWriter } from './cbor.ts'
import { sameBytes } from './chunk-list.ts'
import { deviceIdOf, devicePublicKey, folderIdOf, idBytes, type DeviceId, type FolderId } from './ids.ts'
import { natural, recordHash, sha256 } from './record.ts'
import { isSignatureOf, SIGNATURE_BYTES, signatureOf } from './signing.ts'

/** Records in a batch at most. */
export const MAX_BATCH_RECORDS = 1024
/** Bytes of an encoded batch at most. */
export const MAX_BATCH_BYTES = 2 * 1024 * 1024
const BATCH_FORMAT = 1
const FIELDS = 8
const CONTEXT = Buffer.from('holdfast/v1/batch\0')

/** `prev` of the first batch of an epoch. */
export const NO_BATCH: Uint8Array = new Uint8Array(32)

/** Consecutive records of one author; `prev` chains it to the batch before (the hash of that one's header). */
export interface Batch {
  readonly folder: FolderId
  readonly author: DeviceId
  readonly epoch: number
  /** Sequence number of the first record. */
  readonly first: number
  readonly prev: Uint8Array
  /** Each record's bytes (encodeRecord), or its 32-byte hash alone where its body was forgotten. */
  readonly records: readonly BatchRecord[]
  /** Ed25519 over the header. */
  readonly signature: Uint8Array
}

export type BatchRecord = { readonly body: Uint8Array } | { readonly hash: Uint8Array }

/** The hashes of a batch's records, in order. */
export function recordHashes({ folder, author, epoch, first, records }: Omit<Batch, 'signature'>): Uint8Array[] {
  return records.map((record, at) =>
    'hash' in record ? record.hash : recordHash(folder, { author, epoch, seq: first + at }, record.body),
  )
}

/**
 * What is signed and chained: DAG-CBOR of [format, folder, author, epoch, first, count, prev, SHA-256 of the record hashes].
 * `hashes` where they are known already.
 */
export function batchHeader(batch: Omit<Batch, 'signature'>, hashes: readonly Uint8Array[] = recordHashes(batch)): Uint8Array {
  return encode([
    BATCH_FORMAT,
    idBytes(batch.folder),
    devicePublicKey(batch.author),
    batch.epoch,
    batch.first,
    batch.records.length,
    batch.prev,
    sha256(...hashes),
  ])
}

export function batchHash(header: Uint8Array): Uint8Array {
  return sha256(header)
}

/** Signs a batch; `key` is the author's (signingKey). */
export function signBatch(batch: Omit<Batch, 'signature'>, key: KeyObject, header: Uint8Array = batchHeader(batch)): Batch {
  return { ...batch, signature: signatureOf(CONTEXT, header, key) }
}

/** True when the batch is signed by its author. */
export function verifyBatch(batch: Batch, header: Uint8Array = batchHeader(batch)): boolean {
  return isSignatureOf(batch.signature, CONTEXT, header, batch.author)
}

/** A batch as it is sent: DAG-CBOR of [format, folder, author, epoch, first, prev, [bytes | [hash]…], signature]. */
export function encodeBatch(batch: Batch): Uint8Array {
  const writer = new CborWriter()
  writer.array(FIELDS)
  writer.integer(BATCH_FORMAT)
  writer.bytes(idBytes(batch.folder))
  writer.bytes(devicePublicKey(batch.author))
  writer.integer(batch.epoch)
  writer.integer(batch.first)
  writer.bytes(batch.prev)
  writer.array(batch.records.length)
  for (const record of batch.records) {
    if ('body' in record) writer.bytes(record.body)
    else {
      writer.array(1)
      writer.bytes(record.hash)
    }
  }
  writer.bytes(batch.signature)
  return writer.take()
}

/**
 * Reads a batch and checks its shape, not its signature nor its records; throws `corrupt`, or `unsupported` for a newer format.
 * The records' bodies are views into `bytes`.
 */
export function decodeBatch(bytes: Uint8Array): Batch {
  if (bytes.length > MAX_BATCH_BYTES) throw bad(`has ${bytes.length} bytes`)
  const reader = new CborReader(bytes)
  const fields = reader.array()
  const format = reader.integer()
  if (format > BATCH_FORMAT) {
    throw new HoldfastError('unsupported', `a batch of format ${format} needs a newer Holdfast`, { hint: 'update this device' })
  }
  if (format !== BATCH_FORMAT || fields !== FIELDS) throw bad('has a wrong format')
  const folder = folderIdOf(reader.bytes())
  const author = deviceIdOf(reader.view())
  const epoch = natural(reader.integer())
  const first = natural(reader.integer())
  if (first < 1) throw bad('starts at 0')
  const prev = reader.bytes()
  if (prev.length !== 32) throw bad('is not chained')
  const count = reader.array()
  if (count === 0 || count > MAX_BATCH_RECORDS) throw bad('has a wrong number of records')
  const records = Array.from({ length: count }, () => readItem(reader))
  const signature = reader.bytes()
  if (signature.length !== SIGNATURE_BYTES) throw bad('is not signed')
  reader.end()
  return { folder, author, epoch, first, prev, records, signature }
}

function readItem(reader: CborReader): BatchRecord {
  if (!reader.isArray) return { body: reader.view() }
  const items = reader.array()
  const hash = items === 1 ? reader.bytes() : new Uint8Array(0)
  if (hash.length !== 32) throw bad('has a record that is none')
  return { hash }
}

export function chains(batch: Batch, prev: Uint8Array): boolean {
  return sameBytes(batch.prev, prev)
}

export { decode as decodeCbor, encode as encodeCbor }

function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `a batch ${what}`)
}
