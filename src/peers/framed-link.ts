import { HoldfastError, messageOf, type Logger } from '#base'
import type { DeviceId } from '#model'
import { FRAME_HEADER_BYTES, frameHeader, FrameReader } from './frames.ts'
import type { Link } from './link.ts'
import type { Traffic } from './traffic.ts'

/** A two-way stream of bytes to one device, as a libp2p stream and a TLS socket both are. */
export interface Pipe {
  /** Sends one frame in pieces as small as it likes; resolves when there is room again, rejects when the pipe has closed. */
  write(header: Uint8Array, pieces: readonly Uint8Array[]): Promise<void>
  pause(): void
  resume(): void
  /** Sends what is written, then closes. */
  end(): void
  /** Closes at once. */
  destroy(error: Error): void
  /** Called once, by the link, before any byte flows. Bytes may come in the same turn. */
  open(events: PipeEvents): void
}

export interface PipeEvents {
  /** The bytes are not kept. */
  data(bytes: Uint8Array): void
  closed(error: Error | undefined): void
}

export interface FramedLinkParts {
  device: DeviceId
  /** For log lines: `group`, `index` or `bulk`. */
  name: string
  pipe: Pipe
  traffic: Traffic
  logger: Logger
  /** Hears why the other device is to blame, when it sent what is no message. */
  misbehaved?(message: string): void
}

/** A Link over any Pipe: frames, order, backpressure. */
export class FramedLink implements Link {
  readonly device: DeviceId
  readonly #parts: FramedLinkParts
  readonly #reader: FrameReader
  readonly #closing = new AbortController()
  #listener: ((message: Uint8Array) => void | Promise<void>) | null = null
  #waiting: Uint8Array[] = []
  #busy = false
  #paused = false
  #sending: Promise<void> = Promise.resolve()
  /** Why the pipe closed, while messages that came before are still being handled. */
  #last: string | null = null

  /** `take`: where the memory of messages comes from, which their listener gives back. */
  constructor(parts: FramedLinkParts, options: { maxMessageBytes?: number; take?: (length: number) => Uint8Array } = {}) {
    this.#parts = parts
    this.device = parts.device
    this.#reader = new FrameReader(options.maxMessageBytes, options.take)
    parts.pipe.open({
      data: (bytes) => this.#receive(bytes),
      closed: (error) => this.#pipeClosed(error === undefined ? 'the other side closed the connection' : messageOf(error)),
    })
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  send(...pieces: Uint8Array[]): Promise<void> {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    const sent = this.#sending.then(async () => {
      this.#closing.signal.throwIfAborted()
      const header = frameHeader(length)
      this.#parts.traffic.addSent(length + FRAME_HEADER_BYTES)
      try {
        await this.#parts.pipe.write(header, pieces)
      } catch (error) {
        this.#fail(messageOf(error))
        throw this.#closing.signal.reason as Error
      }
    })
    this.#sending = sent.catch(() => undefined)
    return sent
  }

  onMessage(listener: (message: Uint8Array) => void | Promise<void>): void {
    this.#listener = listener
    this.#deliver()
  }

  close(reason = 'closed here'): void {
    if (this.#ended(reason)) this.#parts.pipe.end()
  }

  #receive(bytes: Uint8Array): void {
    if (this.#closing.signal.aborted) return
    this.#parts.traffic.addReceived(bytes.length)
    try {
      for (const message of this.#reader.push(bytes)) this.#waiting.push(message)
    } catch (error) {
      this.#parts.logger.warn(
        { device: this.device, link: this.#parts.name, reason: messageOf(error) },
        'a device sent a malformed frame; link closed',
      )
      this.#parts.misbehaved?.(`on the ${this.#parts.name} link: ${messageOf(error)}`)
      this.#fail(messageOf(error))
      return
    }
    this.#deliver()
  }

  #deliver(): void {
    while (!this.#busy && this.#listener !== null && !this.#closing.signal.aborted) {
      const message = this.#waiting.shift()
      if (message === undefined) break
      this.#hand(message, this.#listener)
    }
    if (this.#last !== null && !this.#busy && this.#waiting.length === 0) this.#ended(this.#last)
    const full = this.#waiting.length > 0
    if (full === this.#paused || this.#last !== null || this.#closing.signal.aborted) return
    this.#paused = full
    if (full) this.#parts.pipe.pause()
    else this.#parts.pipe.resume()
  }

  #hand(message: Uint8Array, listener: (message: Uint8Array) => void | Promise<void>): void {
    const refused = (error: unknown): void => {
      this.#parts.logger.warn(
        { device: this.device, link: this.#parts.name, error },
        'a message could not be handled; link closed',
      )
      if (error instanceof HoldfastError && error.code === 'corrupt')
        this.#parts.misbehaved?.(`on the ${this.#parts.name} link: ${error.message}`)
      this.#fail(messageOf(error))
    }
    try {
      const handled = listener(message)
      if (!(handled instanceof Promise)) return
      this.#busy = true
      handled
        .catch(refused)
        .finally(() => {
          this.#busy = false
          this.#deliver()
        })
        .catch(refused)
    } catch (error) {
      refused(error)
    }
  }

  #pipeClosed(reason: string): void {
    if (this.#listener === null) this.#ended(reason)
    else {
      this.#last = reason
      this.#deliver()
    }
  }

  #fail(reason: string): void {
    if (this.#ended(reason)) this.#parts.pipe.destroy(this.#closing.signal.reason as Error)
  }

  /** True the first time. */
  #ended(reason: string): boolean {
    if (this.#closing.signal.aborted) return false
    this.#waiting = []
    this.#closing.abort(new HoldfastError('offline', `the ${this.#parts.name} link to ${this.device} closed: ${reason}`))
    return true
  }
}
