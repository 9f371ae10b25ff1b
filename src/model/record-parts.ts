import { HoldfastError } from '#base'
import type { Shown } from './cause.ts'
import { CborReader } from './cbor.ts'
import { sameBytes } from './chunk-list.ts'
import type { Hlc } from './hlc.ts'
import { KINDS_BY_NUMBER } from './record.ts'
import type { VersionBody } from './version.ts'

/** The path in a record's bytes, which have been checked before: for where the rest is not needed. */
export function recordPath(bytes: Uint8Array): string {
  const reader = new CborReader(bytes)
  reader.array()
  reader.integer()
  return reader.text()
}

/** Mode, and time in microseconds, by a record's bytes that have been checked before. */
export function recordMetadata(bytes: Uint8Array): Pick<VersionBody, 'mode' | 'mtime'> {
  const reader = new CborReader(bytes)
  reader.array()
  // Kind and path.
  reader.skip(2)
  return { mode: reader.integer(), mtime: reader.wideInteger() }
}

/** How long a file is, by a record's bytes that have been checked before; 0 of what is none. */
export function recordSize(bytes: Uint8Array): number {
  const reader = new CborReader(bytes)
  reader.array()
  // Kind, path, mode and mtime.
  reader.skip(4)
  return reader.integer()
}

/** When it was written, by a record's bytes that have been checked before. */
export function recordHlc(bytes: Uint8Array): Hlc {
  const reader = new CborReader(bytes)
  reader.array()
  // Kind, path, mode, time of the file, and size.
  reader.skip(5)
  return reader.integer()
}

/** When it was written and what it shows, by a record's bytes that have been checked before; `chunks` is a view into them. */
export function recordShown(bytes: Uint8Array): Shown & Pick<VersionBody, 'hlc'> {
  const reader = new CborReader(bytes)
  reader.array()
  const kind = KINDS_BY_NUMBER[reader.integer()]
  if (kind === undefined) throw new HoldfastError('corrupt', 'a record is of an unknown kind')
  // Path, mode, and time of the file.
  reader.skip(3)
  const [size, hlc] = [reader.integer(), reader.integer()]
  // Vector and chunker.
  reader.skip(2)
  return { kind, size, hlc, chunks: reader.view(), manifest: reader.boolean(), target: reader.text() }
}

/** What a file consists of, by a record's bytes that have been checked before. */
export function recordContent(bytes: Uint8Array): Pick<VersionBody, 'chunks' | 'manifest'> {
  const reader = new CborReader(bytes)
  reader.array()
  reader.skip(8)
  return { chunks: reader.bytes(), manifest: reader.boolean() }
}

/** Do two records say the same but for their path, vectors and time? Both have been checked before. */
export function sameButPlace(a: Uint8Array, b: Uint8Array): boolean {
  const others = partsOf(b)
  return partsOf(a).every((part, at) => sameBytes(part, others[at]!))
}

/** Kind; mode, mtime and size; chunker, chunks, manifest and target. */
function partsOf(bytes: Uint8Array): Uint8Array[] {
  const reader = new CborReader(bytes)
  reader.array()
  const take = (count: number): Uint8Array => {
    const from = reader.at
    reader.skip(count)
    return bytes.subarray(from, reader.at)
  }
  const kind = take(1)
  reader.skip(1)
  const metadata = take(3)
  reader.skip(2)
  return [kind, metadata, take(4)]
}
