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
import { devicePublicKey, idBytes, type DeviceId, type FolderId, type GroupId } from '#model'
import type { KeyWrap } from './operation-body.ts'

/** What a raw X25519 private or public key is preceded by in PKCS #8 and SPKI (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')
const INFO = 'holdfast/v1/key-wrap'
const TAG_BYTES = 16

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
 * Seals a folder's 32-byte secret to a device's X25519 public key: AES-256-GCM under HKDF-SHA256 of the shared point of a key that is
 * used once (`ephemeral`, 32 random bytes). The same sealed-box shape as HPKE's base mode (RFC 9180), in primitives BoringSSL has.
 */
export function wrapSecret(secret: Uint8Array, place: WrapPlace, recipient: Uint8Array, ephemeral: Uint8Array): KeyWrap {
  const sender = x25519PublicKey(ephemeral)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(ephemeral, recipient, sender, recipient), new Uint8Array(12))
  cipher.setAAD(boundTo(place))
  const sealed = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()])
  return { kind: 'key.wrap', folder: place.folder, device: place.device, ephemeral: sender, sealed: new Uint8Array(sealed) }
}

/** The secret in a wrap for this device, or undefined where it is not for this device, damaged, or forged. */
export function unwrapSecret(wrap: KeyWrap, group: GroupId, privateKey: Uint8Array): Uint8Array | undefined {
  try {
    const recipient = x25519PublicKey(privateKey)
    const decipher = createDecipheriv(
      'aes-256-gcm',
      wrappingKey(privateKey, wrap.ephemeral, wrap.ephemeral, recipient),
      new Uint8Array(12),
    )
    decipher.setAAD(boundTo({ group, folder: wrap.folder, device: wrap.device }))
    decipher.setAuthTag(wrap.sealed.subarray(-TAG_BYTES))
    return new Uint8Array(Buffer.concat([decipher.update(wrap.sealed.subarray(0, -TAG_BYTES)), decipher.final()]))
  } catch {
    return undefined
  }
}

/** HKDF-SHA256(shared point, salt = both public keys); a key for one message, so the nonce may be 0. */
function wrappingKey(own: Uint8Array, other: Uint8Array, sender: Uint8Array, recipient: Uint8Array): Buffer {
  const shared = diffieHellman({ privateKey: privateOf(own), publicKey: publicOf(other) })
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([sender, recipient]), INFO, 32))
}

function boundTo({ group, folder, device }: WrapPlace): Uint8Array {
  return Buffer.concat([idBytes(group), idBytes(folder), devicePublicKey(device)])
}

function privateOf(bytes: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, bytes]), format: 'der', type: 'pkcs8' })
}

function publicOf(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' })
}
