import { hash as digest } from 'node:crypto'
import { decode } from '@ipld/dag-cbor'
import { HoldfastError } from '#base'
import { CborReader, CborWriter } from './cbor.ts'
import { CHUNK_ITEM_BYTES, chunkBytes, chunkCount, MAX_INLINE_CHUNKS } from './chunk-list.ts'
import { MAX_TIME_US } from './disk.ts'
import { devicePublicKey, deviceIdOf, idBytes, toHex, type FolderId, type VersionId } from './ids.ts'
import { checkPath } from './path.ts'
import { byDot, type Dot } from './vector.ts'
import type { Kind, RecordPlace, Version, VersionBody } from './version.ts'

/** Bytes of one encoded record at most; a peer that sends more is lying. */
export const MAX_RECORD_BYTES = 256 * 1024
const MAX_CHUNK_BYTES = 2 * 1024 * 1024
/** Of a file; its manifest has no more than such a file in chunks of 256 KiB needs. */
const MAX_FILE_BYTES = 16 * 2 ** 40
const MAX_MANIFEST_BYTES = (MAX_FILE_BYTES / (256 * 1024)) * CHUNK_ITEM_BYTES
/** No chunker cuts a file of many chunks into shorter ones than this on average; a short manifest does no harm. */
const MIN_CHUNK_BYTES = 32 * 1024
const MANY_CHUNKS = 1024
const MAX_MODE = 0o777
const MAX_DEVICES = 4096

/** Numbers of the kinds on the wire; never reused. */
const KIND_NUMBERS: Record<Kind, number> = { file: 1, directory: 2, symlink: 3, tombstone: 4 }
export const KINDS_BY_NUMBER: readonly (Kind | undefined)[] = [undefined, 'file', 'directory', 'symlink', 'tombstone']
const FIELDS = 12
const writer = new CborWriter()

/**
 * A record's bytes: deterministic DAG-CBOR of the array [kind, path, mode, mtime, size, hlc, vector, chunker, chunks, manifest,
 * target, beside] (docs/format/index.md). Folder, author, epoch and sequence come from the batch around it and enter its hash.
 */
export function encodeRecord(body: VersionBody): Uint8Array {
  writer.array(FIELDS)
  writer.integer(KIND_NUMBERS[body.kind])
  writer.text(body.path)
  writer.integer(body.mode)
  writer.wideInteger(body.mtime)
  writer.integer(body.size)
  writer.integer(body.hlc)
  writeDots(body.vector)
  writer.integer(body.chunker)
  writer.bytes(body.chunks)
  writer.boolean(body.manifest)
  writer.text(body.target)
  writeDots(body.beside ?? [])
  return writer.take()
}

function writeDots(dots: readonly Dot[]): void {
  writer.array(dots.length)
  for (const [device, counter] of dots) {
    writer.array(2)
    writer.bytes(devicePublicKey(device))
    writer.integer(counter)
  }
}

/**
 * Reads and checks a record's bytes; throws `corrupt` or, for a path that may leave the folder, `denied`. Each record has one
 * encoding only, so that none goes by two ids.
 */
export function decodeRecord(bytes: Uint8Array): VersionBody {
  if (bytes.length > MAX_RECORD_BYTES) throw bad(`has ${bytes.length} bytes, more than ${MAX_RECORD_BYTES}`)
  const body = readBody(bytes)
  checkRecord(body)
  return body
}

/** What a record's bytes say, which have been checked before. */
export function readBody(bytes: Uint8Array): VersionBody {
  const reader = new CborReader(bytes)
  const fields = reader.array()
  if (fields !== FIELDS) throw bad(`has ${fields} fields`)
  const kind = KINDS_BY_NUMBER[reader.integer()]
  if (kind === undefined) throw bad(`is of an unknown kind`)
  const path = reader.text()
  const mode = reader.integer()
  const mtime = reader.wideInteger()
  const size = reader.integer()
  const hlc = reader.integer()
  const vector = readDots(reader)
  const chunker = reader.integer()
  const chunks = reader.bytes()
  const manifest = reader.boolean()
  const target = reader.text()
  const beside = readDots(reader)
  reader.end()
  const plain = { path, kind, mode, mtime, size, hlc, vector, chunker, chunks, manifest, target }
  return beside.length === 0 ? plain : { ...plain, beside }
}

/** Throws, like `decodeRecord`, for what no record may say. */
export function checkRecord(body: VersionBody): void {
  checkPath(body.path)
  natural(body.mode, MAX_MODE)
  time(body.mtime)
  natural(body.size)
  natural(body.hlc)
  natural(body.chunker, 255)
  if (body.vector.length === 0) throw bad('has no version vector')
  checkDots(body.vector)
  checkDots(body.beside ?? [])
  if (body.vector.some(([device], at) => device === body.vector[at - 1]?.[0]))
    throw bad('has a device twice in its version vector')
  checkContent(body)
}

