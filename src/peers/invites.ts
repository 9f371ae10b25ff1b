import { HoldfastError, localTime, type Clock, type Random, type Timer } from '#base'
import { sameBytes, type DeviceId } from '#model'
import { admit, enter, type AdmissionParts } from './admission.ts'
import { PairingRefused, type Conversation } from './conversation.ts'
import type { DeviceRole } from './group.ts'
import { decodeInvite, encodeInvite, SECRET_BYTES, type InviteCode } from './invite-code.ts'
import { joinConflict, joinedAlready } from './group-faults.ts'
import type { PairingDoor } from './pairing-door.ts'
import type { PairingMessage } from './pairing-messages.ts'
import { inviteName, inviteProof, sameProof, type InviteTranscript } from './pairing-proof.ts'

const DEFAULT_MS = 15 * 60_000
const LONGEST_MS = 7 * 24 * 3_600_000
const SHORTEST_MS = 1_000
/** Invites that are remembered, used and expired ones too, so that their holders hear what became of them. */
const MAX_INVITES = 64
const HOLD = 'invite'
/** What can have become of a code: one sentence for all of it, so that a wrong code learns nothing. */
const ENDED = 'the code was used or has expired, or that device was restarted since'
/** A program answers at once; whoever takes longer holds a place. */
export const PROOF_MS = 5_000

interface Invite {
  name: Uint8Array
  secret: Uint8Array
  role: DeviceRole
  /** By the monotonic clock: setting the wall clock back does not make a code valid again. */
  ends: number
  /** The device that used it; it may do so again, since its first try may have broken off. */
  usedBy: DeviceId | null
  timer: Timer
}

export interface InvitesParts extends AdmissionParts {
  door: PairingDoor
  clock: Clock
  random: Random
}

/** Invite codes: those made here, and the use of one made elsewhere. They live in memory: a restart ends them. */
export class Invites {
  readonly #parts: InvitesParts
  readonly #invites: Invite[] = []
  #admitting = false

  constructor(parts: InvitesParts) {
    this.#parts = parts
  }

