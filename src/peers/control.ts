import { HoldfastError } from '#base'
import {
  decodeArray,
  deviceIdOf,
  devicePublicKey,
  encodeCbor,
  folderIdOf,
  groupIdOf,
  idBytes,
  natural,
  type FolderId,
  type GroupId,
  type RecordPlace,
} from '#model'
import type { ChainHead } from './group-log.ts'

/** Bytes of one message on the group link at most. */
export const MAX_CONTROL_BYTES = 1024 * 1024
const VERSION = 1
const MAX_ADDRESSES = 16
const MAX_TEXT_BYTES = 1024
/** Versions that one message names at most. */
export const MAX_PLACES = 1_000

/** What each side says first. */
export interface Hello {
  kind: 'hello'
  group: GroupId
  /** Multiaddrs it listens on, for later. */
  addresses: string[]
  /** Where its bulk channel listens, 0 = nowhere, and the SHA-256 of the certificate it shows. */
  bulkPort: number
  certificate: Uint8Array
}

/** A message on the group link (docs/format/peers.md). */
export type Control =
  | Hello
  /** Where my chains end: send what I lack. */
  | { kind: 'heads'; heads: ChainHead[] }
  | { kind: 'operations'; operations: Uint8Array[] }
  | { kind: 'ping'; number: number }
  | { kind: 'pong'; number: number }
  /** To the device with the smaller id: open the bulk channel. */
  | { kind: 'bulk-open' }
  /** To the other one, when that failed: dial me. */
  | { kind: 'bulk-dial' }
  /** The answer when that fails, too. */
  | { kind: 'bulk-failed' }
  /** A layout of the group, as it is stored (replication's MAX_LAYOUT_BYTES at most). */
  | { kind: 'layout'; layout: Uint8Array }
  /** Of what I said that I hold of the folder something is damaged or gone: ask me again. */
  | { kind: 'lost'; folder: FolderId }
  /** The content of these versions was kept once, and is on no device any more, as I found. */
  | { kind: 'nowhere'; folder: FolderId; places: RecordPlace[] }

/** What a device says of versions whose content is on no device any more. */
export type Nowhere = Omit<Control & { kind: 'nowhere' }, 'kind'>

/** What the two ends of a bulk channel ask of each other. */
export type BulkRequest = (Control & { kind: `bulk-${string}` })['kind']

export function encodeControl(message: Control): Uint8Array {
  switch (message.kind) {
    case 'hello':
      return encodeCbor([
        0,
        VERSION,
        idBytes(message.group),
        message.addresses.slice(0, MAX_ADDRESSES),
        message.bulkPort,
        message.certificate,
      ])
    case 'heads':
      return encodeCbor([1, message.heads.map(({ author, seq, hash }) => [devicePublicKey(author), seq, hash])])
    case 'operations':
      return encodeCbor([2, message.operations])
    case 'ping':
      return encodeCbor([3, message.number])
    case 'pong':
      return encodeCbor([4, message.number])
    case 'bulk-open':
      return encodeCbor([5])
    case 'bulk-dial':
      return encodeCbor([6])
    case 'bulk-failed':
      return encodeCbor([7])
    case 'layout':
      return encodeCbor([8, message.layout])
    case 'lost':
      return encodeCbor([9, idBytes(message.folder)])
    case 'nowhere': {
      const places = message.places.map(({ author, epoch, seq }) => [devicePublicKey(author), epoch, seq])
      return encodeCbor([10, idBytes(message.folder), places])
    }
  }
}

/** Reads a message; undefined for a kind that a newer Holdfast sends. Throws `corrupt`, or `unsupported` for a newer version's hello. */
export function decodeControl(bytes: Uint8Array): Control | undefined {
  const [kind, a, b, c, d, e] = decodeArray(bytes)
  switch (kind) {
    case 0: {
      const version = natural(a)
      if (version !== VERSION)
        throw new HoldfastError('unsupported', `the other device speaks version ${version}`, { hint: 'update both devices' })
      const addresses = list(c)
      if (addresses.length > MAX_ADDRESSES) throw bad('too many addresses')
      return {
        kind: 'hello',
        group: groupIdOf(bytesOf(b, 16)),
        addresses: addresses.map(text),
        bulkPort: natural(d, 65_535),
        certificate: bytesOf(e, 32),
      }
    }
    case 1:
      return { kind: 'heads', heads: list(a).map(head) }
    case 2:
      return { kind: 'operations', operations: list(a).map((item) => bytesOf(item)) }
    case 3:
      return { kind: 'ping', number: natural(a) }
    case 4:
      return { kind: 'pong', number: natural(a) }
    case 5:
      return { kind: 'bulk-open' }
    case 6:
      return { kind: 'bulk-dial' }
    case 7:
      return { kind: 'bulk-failed' }
    case 8:
      return { kind: 'layout', layout: bytesOf(a) }
    case 9:
      return { kind: 'lost', folder: folderIdOf(bytesOf(a, 16)) }
    case 10: {
      const places = list(b)
      if (places.length > MAX_PLACES) throw bad('too many versions')
      return { kind: 'nowhere', folder: folderIdOf(bytesOf(a, 16)), places: places.map(place) }
    }
    default:
      natural(kind)
      return undefined
  }
}

function head(item: unknown): ChainHead {
  const [author, seq, hash] = list(item)
  return { author: deviceIdOf(bytesOf(author, 32)), seq: natural(seq), hash: bytesOf(hash, 32) }
}

function place(item: unknown): RecordPlace {
  const [author, epoch, seq] = list(item)
  return { author: deviceIdOf(bytesOf(author, 32)), epoch: natural(epoch), seq: natural(seq) }
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw bad('something that is no list')
  return value
}

function bytesOf(value: unknown, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length)) throw bad('bytes of a wrong length')
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string' || Buffer.byteLength(value) > MAX_TEXT_BYTES) throw bad('a text that is none')
  return value
}

function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `a message on the group link has ${what}`)
}
