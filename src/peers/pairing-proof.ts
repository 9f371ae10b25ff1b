import { createHmac, timingSafeEqual } from 'node:crypto'
import { devicePublicKey, encodeCbor, idBytes, sha256, type DeviceId } from '#model'
import type { PairingParty } from './pairing-messages.ts'

/** What two devices that use an invite code have said so far. */
export interface InviteTranscript {
  invite: Uint8Array
  inviter: DeviceId
  joiner: DeviceId
  inviterNonce: Uint8Array
  joinerNonce: Uint8Array
}

/** The 8 bytes by which an invite is named without telling its secret. */
export function inviteName(secret: Uint8Array): Uint8Array {
  return mac(secret, 'holdfast/v1/invite-name').subarray(0, 8)
}

/** The proof that one side knows the secret. The two sides' proofs differ, so that neither can be sent back. */
export function inviteProof(secret: Uint8Array, side: 'joiner' | 'inviter', transcript: InviteTranscript): Uint8Array {
  const { invite, inviter, joiner, inviterNonce, joinerNonce } = transcript
  const said = encodeCbor([invite, devicePublicKey(inviter), devicePublicKey(joiner), inviterNonce, joinerNonce])
  return mac(secret, `holdfast/v1/invite-${side}`, said)
}

/** Compares in constant time. */
export function sameProof(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** What the device that asks binds itself to before it sees the other's nonce. */
export function commitment(asker: DeviceId, asked: DeviceId, nonce: Uint8Array): Uint8Array {
  return sha256(Buffer.from('holdfast/v1/pair-commitment\0'), devicePublicKey(asker), devicePublicKey(asked), nonce)
}

/** One side of a pairing: who it is, what it said, and the nonce it revealed. */
export interface PairingSide extends PairingParty {
  device: DeviceId
  nonce: Uint8Array
}

/**
 * The six digits that both screens show: of a hash over all that was said. Since the asker is bound to its nonce before it sees the
 * other's, someone in the middle cannot search for nonces that make both screens equal: one chance in a million for each try.
 */
export function pairingDigits(asker: PairingSide, asked: PairingSide): string {
  const said = encodeCbor(
    [asker, asked].map(({ device, name, group, alone, nonce }) => [devicePublicKey(device), name, idBytes(group), alone, nonce]),
  )
  const number = Buffer.from(sha256(Buffer.from('holdfast/v1/pair-digits\0'), said)).readUInt32BE() % 1_000_000
  return String(number).padStart(6, '0')
}

function mac(secret: Uint8Array, label: string, ...pieces: Uint8Array[]): Uint8Array {
  const hmac = createHmac('sha256', secret).update(`${label}\0`)
  for (const piece of pieces) hmac.update(piece)
  return new Uint8Array(hmac.digest())
}
