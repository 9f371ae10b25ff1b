import { sign, verify, type KeyObject } from 'node:crypto'
import { HoldfastError } from '#base'
import {
  CborReader,
  CborWriter,
  deviceIdOf,
  devicePublicKey,
  folderIdOf,
  idBytes,
  natural,
  verifyingKeyOf,
  type DeviceId,
  type FolderId,
  type Hlc,
  type RecordPlace,
} from '#model'

/** Chunks that one list names at most. */
export const MAX_LISTED_CHUNKS = 1_024
/** Chains in a horizon at most, as in a state of the index protocol. */
const MAX_CHAINS = 65_536
const FORMAT = 1
const FIELDS = 8
const SIGNED_FOR = Buffer.from('holdfast/v1/drop-list\0')
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
  const header = encodeHeader(list)
  const writer = new CborWriter()
  writer.array(2)
  writer.bytes(header)
  writer.bytes(sign(null, Buffer.concat([SIGNED_FOR, header]), key))
  return writer.take()
}

/** Reads a list that its author has signed; throws `corrupt` for anything else, and `unsupported` for a newer format. */
export function readDropList(bytes: Uint8Array): DropList {
  const whole = new CborReader(bytes)
  if (whole.array() !== 2) throw bad('is not a header and a signature')
  const [header, signature] = [whole.bytes(), whole.bytes()]
  whole.end()
  const list = decodeHeader(header)
  const key = verifyingKeyOf(list.author)
  if (signature.length !== 64 || !verify(null, Buffer.concat([SIGNED_FOR, header]), key, signature))
    throw bad('is not signed by its author')
  return list
}

function encodeHeader({ kind, folder, holder, author, hlc, horizon, ids }: DropList): Uint8Array {
  const writer = new CborWriter()
  writer.array(FIELDS)
  writer.integer(FORMAT)
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
  const reader = new CborReader(header)
  const fields = reader.array()
  const format = reader.integer()
  if (format > FORMAT)
    throw new HoldfastError('unsupported', `a drop list of format ${format} needs a newer Holdfast`, {
      hint: 'update this device',
    })
  if (format !== FORMAT || fields !== FIELDS) throw bad('has a wrong format')
  const kind = kindOf(reader.integer())
  const folder = folderIdOf(reader.bytes())
  const holder = deviceIdOf(reader.view())
  const author = deviceIdOf(reader.view())
  const hlc = natural(reader.integer())
  const horizon = readHorizon(reader)
  const ids = reader.bytes()
  if (ids.length % 32 !== 0 || ids.length > MAX_LISTED_CHUNKS * 32) throw bad('has a wrong number of chunks')
  reader.end()
  return { kind, folder, holder, author, hlc, horizon, ids }
}

function readHorizon(reader: CborReader): RecordPlace[] {
  const count = reader.array()
  if (count > MAX_CHAINS) throw bad(`has ${count} chains`)
  const horizon: RecordPlace[] = []
  for (let left = count; left > 0; left--) {
    if (reader.array() !== 3) throw bad('has a place that is none')
    horizon.push({ author: deviceIdOf(reader.view()), epoch: natural(reader.integer()), seq: natural(reader.integer()) })
  }
  return horizon
}

function kindOf(number: number): DropKind {
  for (const [kind, known] of Object.entries(KINDS)) if (known === number) return kind as DropKind
  throw bad('is of an unknown kind')
}

function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `a drop list ${what}`)
}