/** In order, none twice. */
function checkDots(dots: readonly Dot[]): void {
  if (dots.length > MAX_DEVICES) throw bad('has no proper version vector')
  for (let at = 0; at < dots.length; at++) {
    natural(dots[at]![1])
    if (at > 0 && byDot(dots[at - 1]!, dots[at]!) >= 0) throw bad('has an unsorted version vector')
  }
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
  if (body.size > MAX_FILE_BYTES) throw bad(`is of a file of ${body.size} bytes`)
  if (body.chunks.length % CHUNK_ITEM_BYTES !== 0) throw bad('has a chunk list that is cut off')
  const view = new DataView(body.chunks.buffer, body.chunks.byteOffset, body.chunks.byteLength)
  for (let at = 32; at < body.chunks.length; at += CHUNK_ITEM_BYTES) {
    const length = view.getUint32(at, true)
    if (length === 0 || length > MAX_CHUNK_BYTES) throw bad(`names a chunk of ${length} bytes`)
  }
  if (body.manifest) {
    if (body.chunks.length === 0) throw bad('has an empty manifest')
    checkManifest(chunkBytes(body.chunks), body.size)
  } else {
    if (chunkCount(body.chunks) > MAX_INLINE_CHUNKS) throw bad('has too many chunks inline')
    if (chunkBytes(body.chunks) !== body.size) throw bad('has chunks that do not make up its size')
  }
}

/** What a record says of a manifest must fit to the file before anybody fetches it. */
function checkManifest(bytes: number, size: number): void {
  if (bytes % CHUNK_ITEM_BYTES !== 0) throw bad('has a manifest that is cut off')
  if (bytes > MAX_MANIFEST_BYTES) throw bad(`has a manifest of ${bytes} bytes`)
  const count = bytes / CHUNK_ITEM_BYTES
  if (size > count * MAX_CHUNK_BYTES || (count - MANY_CHUNKS) * MIN_CHUNK_BYTES > size)
    throw bad(`has a manifest of ${count} chunks for a file of ${size} bytes`)
}

/** Pairs of device and counter. */
function readDots(reader: CborReader): Dot[] {
  const count = reader.array()
  if (count > MAX_DEVICES) throw bad('has no proper version vector')
  const dots: Dot[] = []
  for (let at = 0; at < count; at++) {
    if (reader.array() !== 2) throw bad('has no proper version vector')
    dots.push([deviceIdOf(reader.view()), reader.integer()])
  }
  return dots
}

/** The 32-byte SHA-256 that stands for a record in its author's chain; its first 16 bytes in hex are the version's id. */
export function recordHash(folder: FolderId, { author, epoch, seq }: RecordPlace, bytes: Uint8Array): Uint8Array {
  const length = 64 + bytes.length
  if (hashed.length < length) hashed = Buffer.allocUnsafeSlow(2 * length)
  hashed.set(idBytes(folder), 0)
  hashed.set(devicePublicKey(author), 16)
  writeUint64(hashed, epoch, 48)
  writeUint64(hashed, seq, 56)
  hashed.set(bytes, 64)
  return digest('sha256', hashed.subarray(0, length), 'buffer')
}

/** Room for what is hashed, kept for the next. */
let hashed = Buffer.allocUnsafeSlow(4096)

function writeUint64(into: Buffer, value: number, at: number): void {
  into.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  into.writeUInt32BE(value % 2 ** 32, at + 4)
}

export function versionIdOf(recordHashBytes: Uint8Array): VersionId {
  return toHex(recordHashBytes.subarray(0, 16)) as VersionId
}

/** A record's version, from its place and its bytes, which have been checked before. */
export function readVersion(folder: FolderId, place: RecordPlace, bytes: Uint8Array): Version {
  const { author, epoch, seq } = place
  return { ...readBody(bytes), author, epoch, seq, id: versionIdOf(recordHash(folder, place, bytes)) }
}

/** The version of a record that nobody has checked, and the record's hash, which may be known already. Throws like `decodeRecord`. */
export function readRecord(
  folder: FolderId,
  place: RecordPlace,
  bytes: Uint8Array,
  hash: Uint8Array = recordHash(folder, place, bytes),
): { version: Version; hash: Uint8Array } {
  const { author, epoch, seq } = place
  return { version: { ...decodeRecord(bytes), author, epoch, seq, id: versionIdOf(hash) }, hash }
}

/** SHA-256 of the concatenated pieces. */
export function sha256(...pieces: Uint8Array[]): Uint8Array {
  return digest('sha256', Buffer.concat(pieces), 'buffer')
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

function time(value: number): void {
  if (!Number.isInteger(value) || Math.abs(value) > MAX_TIME_US) throw bad('has a time that cannot be')
}

function integer(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw bad('has a number that is no safe integer')
  return value
}

function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `a record ${what}`)
}
