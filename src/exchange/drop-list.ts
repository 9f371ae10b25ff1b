import type { KeyObject } from 'node:crypto'
import {
  deviceIdOf,
  devicePublicKey,
  Envelope,
  folderIdOf,
  idBytes,
  MAX_CHAINS,
  natural,
  type CborReader,
  type DeviceId,
  type FolderId,
  type Hlc,
  type RecordPlace,
} from '#model'

/** Chunks that one list names at most. */
export const MAX_LISTED_CHUNKS = 1_024
const FIELDS = 8
const ENVELOPE = new Envelope({ name: 'a drop list', context: 'holdfast/v1/drop-list', format: 1 })
const KINDS = { unneeded: 1, moved: 2, keep: 3 } as const

/**
 * Why chunks may go: no version that is to be kept needs them, or others are to hold them now, and do. `keep`: they are needed, and must not
 * go; one that names none only tells how far its author has seen.
 */
export type DropKind = keyof typeof KINDS

/** What a member says to a device that holds blocks of a folder which it cannot read (docs/format/sync.md). */
export interface DropList {
  readonly kind: DropKind
  readonly folder: FolderId
  /** To whom it is said. */
  readonly holder: DeviceId
  readonly author: DeviceId
  /** Later than that of any before it by the same author. */
  readonly hlc: Hlc
  /** Of each chain the last record by which it was judged. */
  readonly horizon: readonly RecordPlace[]
  /** Packed, 32 bytes each. */
  readonly ids: Uint8Array
}

/** As it is sent. */
export function signDropList(list: DropList, key: KeyObject): Uint8Array {
  return ENVELOPE.sign(encodeHeader(list), key)
}

/** Reads a list that its author has signed; throws `corrupt` for anything else, and `unsupported` for a newer format. */
export function readDropList(bytes: Uint8Array): DropList {
  const list = decodeHeader(ENVELOPE.header(bytes))
  if (!ENVELOPE.isSignedBy(bytes, list.author)) throw ENVELOPE.corrupt('is not signed by its author')
  return list
}

function encodeHeader({ kind, folder, holder, author, hlc, horizon, ids }: DropList): Uint8Array {
  const writer = ENVELOPE.writer(FIELDS)
  writer.integer(KINDS[kind])
  writer.bytes(idBytes(folder))
  writer.bytes(devicePublicKey(holder))
  writer.bytes(devicePublicKey(author))
  writer.integer(hlc)
  writer.array(horizon.length)
  for (const place of horizon) {
    writer.array(3)
    writer.bytes(devicePublicKey(place.author))
    writer.integer(place.epoch)
    writer.integer(place.seq)
  }
  writer.bytes(ids)
  return writer.take()
}

function decodeHeader(header: Uint8Array): DropList {
  const reader = ENVELOPE.reader(header, FIELDS)
  const kind = kindOf(reader.integer())
  const folder = folderIdOf(reader.bytes())
  const holder = deviceIdOf(reader.view())
  const author = deviceIdOf(reader.view())
  const hlc = natural(reader.integer())
  const horizon = readHorizon(reader)
  const ids = reader.bytes()
  if (ids.length % 32 !== 0 || ids.length > MAX_LISTED_CHUNKS * 32) throw ENVELOPE.corrupt('has a wrong number of chunks')
  reader.end()
  return { kind, folder, holder, author, hlc, horizon, ids }
}

function readHorizon(reader: CborReader): RecordPlace[] {
  const count = reader.array()
  if (count > MAX_CHAINS) throw ENVELOPE.corrupt(`has ${count} chains`)
  const horizon: RecordPlace[] = []
  for (let left = count; left > 0; left--) {
    if (reader.array() !== 3) throw ENVELOPE.corrupt('has a place that is none')
    horizon.push({ author: deviceIdOf(reader.view()), epoch: natural(reader.integer()), seq: natural(reader.integer()) })
  }
  return horizon
}

function kindOf(number: number): DropKind {
  for (const [kind, known] of Object.entries(KINDS)) if (known === number) return kind as DropKind
  throw ENVELOPE.corrupt('is of an unknown kind')
}
