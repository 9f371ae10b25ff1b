import { HoldfastError, type Clock, type Random } from '#base'
import type { DeviceId } from '#model'
import { admit, enter, type AdmissionParts } from './admission.ts'
import { PairingRefused, type Conversation } from './conversation.ts'
import { PROOF_MS } from './invites.ts'
import { joinConflict, joinedAlready } from './group-faults.ts'
import type { PairingMessage, PairingParty, Refusal } from './pairing-messages.ts'
import { commitment, pairingDigits, sameProof, type PairingSide } from './pairing-proof.ts'

/** How long both sides have to compare and accept. */
const DECISION_MS = 120_000
/** Both count from about the same moment: who hangs up so soon before that has run out of time. */
const TOGETHER_MS = 5_000

/** A pairing under way: both screens show `digits`, and both sides have to accept. */
export interface PairingSession {
  readonly device: DeviceId
  readonly name: string
  /** Six digits. */
  readonly digits: string
  /** Who began it. */
  readonly asker: 'here' | 'there'
  /** When the time to decide is over, ms. */
  readonly expires: number
  /** Has this side, has the other side accepted? */
  readonly accepted: { here: boolean; there: boolean }
  /** Resolves when both devices are in one group; rejects with `denied`, `timeout`, `offline` or `conflict`. */
  readonly done: Promise<void>
}

/** How a session ended: `error` is null when both devices are in one group. */
export interface PairingEnd {
  readonly device: DeviceId
  readonly name: string
  readonly error: unknown
}

/** What somebody says at this screen: accepted, not wanted, or that the digits are not the same on both screens. */
type Decision = 'accepted' | 'refused' | 'differ'

interface OpenSession extends PairingSession {
  decide(decision: Decision): void
}

export interface NearbyPairingParts extends AdmissionParts {
  clock: Clock
  random: Random
  /** A session began, was accepted on one side, or ended. */
  changed(): void
  /** A session is over, and no longer among `sessions`. */
  ended(end: PairingEnd): void
}

/** Pairing by six digits, over conversations that the door opens. */
export class NearbyPairing {
  readonly #parts: NearbyPairingParts
  readonly #sessions = new Map<DeviceId, OpenSession>()

  constructor(parts: NearbyPairingParts) {
    this.#parts = parts
  }

  sessions(): PairingSession[] {
    return [...this.#sessions.values()]
  }

  /** Asks the device at the other end. Resolves when the digits are known; the rest is the session's. */
  async ask(conversation: Conversation): Promise<PairingSession> {
    const { group, random } = this.#parts
    this.#needFree(conversation.device)
    const nonce = random.bytes(32)
    const own = this.#party()
    await conversation.send({ kind: 'pair-ask', ...own, commitment: commitment(group.device, conversation.device, nonce) })
    const answer = await conversation.expect('pair-answer').catch((error: unknown) => {
      throw explain(error)
    })
    await conversation.send({ kind: 'pair-reveal', nonce })
    const here = { ...own, device: group.device, nonce }
    const there = { ...answer, device: conversation.device }
    return this.#begin(conversation, here, there, 'here')
  }

  /**
   * Answers a device that asks. Rejects when the pairing comes to nothing. `proven` is called when it has revealed what it bound itself to:
   * only then is it the one pairing under way.
   */
  async answer(conversation: Conversation, ask: PairingMessage & { kind: 'pair-ask' }, proven: () => void): Promise<void> {
    const { group, random } = this.#parts
    const refusal = this.#refusal(ask)
    if (refusal !== null) return conversation.refuse(refusal)
    const nonce = random.bytes(32)
    const own = this.#party()
    await conversation.send({ kind: 'pair-answer', ...own, nonce })
    const reveal = await conversation.expect('pair-reveal', PROOF_MS)
    if (!sameProof(commitment(conversation.device, group.device, reveal.nonce), ask.commitment)) {
      throw new HoldfastError('denied', 'the other device revealed a nonce that it had not bound itself to')
    }
    if (this.#sessions.size > 0) return conversation.refuse('busy')
    proven()
    const there = { ...ask, device: conversation.device, nonce: reveal.nonce }
    await this.#begin(conversation, { ...own, device: group.device, nonce }, there, 'there').done
  }

  /** Says that both screens show the same; resolves when both devices are in one group. Wrong digits end the pairing. */
  async accept(device: DeviceId, digits: string): Promise<void> {
    const session = this.#need(device)
    const same = digits.replaceAll(/\D/g, '') === session.digits
    session.decide(same ? 'accepted' : 'differ')
    if (!same) {
      await session.done.catch(() => undefined)
      throw new HoldfastError('denied', 'these are not the digits shown here: the pairing was ended', {
        reason: 'digits-wrong',
        hint: 'if both screens showed different digits, someone may be in between; else pair again',
      })
    }
    await session.done
  }

  async refuse(device: DeviceId, why: 'refused' | 'differ'): Promise<void> {
    const session = this.#need(device)
    session.decide(why)
    await session.done.catch(() => undefined)
  }

  #begin(conversation: Conversation, here: PairingSide, there: PairingSide, asker: 'here' | 'there'): PairingSession {
    const [first, second] = asker === 'here' ? [here, there] : [there, here]
    const decision = Promise.withResolvers<Decision>()
    // The asked device's group stays, unless only the asker's has others in it.
    const firstHosts = second.alone && !first.alone
    const hosts = firstHosts === (asker === 'here')
    const accepted = { here: false, there: false }
    const expires = Math.floor(this.#parts.clock.now()) + DECISION_MS
    const { device, name } = there
    const done = this.#conclude(conversation, decision.promise, { accepted, hosts, expires }).finally(() => {
      conversation.close()
      this.#sessions.delete(device)
      this.#parts.changed()
    })
    done.then(
      () => this.#parts.ended({ device, name, error: null }),
      (error: unknown) => this.#parts.ended({ device, name, error }),
    )
    const session = {
      device,
      name,
      digits: pairingDigits(first, second),
      asker,
      expires,
      accepted,
      done,
      decide: decision.resolve,
    }
    this.#sessions.set(device, session)
    this.#parts.changed()
    return session
  }

