import type { KeyObject } from 'node:crypto'
import { HoldfastError } from '#base'
import {
  decodeArray,
  deviceIdOf,
  devicePublicKey,
  encodeCbor,
  Envelope,
  groupIdOf,
  idBytes,
  natural,
  sha256,
  type DeviceId,
  type GroupId,
  type Hlc,
} from '#model'
import { decodeBody, encodeBody, type OperationBody } from './operation-body.ts'

/** Bytes of one operation at most. */
export const MAX_OPERATION_BYTES = 64 * 1024
const FORMAT = 1
const ENVELOPE = new Envelope({
  name: 'a group operation',
  context: 'holdfast/v1/group-operation',
  format: FORMAT,
  maxBytes: MAX_OPERATION_BYTES,
})
/** `prev` of an author's first operation. */
export const NO_OPERATION: Uint8Array = new Uint8Array(32)

/** One signed change to a group, in the chain of its author (docs/format/peers.md). */
export interface Operation {
  /** A genesis is in the group that it founds. */
  readonly group: GroupId
  readonly author: DeviceId
  /** From 1, without gaps. */
  readonly seq: number
  /** SHA-256 of the header of the author's operation before. */
  readonly prev: Uint8Array
  /** Greater than that of every operation the author knew. */
  readonly hlc: Hlc
  readonly body: OperationBody
  /** SHA-256 of the header. */
  readonly hash: Uint8Array
  /** As it is stored and sent. */
  readonly bytes: Uint8Array
}

export type OperationDraft = Pick<Operation, 'author' | 'seq' | 'prev' | 'hlc' | 'body'> & {
  /** Null for a genesis. */
  readonly group: GroupId | null
}

/** Signs an operation with its author's key. */
export function signOperation(draft: OperationDraft, key: KeyObject): Operation {
  const header = encodeCbor([
    FORMAT,
    draft.group === null ? new Uint8Array() : idBytes(draft.group),
    devicePublicKey(draft.author),
    draft.seq,
    draft.prev,
    draft.hlc,
    ...encodeBody(draft.body),
  ])
  const bytes = ENVELOPE.sign(header, key)
  if (bytes.length > MAX_OPERATION_BYTES)
    throw new HoldfastError('usage', 'this change to the group is too large', { reason: 'change-too-large' })
  const hash = sha256(header)
  return { ...draft, group: draft.group ?? groupOf(hash), hash, bytes }
}

/** Reads an operation and checks its shape, not its signature; throws `corrupt`, or `unsupported` for a newer format. */
export function decodeOperation(bytes: Uint8Array): Operation {
  const header = ENVELOPE.header(bytes)
  const [, group, author, seq, prev, hlc, kind, ...fields] = decodeArray(header)
  if (!(group instanceof Uint8Array) || !(author instanceof Uint8Array)) throw ENVELOPE.corrupt('has no group or author')
  if (!(prev instanceof Uint8Array) || prev.length !== 32) throw ENVELOPE.corrupt('is not chained')
  const hash = sha256(header)
  const body = decodeBody(natural(kind), fields)
  if ((body.kind === 'genesis') !== (group.length === 0)) throw ENVELOPE.corrupt('founds a group and names one, or does neither')
  const place = { seq: natural(seq), prev, hlc: natural(hlc) }
  if (place.seq < 1 || (body.kind === 'genesis' && place.seq !== 1)) throw ENVELOPE.corrupt('has a wrong number')
  return { group: group.length === 0 ? groupOf(hash) : groupIdOf(group), author: deviceIdOf(author), ...place, body, hash, bytes }
}

/** True when the operation is signed by its author. */
export function verifyOperation(operation: Operation): boolean {
  return ENVELOPE.isSignedBy(operation.bytes, operation.author)
}

/** The order in which a group's operations are folded: by time, then author, then number. */
export function byOrder(a: Operation, b: Operation): number {
  if (a.hlc !== b.hlc) return a.hlc - b.hlc
  if (a.author !== b.author) return a.author < b.author ? -1 : 1
  return a.seq - b.seq
}

/** A group's id is the hash of its genesis: no other genesis can claim it. */
function groupOf(hash: Uint8Array): GroupId {
  return groupIdOf(hash.slice(0, 16))
}
