import { hash } from 'node:crypto'
import { decode, encode } from '@ipld/dag-cbor'
import { HoldfastError } from '#base'
import { CHUNK_ITEM_BYTES, chunkBytes, chunkCount, MAX_INLINE_CHUNKS } from './chunk-list.ts'
import { devicePublicKey, deviceIdOf, idBytes, toHex, type FolderId, type VersionId } from './ids.ts'
import { checkPath } from './path.ts'
import { byDot, type Dot } from './vector.ts'
import type { Kind, RecordPlace, Version, VersionBody } from './version.ts'

/** Bytes of one encoded record at most; a peer that sends more is lying. */
export const MAX_RECORD_BYTES = 256 * 1024
const MAX_CHUNK_BYTES = 2 * 1024 * 1024
const MAX_MODE = 0o777
const MAX_DEVICES = 4096

/** Numbers of the kinds on the wire; never reused. */
const KIND_NUMBERS: Record<Kind, number> = { file: 1, directory: 2, symlink: 3, tombstone: 4 }
const KINDS_BY_NUMBER = new Map(Object.entries(KIND_NUMBERS).map(([kind, number]) => [number, kind as Kind]))

/**
 * A record's bytes: deterministic DAG-CBOR of the array [kind, path, mode, mtime, size, hlc, vector, chunker, chunks, manifest,
 * target, beside] (docs/format/index.md). Folder, author, epoch and sequence come from the batch around it and enter its hash.
 */
export function encodeRecord(body: VersionBody): Uint8Array {
  return encode([
    KIND_NUMBERS[body.kind],
    body.path,
    body.mode,
    body.mtime,
    body.size,
    body.hlc,
    body.vector.map(([device, counter]) => [devicePublicKey(device), counter]),
    body.chunker,
    body.chunks,
    body.manifest,
    body.target,
    (body.beside ?? []).map(([device, counter]) => [devicePublicKey(device), counter]),
  ])
}

/** Reads and checks a record's bytes; throws `corrupt` or, for a path that may leave the folder, `denied`. */
export function decodeRecord(bytes: Uint8Array): VersionBody {
  if (bytes.length > MAX_RECORD_BYTES) throw bad(`has ${bytes.length} bytes, more than ${MAX_RECORD_BYTES}`)
  const fields = decodeArray(bytes)
  if (fields.length !== 12) throw bad(`has ${fields.length} fields`)
  const [kindNumber, path, mode, mtime, size, hlc, vector, chunker, chunks, manifest, target, beside] = fields
  const kind = KINDS_BY_NUMBER.get(kindNumber as number)
  if (kind === undefined) throw bad(`is of an unknown kind`)
  if (typeof path !== 'string' || typeof target !== 'string' || typeof manifest !== 'boolean')
    throw bad('has a field of a wrong type')
  if (!(chunks instanceof Uint8Array)) throw bad('has chunks that are no bytes')
  checkPath(path)
  const body: VersionBody = {
    path,
    kind,
    mode: natural(mode, MAX_MODE),
    mtime: integer(mtime),
    size: natural(size),
    hlc: natural(hlc),
    vector: decodeVector(vector),
    chunker: natural(chunker, 255),
    chunks,
    manifest,
    target,
    ...decodeBeside(beside),
  }
  checkContent(body)
  return body
}

function checkContent(body: VersionBody): void {
  if (body.kind !== 'symlink' && body.target !== '') throw bad('has a target but is no symlink')
  if (body.kind === 'symlink' && (body.target === '' || body.target.includes('\0')))
    throw bad('has a symlink target that cannot be')
  if (body.kind !== 'file') {
    if (body.size !== 0 || body.chunks.length !== 0 || body.manifest || body.chunker !== 0)
      throw bad('has content but is no file')
    return
  }
  if (body.chunks.length % CHUNK_ITEM_BYTES !== 0) throw bad('has a chunk list that is cut off')
  const view = new DataView(body.chunks.buffer, body.chunks.byteOffset, body.chunks.byteLength)
  for (let at = 32; at < body.chunks.length; at += CHUNK_ITEM_BYTES) {
    const length = view.getUint32(at, true)
    if (length === 0 || length > MAX_CHUNK_BYTES) throw bad(`names a chunk of ${length} bytes`)
  }
  if (body.manifest) {
    if (body.chunks.length === 0) throw bad('has an empty manifest')
    if (chunkBytes(body.chunks) % CHUNK_ITEM_BYTES !== 0) throw bad('has a manifest that is cut off')
  } else {
    if (chunkCount(body.chunks) > MAX_INLINE_CHUNKS) throw bad('has too many chunks inline')
    if (chunkBytes(body.chunks) !== body.size) throw bad('has chunks that do not make up its size')
  }
}

function decodeVector(value: unknown): VersionBody['vector'] {
  const vector = decodeDots(value)
  if (vector.length === 0) throw bad('has no version vector')
  if (vector.some(([device], at) => device === vector[at - 1]?.[0])) throw bad('has a device twice in its version vector')
  return vector
}

function decodeBeside(value: unknown): Pick<VersionBody, 'beside'> {
  const beside = decodeDots(value)
  return beside.length === 0 ? {} : { beside }
}

/** Pairs of device and counter, in order, none twice. */
function decodeDots(value: unknown): Dot[] {
  if (!Array.isArray(value) || value.length > MAX_DEVICES) throw bad('has no proper version vector')
  const dots = value.map((item: unknown): Dot => {
    if (!Array.isArray(item) || item.length !== 2 || !(item[0] instanceof Uint8Array)) throw bad('has no proper version vector')
    return [deviceIdOf(item[0]), natural(item[1])]
  })
  for (let at = 1; at < dots.length; at++) {
    if (byDot(dots[at - 1] as Dot, dots[at] as Dot) >= 0) throw bad('has an unsorted version vector')
  }
  return dots
}

/** The 32-byte SHA-256 that stands for a record in its author's chain; its first 16 bytes in hex are the version's id. */
export function recordHash(folder: FolderId, place: RecordPlace, bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(64)
  head.set(idBytes(folder), 0)
  head.set(devicePublicKey(place.author), 16)
  head.writeBigUInt64BE(BigInt(place.epoch), 48)
  head.writeBigUInt64BE(BigInt(place.seq), 56)
  return sha256(head, bytes)
}

export function versionIdOf(recordHashBytes: Uint8Array): VersionId {
  return toHex(recordHashBytes.subarray(0, 16)) as VersionId
}

/** A record's version, from its bytes and place. */
export function readVersion(folder: FolderId, place: RecordPlace, bytes: Uint8Array): Version {
  return { ...decodeRecord(bytes), ...place, id: versionIdOf(recordHash(folder, place, bytes)) }
}

/** SHA-256 of the concatenated pieces. */
export function sha256(...pieces: Uint8Array[]): Uint8Array {
  return hash('sha256', Buffer.concat(pieces), 'buffer')
}

export function decodeArray(bytes: Uint8Array): unknown[] {
  let value: unknown
  try {
    value = decode(bytes)
  } catch (cause) {
    throw new HoldfastError('corrupt', 'not deterministic CBOR', { cause })
  }
  if (!Array.isArray(value)) throw new HoldfastError('corrupt', 'not an array of fields')
  return value
}

export function natural(value: unknown, max: number = Number.MAX_SAFE_INTEGER): number {
  const number = integer(value)
  if (number < 0 || number > max) throw bad(`has ${number} where 0 to ${max} is allowed`)
  return number
}

function integer(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw bad('has a number that is no safe integer')
  return value
}

function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `a record ${what}`)
}
