import type { TLSSocket } from 'node:tls'
import type { Stream } from '@libp2p/interface'
import { Events, HoldfastError, messageOf, takeBytes, type Clock, type Logger } from '#base'
import type { DeviceId } from '#model'
import { knowsParts } from './bulk-greeting.ts'
import type { BulkLimits } from './bulk-limits.ts'
import type { BulkSockets } from './bulk-sockets.ts'
import type { BulkRequest } from './control.ts'
import { FramedLink, type Pipe } from './framed-link.ts'
import type { Link } from './link.ts'
import { PacedPipe } from './paced-pipe.ts'
import { SocketPipe } from './socket-pipe.ts'
import { StreamPipe } from './stream-pipe.ts'
import type { Traffic } from './traffic.ts'

/** How long the other side may take to dial back, and to do all of it. */
const DIAL_BACK_MS = 7_000
const OPEN_MS = 25_000
/** Requests, and answers of this size: they need not wait behind all that is large. */
const SMALL_MESSAGE = 64 * 1024

export interface BulkChannelParts {
  /** This device, and the one at the other end. */
  own: DeviceId
  device: DeviceId
  sockets: BulkSockets
  /** Where the other device is; null where there is no direct way. */
  host: string | null
  port: number
  /** SHA-256 of the certificate that it will show. */
  certificate: Uint8Array
  /** Sends a request over the group link. */
  ask(request: BulkRequest): Promise<void>
  /** A libp2p stream to the device, for where no socket is possible. */
  openStream(): Promise<Stream>
  traffic: Traffic
  limits: BulkLimits
  clock: Clock
  logger: Logger
  misbehaved(message: string): void
}

/**
 * The bulk link to a connected device, opened when first needed. The device with the smaller id conducts: it dials; where that fails
 * it lets the other one dial; and where that fails too, the same frames go over a libp2p stream.
 */
export class BulkChannel {
  readonly #parts: BulkChannelParts
  readonly #events = new Events<{ link: FramedLink; failed: undefined }>()
  readonly #forget: () => void
  #link: FramedLink | null = null
  #opening: Promise<FramedLink> | null = null
  #closed: HoldfastError | null = null

  constructor(parts: BulkChannelParts) {
    this.#parts = parts
    this.#forget = parts.sockets.expect(parts.device, parts.certificate, (socket) => this.#take(socket))
  }

  get #conducts(): boolean {
    return this.#parts.own < this.#parts.device
  }

  open(): Promise<FramedLink> {
    if (this.#closed !== null) return Promise.reject(this.#closed)
    if (this.#link !== null) return Promise.resolve(this.#link)
    this.#opening ??= this.#establish()
      .catch((error: unknown) => {
        throw this.#closed ?? error
      })
      .finally(() => {
        this.#opening = null
      })
    return this.#opening
  }

  onLink(listener: (link: Link) => void): () => void {
    if (this.#link !== null) listener(this.#link)
    return this.#events.on('link', listener)
  }

  /** Does what the other device asked over the group link. */
  async answer(request: BulkRequest): Promise<void> {
    if (request === 'bulk-failed') {
      this.#events.emit('failed', undefined)
      return
    }
    if ((request === 'bulk-open') !== this.#conducts) return
    try {
      await (this.#conducts ? this.open() : this.#dial())
    } catch (error) {
      await this.#parts.ask('bulk-failed')
      throw error
    }
  }

  /** Takes a stream that the other device opened because no socket was possible. */
  accept(stream: Stream): void {
    this.#adopt(new StreamPipe(stream))
  }

  close(error: HoldfastError): void {
    this.#closed ??= error
    this.#forget()
    this.#events.emit('failed', undefined)
    this.#link?.close(error.message)
  }

  async #establish(): Promise<FramedLink> {
    if (!this.#conducts) return this.#request('bulk-open', OPEN_MS)
    try {
      return await this.#dial()
    } catch (error) {
      this.#tell(error, 'no direct bulk channel from here; asking the other device to dial')
    }
    try {
      return await this.#request('bulk-dial', DIAL_BACK_MS)
    } catch (error) {
      this.#tell(error, 'no direct bulk channel at all; chunks go over libp2p')
    }
    return this.#adopt(new StreamPipe(await this.#parts.openStream()))
  }

  /** Asks the other device for a link, which may fail to come while the question is under way still. */
  async #request(request: BulkRequest, ms: number): Promise<FramedLink> {
    const [link] = await Promise.all([this.#arrival(ms), this.#parts.ask(request)])
    return link
  }

  async #dial(): Promise<FramedLink> {
    const { sockets, host, port, device, certificate } = this.#parts
    if (host === null || port === 0) throw new HoldfastError('offline', 'the device has no address for a direct connection')
    return this.#take(await sockets.dial(host, port, { device, certificate }))
  }

  /** The next link that opens; rejects with `offline` after `ms` without one. */
  #arrival(ms: number): Promise<FramedLink> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.cancel()
        for (const off of offs) off()
      }
      const fail = (): void => {
        end()
        reject(new HoldfastError('offline', 'the other device opened no bulk channel'))
      }
      const timer = this.#parts.clock.after(ms, fail)
      const offs = [
        this.#events.on('failed', fail),
        this.#events.on('link', (link) => {
          end()
          resolve(link)
        }),
      ]
    })
  }

  #take(socket: TLSSocket): FramedLink {
    return this.#adopt(new SocketPipe(socket), knowsParts(socket))
  }

  #adopt(pipe: Pipe, inParts = false): FramedLink {
    const { device, traffic, limits, clock, logger, misbehaved } = this.#parts
    const paced = new PacedPipe(pipe, limits)
    const partBytes = (): number | null => (limits.up.perSecond === 0 ? null : limits.slice)
    const options = { take: takeBytes, overtakingBytes: SMALL_MESSAGE, ...(inParts && { partBytes }) }
    const link = new FramedLink({ device, name: 'bulk', pipe: paced, traffic, clock, logger, misbehaved }, options)
    if (this.#closed !== null) {
      link.close(this.#closed.message)
      throw this.#closed
    }
    this.#link?.close('replaced by a new one')
    this.#link = link
    link.closed.addEventListener('abort', () => {
      if (this.#link === link) this.#link = null
    })
    this.#events.emit('link', link)
    return link
  }

  #tell(error: unknown, message: string): void {
    this.#parts.logger.info({ device: this.#parts.device, reason: messageOf(error) }, message)
  }
}
