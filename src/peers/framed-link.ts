import { HoldfastError, messageOf, type Clock, type Logger } from '#base'
import type { DeviceId } from '#model'
import { frameHeader, FrameReader, partedHeader, partHeader } from './frames.ts'
import { ProgressMeter } from './link-progress.ts'
import type { Link } from './link.ts'
import { SendTurns } from './send-turns.ts'
import { Slices } from './slices.ts'
import type { Traffic } from './traffic.ts'

/** A two-way stream of bytes to one device, as a libp2p stream and a TLS socket both are. */
export interface Pipe {
  /**
   * Sends one frame in pieces as small as it likes, and says of each how long it was once it is given away; resolves when there is room
   * again, rejects when the pipe has closed.
   */
  write(header: Uint8Array, pieces: readonly Uint8Array[], wrote: (bytes: number) => void): Promise<void>
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
  clock: Clock
  logger: Logger
  /** Hears why the other device is to blame, when it sent what is no message. */
  misbehaved?(message: string): void
}

export interface FramedLinkOptions {
  maxMessageBytes?: number
  /** Where the memory of messages comes from, which their listener gives back. */
  take?: (length: number) => Uint8Array
  /** Messages of fewer bytes may overtake others; 0, the default: none does. */
  overtakingBytes?: number
  /** Both ends know of messages in parts, between which those that may overtake go: so many bytes at once. null: as a whole, as long as there is no hurry. */
  partBytes?: () => number | null
}

/** A Link over any Pipe: frames, order, backpressure. */
export class FramedLink implements Link {
  readonly device: DeviceId
  readonly progress: ProgressMeter
  readonly #parts: FramedLinkParts
  readonly #reader: FrameReader
  readonly #closing = new AbortController()
  #listener: ((message: Uint8Array) => void | Promise<void>) | null = null
  #waiting: Uint8Array[] = []
  #busy = false
  #paused = false
  readonly #turns: SendTurns
  readonly #partBytes: () => number | null
  /** Why the pipe closed, while messages that came before are still being handled. */
  #last: string | null = null

  constructor(parts: FramedLinkParts, options: FramedLinkOptions = {}) {
    this.#parts = parts
    this.device = parts.device
    this.progress = new ProgressMeter(parts.clock)
    this.#reader = new FrameReader(options.maxMessageBytes, options.take, options.partBytes !== undefined)
    this.#partBytes = options.partBytes ?? (() => null)
    this.#turns = new SendTurns(options.overtakingBytes ?? 0)
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
    return this.#turns.run(length, async (letPass) => {
      this.#closing.signal.throwIfAborted()
      const header = frameHeader(length)
      const isWhole = length <= (this.#partBytes() ?? length)
      try {
        if (isWhole) await this.#write(header, pieces)
        else await this.#sendParts(length, new Slices(pieces), letPass)
      } catch (error) {
        this.#fail(messageOf(error))
        throw this.#closing.signal.reason as Error
      }
    })
  }

  async #sendParts(length: number, slices: Slices, letPass: (sent: number) => Promise<void>): Promise<void> {
    await this.#write(partedHeader(length), [])
    while (slices.left > 0) {
      const part = slices.next(this.#partBytes() ?? slices.left)
      const { length } = part
      await this.#write(partHeader(length), [part])
      if (slices.left > 0) await letPass(length)
    }
    slices.release()
  }

  #write(header: Uint8Array, pieces: readonly Uint8Array[]): Promise<void> {
    return this.#parts.pipe.write(header, pieces, (bytes) => this.#wrote(bytes))
  }

  onMessage(listener: (message: Uint8Array) => void | Promise<void>): void {
    this.#listener = listener
    this.#deliver()
  }

  close(reason = 'closed here'): void {
    if (this.#ended(reason)) this.#parts.pipe.end()
  }

  #wrote(bytes: number): void {
    this.#parts.traffic.addSent(bytes)
    this.progress.sent += bytes
  }

  #receive(bytes: Uint8Array): void {
    if (this.#closing.signal.aborted) return
    this.#parts.traffic.addReceived(bytes.length)
    try {
      const messages = this.#reader.push(bytes)
      this.progress.came(bytes.length, messages, this.#reader)
      this.#waiting.push(...messages)
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