  /** A code that lets one device in, within `expiresMs`; `expires` is in ms. */
  async create({
    role = 'member',
    expiresMs = DEFAULT_MS,
  }: {
    role?: DeviceRole
    expiresMs?: number
  }): Promise<{ code: string; expires: number }> {
    const { group, door, clock, random } = this.#parts
    if (!(expiresMs >= SHORTEST_MS && expiresMs <= LONGEST_MS))
      throw new HoldfastError('usage', 'an invite can be valid for one second to seven days')
    if (group.state.devices.find(({ device }) => device === group.device)?.role !== 'member') {
      throw new HoldfastError('denied', 'a storage device cannot invite', {
        reason: 'storage-no-invite',
        hint: 'make the invite on a member of the group',
      })
    }
    await door.hold(HOLD)
    const secret = random.bytes(SECRET_BYTES)
    const timer = clock.after(expiresMs, () => this.#review(), { idle: true })
    this.#invites.push({ name: inviteName(secret), secret, role, ends: clock.monotonic() + expiresMs, usedBy: null, timer })
    if (this.#invites.length > MAX_INVITES) this.#invites.shift()?.timer.cancel()
    const expires = Math.ceil((clock.now() + expiresMs) / 1000) * 1000
    const all = door.addresses()
    const reachable = all.filter((address) => !address.startsWith('/ip4/127.'))
    return {
      code: encodeInvite({ device: group.device, secret, expires, addresses: reachable.length > 0 ? reachable : all }),
      expires,
    }
  }

  /**
   * Answers a device that holds a code: nothing about the group, nor whether the code exists, before it has proved that. `proven` is called
   * when it has. One device is let in at a time; those that have proved nothing yet keep nobody from it.
   */
  async answer(conversation: Conversation, ask: PairingMessage & { kind: 'invite-ask' }, proven: () => void): Promise<void> {
    const { group, random } = this.#parts
    const { device } = conversation
    const invite = this.#invites.find(({ name }) => sameBytes(name, ask.invite))
    const nonce = random.bytes(32)
    await conversation.send({ kind: 'invite-challenge', nonce })
    const { mac } = await conversation.expect('invite-proof', PROOF_MS)
    const transcript: InviteTranscript = {
      invite: ask.invite,
      inviter: group.device,
      joiner: device,
      inviterNonce: nonce,
      joinerNonce: ask.nonce,
    }
    const secret = invite?.secret ?? random.bytes(SECRET_BYTES)
    if (!sameProof(mac, inviteProof(secret, 'joiner', transcript)) || invite === undefined) {
      throw new HoldfastError('denied', `${device} does not know the code that it says it has`)
    }
    if (invite.usedBy !== null && invite.usedBy !== device) return conversation.refuse('used')
    if (this.#expired(invite)) return conversation.refuse('expired')
    if (this.#admitting) return conversation.refuse('busy')
    proven()
    this.#admitting = true
    try {
      invite.usedBy = device
      await conversation.send({ kind: 'invite-answer', mac: inviteProof(secret, 'inviter', transcript) })
      await admit(conversation, invite.role, this.#parts)
    } finally {
      this.#admitting = false
    }
    this.#review()
  }

  /** Joins the group of the device that made the code. Every way in which that fails has a message of its own. */
  async join(text: string): Promise<void> {
    const { group, door, clock } = this.#parts
    const code = decodeInvite(text)
    if (code.device === group.device)
      throw new HoldfastError('usage', 'this invite code was made on this very device', {
        reason: 'own-code',
        hint: 'on the other device: holdfast join CODE',
      })
    if (group.state.devices.some(({ device }) => device === code.device)) throw joinedAlready()
    if (!group.alone) throw joinConflict()
    await door.hold('join')
    try {
      await this.#use(code)
    } catch (error) {
      throw explain(error, code, clock.now())
    } finally {
      await door.release('join')
    }
  }

  stop(): void {
    for (const { timer } of this.#invites) timer.cancel()
    this.#invites.length = 0
  }

  async #use({ device, secret, addresses }: InviteCode): Promise<void> {
    const { group, door, random } = this.#parts
    if (addresses.length === 0)
      throw new HoldfastError('offline', 'the invite code has no address in it', { reason: 'code-mistake' })
    const conversation = await door.visit(device, addresses)
    try {
      const invite = inviteName(secret)
      const joinerNonce = random.bytes(32)
      await conversation.send({ kind: 'invite-ask', invite, nonce: joinerNonce })
      const { nonce: inviterNonce } = await conversation.expect('invite-challenge')
      const transcript: InviteTranscript = { invite, inviter: device, joiner: group.device, inviterNonce, joinerNonce }
      await conversation.send({ kind: 'invite-proof', mac: inviteProof(secret, 'joiner', transcript) })
      const { mac } = await conversation.expect('invite-answer').catch((error: unknown) => {
        if (error instanceof HoldfastError && error.code === 'offline') throw new PairingRefused('refused')
        throw error
      })
      if (!sameProof(mac, inviteProof(secret, 'inviter', transcript)))
        throw new HoldfastError('denied', 'the inviting device does not know the code', { reason: 'code-refused' })
      await enter(conversation, this.#parts)
    } finally {
      conversation.close()
    }
  }

  #expired(invite: Invite): boolean {
    return this.#parts.clock.monotonic() >= invite.ends
  }

  /** Closes the door when no code can open it any more. */
  #review(): void {
    if (this.#invites.some((invite) => invite.usedBy === null && !this.#expired(invite))) return
    void this.#parts.door.release(HOLD)
  }
}

function explain(error: unknown, code: InviteCode, now: number): unknown {
  const expired = new HoldfastError('denied', `this invite code expired at ${localTime(code.expires)}`, {
    reason: 'code-expired',
    values: { time: code.expires },
    cause: error,
    hint: 'make a new one with `holdfast invite`',
  })
  if (error instanceof PairingRefused) {
    const hint = { cause: error, hint: 'make a new one with `holdfast invite`' }
    switch (error.reason) {
      case 'used':
        return new HoldfastError('denied', 'this invite code has been used already; each is for one device', {
          ...hint,
          reason: 'code-used',
        })
      case 'expired':
        return expired
      case 'busy':
        return new HoldfastError('blocked', 'the inviting device is pairing with another one', {
          reason: 'inviter-busy',
          cause: error,
          hint: 'try again in a minute',
        })
      default:
        return code.expires <= now
          ? expired
          : new HoldfastError('denied', `the inviting device does not accept this code: ${ENDED}`, {
              ...hint,
              reason: 'code-refused',
            })
    }
  }
  if (error instanceof HoldfastError && error.code === 'offline') {
    // Only where it does not answer is our own clock asked: it may be wrong.
    if (code.expires <= now) return expired
    return new HoldfastError('offline', `the inviting device does not answer: it cannot be reached from here, or ${ENDED}`, {
      reason: 'inviter-silent',
      cause: error,
      hint: 'see that it runs and is on this network, and make a new code there: holdfast invite',
    })
  }
  return error
}
