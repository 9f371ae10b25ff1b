import { base58btc } from 'multiformats/bases/base58'
import { base32 } from 'multiformats/bases/base32'
import { HoldfastError } from '#base'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A device's libp2p PeerId in its usual text form (`12D3KooW…`): an identity multihash of its Ed25519 public key. */
export type DeviceId = Branded<'DeviceId'>
/** 26 characters of lower-case base32 (RFC 4648, no padding) over 16 random bytes. */
export type FolderId = Branded<'FolderId'>
/** 26 characters, made like a FolderId. */
export type GroupId = Branded<'GroupId'>
/** 64 lower-case hex digits: BLAKE3-256 of a chunk's plaintext keyed with the folder's id key. */
export type ChunkId = Branded<'ChunkId'>
/** The first 32 hex digits of a record's hash. */
export type VersionId = Branded<'VersionId'>

/** What stands before the 32 key bytes in an Ed25519 PeerId: identity multihash, 36 bytes, protobuf (type 1, 32 bytes). */
const PEER_ID_PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

/** Ids met, both ways, since base58 is slow; a peer that names ever new ones must not fill the memory. */
const MAX_REMEMBERED = 4096
const keysById = new Map<DeviceId, Uint8Array>()
const idsByKey = new Map<string, DeviceId>()
const bytesById = new Map<FolderId | GroupId, Uint8Array>()

/** The DeviceId of a raw 32-byte Ed25519 public key. */
export function deviceIdOf(publicKey: Uint8Array): DeviceId {
  if (publicKey.length !== 32) throw new HoldfastError('corrupt', `a device key has 32 bytes, not ${publicKey.length}`)
  const text = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString('latin1')
  const known = idsByKey.get(text)
  if (known !== undefined) return known
  const bytes = new Uint8Array(38)
  bytes.set(PEER_ID_PREFIX)
  bytes.set(publicKey, 6)
  const id = base58btc.baseEncode(bytes) as DeviceId
  remember(idsByKey, text, id)
  return id
}

/** Keeps what was worked out, up to as many as come together honestly. */
export function remember<K, V>(known: Map<K, V>, key: K, value: V): void {
  if (known.size >= MAX_REMEMBERED) known.clear()
  known.set(key, value)
}

/** The raw 32-byte Ed25519 public key in a DeviceId; throws `corrupt` when the text is none. */
export function devicePublicKey(id: DeviceId): Uint8Array {
  const known = keysById.get(id)
  if (known !== undefined) return known
  const bytes = decodeBase58(id)
  if (bytes.length !== 38 || PEER_ID_PREFIX.some((byte, at) => bytes[at] !== byte)) {
    throw new HoldfastError('corrupt', `${id} is not the id of an Ed25519 device`)
  }
  const key = bytes.slice(6)
  remember(keysById, id, key)
  return key
}

function decodeBase58(text: string): Uint8Array {
  try {
    return base58btc.baseDecode(text)
  } catch (cause) {
    throw new HoldfastError('corrupt', `${text} is not a device id`, { cause })
  }
}

export function parseDeviceId(text: string): DeviceId {
  devicePublicKey(text as DeviceId)
  return text as DeviceId
}

/** The FolderId of 16 random bytes. */
export function folderIdOf(bytes: Uint8Array): FolderId {
  if (bytes.length !== 16) throw new HoldfastError('corrupt', `a folder id has 16 bytes, not ${bytes.length}`)
  return base32.baseEncode(bytes) as FolderId
}

/** The 16 bytes of a FolderId or GroupId, not to be written to; throws `corrupt` when the text is none. */
export function idBytes(id: FolderId | GroupId): Uint8Array {
  const known = bytesById.get(id)
  if (known !== undefined) return known
  if (!isId(id)) throw new HoldfastError('corrupt', `${id} is not a folder id`)
  const bytes = base32.baseDecode(id)
  remember(bytesById, id, bytes)
  return bytes
}

export function groupIdOf(bytes: Uint8Array): GroupId {
  return folderIdOf(bytes) as string as GroupId
}

/** True for 26 characters of base32 whose last one carries no stray bits. */
export function isId(text: string): boolean {
  return /^[a-z2-7]{25}[aeimquy4]$/.test(text)
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}
