import { HoldfastError, type Clock } from '#base'
import type { DeviceId } from '#model'
import type { FramedLink } from './framed-link.ts'
import { decodePairing, encodePairing, type PairingMessage, type Refusal } from './pairing-messages.ts'

/** How long the other side may take for a message that no person has to think about. */
const MESSAGE_MS = 10_000

/** Two devices that pair take turns over a link; each message is waited for by name. */
export class Conversation {
  readonly device: DeviceId
  readonly #link: FramedLink
  readonly #clock: Clock
  #held: { message: Uint8Array; taken(): void } | null = null
  #wanted: ((message: Uint8Array) => void) | null = null

  constructor(link: FramedLink, clock: Clock) {
    this.device = link.device
    this.#link = link
    this.#clock = clock
    // One message is held until it is asked for; those behind it stay with the sender.
    link.onMessage((message) => {
      if (this.#wanted !== null) return this.#wanted(message)
      return new Promise<void>((taken) => {
        this.#held = { message, taken }
      })
    })
  }

  get closed(): AbortSignal {
    return this.#link.closed
  }

  send(message: PairingMessage): Promise<void> {
    return this.#link.send(encodePairing(message))
  }

  /** The next message; throws `timeout` after `ms`, and `offline` when the other side has gone. */
  async receive(ms: number = MESSAGE_MS): Promise<PairingMessage> {
    const held = this.#held
    this.#held = null
    held?.taken()
    return decodePairing(held?.message ?? (await this.#next(ms)))
  }

  /** The next message, of this kind; a refusal instead of it throws a PairingRefused. */
  async expect<K extends PairingMessage['kind']>(kind: K, ms?: number): Promise<PairingMessage & { kind: K }> {
    const message = await this.receive(ms)
    if (message.kind === kind) return message as PairingMessage & { kind: K }
    if (message.kind === 'refused') throw new PairingRefused(message.reason)
    throw new HoldfastError('corrupt', `the other device sent ${message.kind} in place of ${kind}`)
  }

  /** Resolves when the other side has ended the conversation, or after `ms`. */
  ended(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(ms, resolve)
      const gone = (): void => {
        timer.cancel()
        resolve()
      }
      if (this.#link.closed.aborted) gone()
      else this.#link.closed.addEventListener('abort', gone, { once: true })
    })
  }

  /** Says why, then ends. */
  async refuse(reason: Refusal): Promise<void> {
    await this.send({ kind: 'refused', reason }).catch(() => undefined)
    this.close()
  }

  close(): void {
    this.#link.close('the pairing has ended')
  }

  #next(ms: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.cancel()
        this.#wanted = null
        this.#link.closed.removeEventListener('abort', gone)
      }
      const gone = (): void => {
        end()
        reject(
          new HoldfastError('offline', 'the other device ended the pairing', {
            reason: 'pairing-ended',
            cause: this.#link.closed.reason,
          }),
        )
      }
      const timer = this.#clock.after(ms, () => {
        end()
        reject(new HoldfastError('timeout', 'the other device did not answer in time', { reason: 'no-answer' }))
      })
      this.#wanted = (message) => {
        end()
        resolve(message)
      }
      if (this.#link.closed.aborted) gone()
      else this.#link.closed.addEventListener('abort', gone)
    })
  }
}

/** The other device refuses, and says why. */
export class PairingRefused extends Error {
  readonly reason: Refusal

  constructor(reason: Refusal) {
    super(`the other device refused: ${reason}`)
    this.name = 'PairingRefused'
    this.reason = reason
  }
}
