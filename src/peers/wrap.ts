import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import type { DataKey } from '#content'
import { devicePublicKey, idBytes, sameBytes, type DeviceId, type FolderId, type GroupId, type Hlc } from '#model'
import type { DataKeyName, KeyWrap, WrappedDataKey } from './operation-body.ts'

/** What a raw X25519 private or public key is preceded by in PKCS #8 and SPKI (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')
const INFO = 'holdfast/v1/key-wrap'
const DATA_KEY_INFO = 'holdfast/v1/data-key-wrap'
const DATA_KEY_ID = 'holdfast/v1/data-key-id'
const TAG_BYTES = 16
const recipients = new WeakMap<Uint8Array, { key: KeyObject; publicKey: Uint8Array }>()

/** Whom a wrap is for, in which group; bound into it, so that it can be moved nowhere else. */
export interface WrapPlace {
  group: GroupId
  folder: FolderId
  device: DeviceId
}

/** The public half of a 32-byte X25519 private key. */
export function x25519PublicKey(privateKey: Uint8Array): Uint8Array {
  return new Uint8Array(createPublicKey(privateOf(privateKey)).export({ format: 'der', type: 'spki' }).subarray(-32))
}

/** What tells a folder's secret from a wrong one without telling the secret. */
export function secretCheck(secret: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', secret).update('holdfast/v1/secret-check').digest())
}

/**
 * The id of a data key: the first 16 bytes of an HMAC under the key itself. So whoever opens a wrap sees that it is the key that its
 * maker named, in this folder, of that time; and nobody can give another one that name, or that key another time.
 */
export function dataKeyId(key: Uint8Array, folder: FolderId, hlc: Hlc): Uint8Array {
  const mac = createHmac('sha256', key).update(DATA_KEY_ID).update(idBytes(folder)).update(eightBytes(hlc)).digest()
  return new Uint8Array(mac.subarray(0, 16))
}

/** Seals a folder's 32-byte secret to a device's X25519 public key; `ephemeral`: 32 random bytes. */
export function wrapSecret(secret: Uint8Array, place: WrapPlace, recipient: Uint8Array, ephemeral: Uint8Array): KeyWrap {
  const { folder, device } = place
  return { kind: 'key.wrap', folder, device, ...seal(secret, { info: INFO, bound: boundTo(place) }, recipient, ephemeral) }
}

/** The secret in a wrap for this device, or undefined where it is not for this device, damaged, or forged. */
export function unwrapSecret(wrap: KeyWrap, group: GroupId, privateKey: Uint8Array): Uint8Array | undefined {
  return open(wrap, { info: INFO, bound: boundTo({ ...wrap, group }) }, privateKey)
}

/** Seals a data key as `wrapSecret` does a secret, bound to its id and its time as well. */
export function wrapDataKey(
  { id, hlc, key }: DataKeyName & DataKey,
  place: WrapPlace,
  recipient: Uint8Array,
  ephemeral: Uint8Array,
): WrappedDataKey {
  const bound = Buffer.concat([boundTo(place), id, eightBytes(hlc)])
  return { id, hlc, device: place.device, ...seal(key, { info: DATA_KEY_INFO, bound }, recipient, ephemeral) }
}

/** The data key in a wrap for this device, or undefined where it is not for this device and folder, or not the key that its id names. */
export function unwrapDataKey(
  wrap: WrappedDataKey,
  { group, folder }: Pick<WrapPlace, 'group' | 'folder'>,
  privateKey: Uint8Array,
): Uint8Array | undefined {
  const { id, hlc, device } = wrap
  const bound = Buffer.concat([boundTo({ group, folder, device }), id, eightBytes(hlc)])
  const key = open(wrap, { info: DATA_KEY_INFO, bound }, privateKey)
  return key !== undefined && sameBytes(dataKeyId(key, folder, hlc), id) ? key : undefined
}

/** What a sealed key is for; it opens for nothing else. */
interface Purpose {
  info: string
  bound: Uint8Array
}

/**
 * AES-256-GCM under HKDF-SHA256 of the shared point of a key that is used once (`ephemeral`). The same sealed-box shape as HPKE's base
 * mode (RFC 9180), in primitives BoringSSL has.
 */
function seal(
  secret: Uint8Array,
  { info, bound }: Purpose,
  recipient: Uint8Array,
  ephemeral: Uint8Array,
): Pick<KeyWrap, 'ephemeral' | 'sealed'> {
  const sender = x25519PublicKey(ephemeral)
  const cipher = createCipheriv(
    'aes-256-gcm',
    wrappingKey(info, privateOf(ephemeral), recipient, sender, recipient),
    new Uint8Array(12),
  )
  cipher.setAAD(bound)
  const sealed = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()])
  return { ephemeral: sender, sealed: new Uint8Array(sealed) }
}

function open(
  { ephemeral, sealed }: Pick<KeyWrap, 'ephemeral' | 'sealed'>,
  { info, bound }: Purpose,
  privateKey: Uint8Array,
): Uint8Array | undefined {
  try {
    const { key, publicKey } = recipientOf(privateKey)
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey(info, key, ephemeral, ephemeral, publicKey), new Uint8Array(12))
    decipher.setAAD(bound)
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]))
  } catch {
    return undefined
  }
}

/** The keys of whoever opens, made once: that takes as long as all the rest. */
function recipientOf(privateKey: Uint8Array): { key: KeyObject; publicKey: Uint8Array } {
  let recipient = recipients.get(privateKey)
  if (recipient === undefined) {
    recipient = { key: privateOf(privateKey), publicKey: x25519PublicKey(privateKey) }
    recipients.set(privateKey, recipient)
  }
  return recipient
}

/** HKDF-SHA256(shared point, salt = both public keys); a key for one message, so the nonce may be 0. */
function wrappingKey(info: string, own: KeyObject, other: Uint8Array, sender: Uint8Array, recipient: Uint8Array): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: publicOf(other) })
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([sender, recipient]), info, 32))
}

function boundTo({ group, folder, device }: WrapPlace): Uint8Array {
  return Buffer.concat([idBytes(group), idBytes(folder), devicePublicKey(device)])
}

function eightBytes(hlc: Hlc): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(hlc))
  return bytes
}

function privateOf(bytes: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, bytes]), format: 'der', type: 'pkcs8' })
}

function publicOf(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' })
}
