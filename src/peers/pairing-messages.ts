import { HoldfastError } from '#base'
import { decodeArray, encodeCbor, groupIdOf, idBytes, natural, type GroupId } from '#model'
import { nameFault } from './operation-fields.ts'

const VERSION = 1
const MAX_ADDRESSES = 16
const MAX_TEXT_BYTES = 1024

/** Why a device is refused; told only to one that has proved to hold the code, or that takes part in a pairing. */
export const REFUSALS = ['refused', 'used', 'expired', 'busy', 'conflict', 'exists', 'differ'] as const
export type Refusal = (typeof REFUSALS)[number]

/** What a device in the other's hand is told about it and its group. */
export interface PairingParty {
  name: string
  group: GroupId
  alone: boolean
}

/** A message between two devices that pair (docs/format/peers.md). */
export type PairingMessage =
  | { kind: 'invite-ask'; invite: Uint8Array; nonce: Uint8Array }
  | { kind: 'invite-challenge'; nonce: Uint8Array }
  | { kind: 'invite-proof'; mac: Uint8Array }
  | { kind: 'invite-answer'; mac: Uint8Array }
  | { kind: 'refused'; reason: Refusal }
  | ({ kind: 'pair-ask'; commitment: Uint8Array } & PairingParty)
  | ({ kind: 'pair-answer'; nonce: Uint8Array } & PairingParty)
  | { kind: 'pair-reveal'; nonce: Uint8Array }
  | { kind: 'accepted' }
  | { kind: 'who' }
  | { kind: 'this'; name: string }
  | { kind: 'device'; name: string; x25519: Uint8Array; addresses: string[] }
  | { kind: 'log'; operations: Uint8Array[]; last: boolean; addresses: string[] }
  | { kind: 'joined' }

export function encodePairing(message: PairingMessage): Uint8Array {
  switch (message.kind) {
    case 'invite-ask':
      return encodeCbor([1, VERSION, message.invite, message.nonce])
    case 'invite-challenge':
      return encodeCbor([2, message.nonce])
    case 'invite-proof':
      return encodeCbor([3, message.mac])
    case 'invite-answer':
      return encodeCbor([4, message.mac])
    case 'refused':
      return encodeCbor([5, REFUSALS.indexOf(message.reason)])
    case 'pair-ask':
      return encodeCbor([10, VERSION, message.name, idBytes(message.group), message.alone, message.commitment])
    case 'pair-answer':
      return encodeCbor([11, message.name, idBytes(message.group), message.alone, message.nonce])
    case 'pair-reveal':
      return encodeCbor([12, message.nonce])
    case 'accepted':
      return encodeCbor([13])
    case 'who':
      return encodeCbor([20, VERSION])
    case 'this':
      return encodeCbor([21, message.name])
    case 'device':
      return encodeCbor([30, message.name, message.x25519, message.addresses.slice(0, MAX_ADDRESSES)])
    case 'log':
      return encodeCbor([31, message.operations, message.last, message.addresses.slice(0, MAX_ADDRESSES)])
    case 'joined':
      return encodeCbor([32])
  }
}

/** Reads a message; throws `corrupt`, or `unsupported` for another version. */
export function decodePairing(encoded: Uint8Array): PairingMessage {
  const [kind, ...fields] = decodeArray(encoded)
  const [a, b, c, d, e] = fields
  switch (kind) {
    case 1:
      version(a)
      return { kind: 'invite-ask', invite: bytes(b, 8), nonce: bytes(c, 32) }
    case 2:
      return { kind: 'invite-challenge', nonce: bytes(a, 32) }
    case 3:
      return { kind: 'invite-proof', mac: bytes(a, 32) }
    case 4:
      return { kind: 'invite-answer', mac: bytes(a, 32) }
    case 5:
      return { kind: 'refused', reason: REFUSALS[natural(a)] ?? 'refused' }
    case 10:
      version(a)
      return { kind: 'pair-ask', ...party(b, c, d), commitment: bytes(e, 32) }
    case 11:
      return { kind: 'pair-answer', ...party(a, b, c), nonce: bytes(d, 32) }
    case 12:
      return { kind: 'pair-reveal', nonce: bytes(a, 32) }
    case 13:
      return { kind: 'accepted' }
    case 20:
      version(a)
      return { kind: 'who' }
    case 21:
      return { kind: 'this', name: name(a) }
    case 30:
      return { kind: 'device', name: name(a), x25519: bytes(b, 32), addresses: texts(c) }
    case 31:
      return { kind: 'log', operations: list(a).map((item) => bytes(item)), last: flag(b), addresses: texts(c) }
    case 32:
      return { kind: 'joined' }
    default:
      throw bad('an unknown kind')
  }
}

function version(value: unknown): void {
  if (natural(value) === VERSION) return
  throw new HoldfastError('unsupported', 'the other device pairs in a way this one does not know', {
    reason: 'pairs-otherwise',
    hint: 'update both devices',
  })
}

function party(called: unknown, group: unknown, alone: unknown): PairingParty {
  return { name: name(called), group: groupIdOf(bytes(group, 16)), alone: flag(alone) }
}

function bytes(value: unknown, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length)) throw bad('bytes of a wrong length')
  return value
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw bad('neither yes nor no')
  return value
}

function name(value: unknown): string {
  if (typeof value !== 'string' || nameFault(value) !== undefined) throw bad('a name that cannot be')
  return value
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw bad('something that is no list')
  return value
}

function texts(value: unknown): string[] {
  const found = list(value)
  if (
    found.length > MAX_ADDRESSES ||
    !found.every((item) => typeof item === 'string' && Buffer.byteLength(item) <= MAX_TEXT_BYTES)
  ) {
    throw bad('addresses that cannot be')
  }
  return found as string[]
}

function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `a pairing message has ${what}`)
}
