import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { devicePublicKey, remember, type DeviceId } from './ids.ts'

/** What an Ed25519 private or public key's 32 bytes are preceded by in PKCS #8 and SPKI (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** Bytes of an Ed25519 signature. */
export const SIGNATURE_BYTES = 64

/** A KeyObject of the 32-byte Ed25519 seed that is a device's private key. */
export function signingKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
}

/** A KeyObject of a 32-byte Ed25519 public key. */
export function verifyingKey(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' })
}

const keysOf = new Map<DeviceId, KeyObject>()

/** The same of a device, kept: to make one takes a quarter of the time that a signature takes to verify. */
function verifyingKeyOf(device: DeviceId): KeyObject {
  const known = keysOf.get(device)
  if (known !== undefined) return known
  const key = verifyingKey(devicePublicKey(device))
  remember(keysOf, device, key)
  return key
}

/** The 32-byte public key that belongs to a signing key. */
export function publicKeyOf(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32))
}

/** Ed25519 over a context and what is said. The context ends in a zero byte, and tells apart whatever else a device signs. */
export function signatureOf(context: Uint8Array, said: Uint8Array, key: KeyObject): Uint8Array {
  return new Uint8Array(sign(null, Buffer.concat([context, said]), key))
}

export function isSignatureOf(signature: Uint8Array, context: Uint8Array, said: Uint8Array, signer: DeviceId): boolean {
  return verify(null, Buffer.concat([context, said]), verifyingKeyOf(signer), signature)
}