  /** Both have to accept; then the one whose group stays lets the other in. */
  async #conclude(
    conversation: Conversation,
    decision: Promise<Decision>,
    { accepted, hosts, expires }: Pick<PairingSession, 'accepted' | 'expires'> & { hosts: boolean },
  ): Promise<void> {
    const { clock } = this.#parts
    const theirs = conversation.expect('accepted', DECISION_MS).catch((error: unknown) => {
      const hungUp = error instanceof HoldfastError && error.code === 'offline' && clock.now() > expires - TOGETHER_MS
      const isLate = hungUp || (error instanceof HoldfastError && error.code === 'timeout')
      throw isLate ? late() : explain(error)
    })
    const ours = this.#decided(decision, theirs)
    theirs.then(
      () => {
        accepted.there = true
        this.#parts.changed()
      },
      () => undefined,
    )
    const said = await ours
    if (said !== 'accepted') {
      await conversation.refuse(said)
      throw said === 'differ'
        ? digitsDiffer('here')
        : new HoldfastError('denied', 'the pairing was refused here', { reason: 'refused-here' })
    }
    accepted.here = true
    this.#parts.changed()
    await conversation.send({ kind: 'accepted' })
    await theirs
    if (hosts) await admit(conversation, 'member', this.#parts)
    else await enter(conversation, this.#parts)
  }

  /** Our decision; rejects when the other side ends the pairing before, or after two minutes. */
  #decided(decision: Promise<Decision>, theirs: Promise<unknown>): Promise<Decision> {
    return new Promise((resolve, reject) => {
      const timer = this.#parts.clock.after(DECISION_MS, () => reject(late()))
      theirs.catch(reject)
      decision.then(resolve, reject)
      void decision.then(() => timer.cancel())
      theirs.catch(() => timer.cancel())
    })
  }

  #party(): PairingParty {
    const { group } = this.#parts
    return { name: group.name, group: group.state.id, alone: group.alone }
  }

  #refusal(ask: PairingParty): Refusal | null {
    const { group } = this.#parts
    if (this.#sessions.size > 0) return 'busy'
    if (ask.group === group.state.id) return 'exists'
    return !ask.alone && !group.alone ? 'conflict' : null
  }

  #needFree(device: DeviceId): void {
    if (this.#sessions.size === 0) return
    throw new HoldfastError('exists', 'a pairing is under way already', {
      reason: 'pairing-already',
      hint: `accept or refuse it first${this.#sessions.has(device) ? '' : ' (`holdfast pairing list`)'}`,
    })
  }

  #need(device: DeviceId): OpenSession {
    const session = this.#sessions.get(device)
    if (session !== undefined) return session
    throw new HoldfastError('not-found', `no pairing with ${device} is under way`, {
      reason: 'no-pairing',
      values: { device },
      hint: '`holdfast pairing list` shows those that are',
    })
  }
}

function late(): HoldfastError {
  return new HoldfastError('timeout', 'the pairing was not accepted on both devices in time', { reason: 'pairing-late' })
}

function explain(error: unknown): unknown {
  if (!(error instanceof PairingRefused)) return error
  switch (error.reason) {
    case 'conflict':
      return joinConflict()
    case 'exists':
      return joinedAlready()
    case 'busy':
      return new HoldfastError('blocked', 'the other device is pairing already', {
        reason: 'other-pairing',
        hint: 'try again in a minute',
      })
    case 'differ':
      return digitsDiffer('there')
    default:
      return new HoldfastError('denied', 'the other device refused the pairing', { reason: 'refused-there' })
  }
}

function digitsDiffer(said: 'here' | 'there'): HoldfastError {
  const hint = 'if they did differ, someone on the network may be in between: use an invite code instead, else pair again'
  return said === 'here'
    ? new HoldfastError('denied', 'it was said here that the digits differ: the pairing was ended', {
        reason: 'digits-differ-here',
        hint,
      })
    : new HoldfastError('denied', 'the other device says that the digits differ: the pairing was ended', {
        reason: 'digits-differ-there',
        hint,
      })
}
