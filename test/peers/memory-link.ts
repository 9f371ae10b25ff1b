import { HoldfastError } from '#base'
import type { DeviceId } from '#model'
import { MAX_MESSAGE_BYTES, type Link } from '#peers'

type Listener = (message: Uint8Array) => void | Promise<void>

/** Bytes on their way that a sender need not wait for. */
const WINDOW_BYTES = 256 * 1024

/** One end of a link within this process, which tells what was sent over it. */
export class MemoryLink implements Link {
  readonly device: DeviceId
  readonly sent: Uint8Array[] = []
  /** Why it was closed; empty while it is open. */
  reason = ''
  #other: MemoryLink | null = null
  readonly #abort = new AbortController()
  readonly #inbox: Uint8Array[] = []
  #listener: Listener | null = null
  #reading = false
  #onTheWay = 0
  #room: { resolve(): void; reject(reason: unknown): void }[] = []

  constructor(device: DeviceId) {
    this.device = device
  }

  /** Two ends of one link: the first leads to device `b`. */
  static pair(a: DeviceId, b: DeviceId): [toB: MemoryLink, toA: MemoryLink] {
    const [toB, toA] = [new MemoryLink(b), new MemoryLink(a)]
    toB.#other = toA
    toA.#other = toB
    return [toB, toA]
  }

  get closed(): AbortSignal {
    return this.#abort.signal
  }

  async send(...pieces: Uint8Array[]): Promise<void> {
    if (this.closed.aborted) throw this.closed.reason
    const message = new Uint8Array(Buffer.concat(pieces))
    if (message.length === 0 || message.length > MAX_MESSAGE_BYTES) throw new RangeError(`a message of ${message.length} bytes`)
    this.sent.push(message)
    this.#onTheWay += message.length
    this.#other?.arrive(message)
    if (this.#onTheWay > WINDOW_BYTES) await new Promise<void>((resolve, reject) => this.#room.push({ resolve, reject }))
  }

  onMessage(listener: Listener): void {
    this.#listener = listener
    setImmediate(() => void this.#read())
  }

  /** A message comes; tests may hold it up. */
  arrive(message: Uint8Array): void {
    this.#inbox.push(message)
    setImmediate(() => void this.#read())
  }

  close(reason = 'closed'): void {
    if (this.closed.aborted) return
    this.reason = reason
    this.#abort.abort(new HoldfastError('offline', reason))
    for (const { reject } of this.#room.splice(0)) reject(this.closed.reason)
    this.#other?.close(reason)
  }

  async #read(): Promise<void> {
    if (this.#reading || this.#listener === null) return
    this.#reading = true
    for (let next = this.#inbox.shift(); next !== undefined && !this.closed.aborted; next = this.#inbox.shift()) {
      if (this.#other !== null) this.#other.#taken(next.length)
      try {
        await this.#listener(next)
      } catch (error) {
        this.close(`its listener failed: ${String(error)}`)
      }
    }
    this.#reading = false
  }

  #taken(bytes: number): void {
    this.#onTheWay -= bytes
    if (this.#onTheWay <= WINDOW_BYTES) for (const { resolve } of this.#room.splice(0)) resolve()
  }
}
