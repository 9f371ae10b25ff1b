import { HoldfastError, type Clock } from '#base'
import type { DeviceId } from '#model'
import { decodeControl, encodeControl } from './control.ts'
import type { FramedLink } from './framed-link.ts'
import type { ChainHead } from './group-log.ts'
import type { Operation } from './operation.ts'
import { operationPages } from './operation-pages.ts'

/** How long a device may take for the whole log. */
const ANSWER_MS = 60_000
const MAX_LOG_BYTES = 256 * 1024 * 1024

/** A conversation with a device of the group, had with the keys of a recovery kit: the other side of `attendKit`. */
export class KitVisit {
  readonly device: DeviceId
  /** Where it is, best first: multiaddrs. */
  readonly addresses: readonly string[]
  readonly #link: FramedLink
  readonly #clock: Clock
  #operations: Uint8Array[] = []
  #bytes = 0
  #pings = 0
  #answered: (number: number) => void = () => undefined

  constructor(link: FramedLink, addresses: readonly string[], clock: Clock) {
    this.device = link.device
    this.addresses = addresses
    this.#link = link
    this.#clock = clock
    link.onMessage((bytes) => this.#receive(bytes))
  }

  /** What the device has of the log beyond these heads. Throws `offline` or `timeout`. */
  async ask(heads: readonly ChainHead[]): Promise<Uint8Array[]> {
    this.#operations = []
    this.#bytes = 0
    await this.#link.send(encodeControl({ kind: 'heads', heads: [...heads] }))
    await this.#pong()
    return this.#operations
  }

  /** Gives it operations; resolves when it has taken them, or refused them. */
  async give(operations: readonly Operation[]): Promise<void> {
    for (const page of operationPages(operations)) await this.#link.send(encodeControl({ kind: 'operations', operations: page }))
    await this.#pong()
  }

  #receive(bytes: Uint8Array): void {
    const message = decodeControl(bytes)
    if (message?.kind === 'pong') this.#answered(message.number)
    if (message?.kind !== 'operations') return
    this.#operations.push(...message.operations)
    this.#bytes += bytes.length
    if (this.#bytes > MAX_LOG_BYTES) throw new HoldfastError('corrupt', `${this.device} sends a group log without end`)
  }

  /** Messages are handled one after another: what was sent before has been done when this is answered. */
  #pong(): Promise<void> {
    const number = ++this.#pings
    return new Promise((resolve, reject) => {
      const { closed } = this.#link
      const end = (): void => {
        timer.cancel()
        closed.removeEventListener('abort', gone)
      }
      const gone = (): void => {
        end()
        reject(closed.reason as Error)
      }
      const timer = this.#clock.after(ANSWER_MS, () => {
        end()
        reject(new HoldfastError('timeout', `${this.device} did not answer in time`, { reason: 'no-answer' }))
      })
      this.#answered = (answered) => {
        if (answered !== number) return
        end()
        resolve()
      }
      if (closed.aborted) return gone()
      closed.addEventListener('abort', gone)
      this.#link.send(encodeControl({ kind: 'ping', number })).catch(() => undefined)
    })
  }
}
