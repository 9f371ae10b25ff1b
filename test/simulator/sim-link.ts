import { HoldfastError } from '#base'
import type { DeviceId } from '#model'
import { MAX_MESSAGE_BYTES, type Link } from '#peers'
import type { Dice } from './dice.ts'
import type { World } from './world.ts'

/** Bytes on their way that a sender need not wait for. */
const WINDOW_BYTES = 256 * 1024

/** What a link needs to know of the connection it belongs to. */
export interface Wire {
  readonly world: World
  readonly dice: Dice
  /** What is sent over a frozen wire never arrives. */
  frozen: boolean
  /** Bytes of messages delivered, by link name. */
  delivered(name: string, from: DeviceId, to: DeviceId, bytes: Uint8Array): void
}

/** One end of a simulated link: ordered and reliable while it is open, with delays of its own, so that links overtake each other. */
export class SimLink implements Link {
  readonly device: DeviceId
  readonly #name: string
  readonly #wire: Wire
  readonly #controller = new AbortController()
  #other: SimLink | null = null
  #listener: ((message: Uint8Array) => void | Promise<void>) | null = null
  #busy = false
  readonly #inbox: Uint8Array[] = []
  #onTheWay = 0
  #lastArrival = 0
  readonly #senders: { resolve(): void; reject(error: Error): void }[] = []

  constructor(wire: Wire, name: string, device: DeviceId) {
    this.#wire = wire
    this.#name = name
    this.device = device
  }

  static pair(wire: Wire, name: string, a: DeviceId, b: DeviceId): [SimLink, SimLink] {
    const atA = new SimLink(wire, name, b)
    const atB = new SimLink(wire, name, a)
    atA.#other = atB
    atB.#other = atA
    return [atA, atB]
  }

  get closed(): AbortSignal {
    return this.#controller.signal
  }

  send(...pieces: Uint8Array[]): Promise<void> {
    if (this.closed.aborted) return Promise.reject(offline(this.device))
    const message = new Uint8Array(Buffer.concat(pieces))
    if (message.length === 0 || message.length > MAX_MESSAGE_BYTES)
      return Promise.reject(new RangeError(`a message of ${message.length} bytes`))
    const { world, dice } = this.#wire
    this.#lastArrival = Math.max(this.#lastArrival, world.now + dice.between(1, 60))
    this.#onTheWay += message.length
    world.after(this.#lastArrival - world.now, () => this.#other?.receive(message))
    if (this.#onTheWay <= WINDOW_BYTES) return Promise.resolve()
    return new Promise((resolve, reject) => this.#senders.push({ resolve, reject }))
  }

  onMessage(listener: (message: Uint8Array) => void | Promise<void>): void {
    this.#listener = listener
    void this.#pump()
  }

  receive(message: Uint8Array): void {
    if (this.closed.aborted || this.#wire.frozen) return
    this.#inbox.push(message)
    void this.#pump()
  }

  close(reason = 'closed'): void {
    const other = this.#other
    this.shut(reason)
    if (other !== null) this.#wire.world.after(this.#wire.dice.between(1, 60), () => other.shut('closed by the other side'))
  }

  /** Closes this end alone. */
  shut(reason: string): void {
    if (this.closed.aborted) return
    this.#inbox.length = 0
    this.#controller.abort(new HoldfastError('offline', reason))
    for (const { reject } of this.#senders.splice(0)) reject(offline(this.device))
  }

  async #pump(): Promise<void> {
    if (this.#busy || this.#listener === null) return
    this.#busy = true
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
      const from = this.device
      this.#wire.delivered(this.#name, from, this.#other?.device ?? from, message)
      this.#other?.taken(message.length)
      try {
        await this.#listener(message)
      } catch {
        this.close('the listener failed')
      }
    }
    this.#busy = false
  }

  /** The other end has taken a message. */
  taken(bytes: number): void {
    this.#onTheWay -= bytes
    if (this.#onTheWay > WINDOW_BYTES) return
    for (const { resolve } of this.#senders.splice(0)) resolve()
  }
}

function offline(device: DeviceId): HoldfastError {
  return new HoldfastError('offline', `${device} is not connected`)
}
