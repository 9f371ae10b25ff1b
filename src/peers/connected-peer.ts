import type { Connection } from '@libp2p/interface'
import { every, HoldfastError, messageOf, type Clock, type Logger, type Timer } from '#base'
import type { DeviceId, FolderId } from '#model'
import { BulkChannel } from './bulk-channel.ts'
import type { BulkLimits } from './bulk-limits.ts'
import type { BulkSockets } from './bulk-sockets.ts'
import { hostOf } from './addresses.ts'
import { decodeControl, encodeControl, MAX_PLACES, type Control, type Hello, type Nowhere } from './control.ts'
import type { FramedLink } from './framed-link.ts'
import type { ChainHead } from './group-log.ts'
import type { Link, Peer } from './link.ts'
import { operationPages } from './operation-pages.ts'
import type { Group } from './own-group.ts'
import { PROTOCOLS } from './host.ts'
import type { Traffic } from './traffic.ts'

const PING_MS = 25_000
/** Pings without an answer after which a device counts as gone. One that hashes or sleeps for a while does not. */
const MAX_UNANSWERED = 3
/** Messages on the group link in one ping interval at most; more is a flood. */
const MAX_MESSAGES = 5_000
/** How long a device that was removed may take to hear of it. */
const FAREWELL_MS = 1_000

export interface ConnectedPeerParts {
  own: DeviceId
  connection: Connection
  groupLink: FramedLink
  index: FramedLink
  hello: Hello
  group: Group
  sockets: BulkSockets
  traffic: Traffic
  limits: BulkLimits
  clock: Clock
  logger: Logger
  misbehaved(message: string): void
  /** Hears of a layout that the device sends; whether it is one is not looked at. */
  layout(bytes: Uint8Array): void
  /** Hears that the device has lost some of what it held of a folder. */
  lost(folder: FolderId): void
  /** Hears of versions of a folder whose content is on no device any more. */
  nowhere(message: Nowhere): void
}

/** A device of the group, connected and greeted: keeps the group log the same on both sides and notices when the device is gone. */
export class ConnectedPeer implements Peer {
  readonly device: DeviceId
  readonly address: string
  readonly index: FramedLink
  readonly traffic: Traffic
  readonly #parts: ConnectedPeerParts
  readonly #bulk: BulkChannel
  readonly #closing = new AbortController()
  readonly #heartbeat: Timer
  /** Where the other device's chains end, as far as known. */
  #theirs = new Map<DeviceId, ChainHead>()
  #pings = new Map<number, { sent: number; answered(): void }>()
  #pingNumber = 0
  #messages = 0
  #dismissed = false
  #rttMs: number | null = null

  constructor(parts: ConnectedPeerParts) {
    this.#parts = parts
    const { connection, groupLink, index, hello, clock } = parts
    this.device = groupLink.device
    this.address = connection.remoteAddr.toString()
    this.index = index
    this.traffic = parts.traffic
    this.#bulk = new BulkChannel({
      ...parts,
      device: this.device,
      host: hostOf(connection.remoteAddr),
      port: hello.bulkPort,
      certificate: hello.certificate,
      ask: (kind) => this.#send({ kind }),
      openStream: () => connection.newStream([PROTOCOLS.bulk]),
    })
    groupLink.closed.addEventListener('abort', () => this.close(messageOf(groupLink.closed.reason)))
    index.closed.addEventListener('abort', () => this.close(messageOf(index.closed.reason)))
    this.#heartbeat = every(
      clock,
      PING_MS,
      () => this.#beat(),
      (error) => this.close(messageOf(error)),
    )
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  /** Milliseconds there and back, of the last ping; null before the first answer. */
  get rttMs(): number | null {
    return this.#rttMs
  }

  /** Where it can be reached, best first: not the port that it came from, which leads nowhere once it hangs up. */
  get leadThere(): readonly string[] {
    return this.#parts.connection.direction === 'outbound' ? [this.address, ...this.announced] : this.announced
  }

  /** The addresses it says that it listens on. */
  get announced(): readonly string[] {
    return this.#parts.hello.addresses
  }

  bulk(): Promise<Link> {
    return this.#bulk.open()
  }

  onBulk(listener: (link: Link) => void): () => void {
    return this.#bulk.onLink(listener)
  }

  acceptBulk(...[stream]: Parameters<BulkChannel['accept']>): void {
    this.#bulk.accept(stream)
  }

  /** Begins the conversation on the group link. */
  start(): void {
    const { group, groupLink } = this.#parts
    groupLink.onMessage((message) => this.#receive(message))
    this.#post({ kind: 'heads', heads: group.log.heads() })
    void this.probe(PING_MS)
  }

  /** True when the device answers a ping within `ms`. */
  probe(ms: number): Promise<boolean> {
    const number = ++this.#pingNumber
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(ms, () => resolve(false), { idle: true })
      const answered = (): void => {
        timer.cancel()
        resolve(true)
      }
      this.#pings.set(number, { sent: this.#parts.clock.monotonic(), answered })
      this.#post({ kind: 'ping', number })
    })
  }

  /** Sends the operations that the other device lacks. */
  async push(): Promise<void> {
    const lacked = this.#parts.group.log.lackedBy([...this.#theirs.values()])
    for (const operation of lacked) this.#theirs.set(operation.author, operation)
    for (const operations of operationPages(lacked)) await this.#send({ kind: 'operations', operations })
  }

  /** A device of an older version passes over it. */
  sendLayout(layout: Uint8Array): void {
    this.#post({ kind: 'layout', layout })
  }

  /** The same: it is told that this device has lost some of what it held of a folder. */
  sendLost(folder: FolderId): void {
    this.#post({ kind: 'lost', folder })
  }

  /** The same: it is told of versions whose content is on no device any more. */
  sendNowhere({ places, ...about }: Nowhere): void {
    for (let at = 0; at < places.length; at += MAX_PLACES)
      this.#post({ kind: 'nowhere', ...about, places: places.slice(at, at + MAX_PLACES) })
  }

  /** Lets the device hear that it, or this one, was removed; then disconnects it. */
  dismiss(): void {
    if (this.#dismissed) return
    this.#dismissed = true
    this.#bulk.close(new HoldfastError('offline', `${this.device} is in the group no more`))
    this.push().catch(() => undefined)
    this.#parts.clock.after(FAREWELL_MS, () => this.close('it is in the group no more'), { idle: true })
  }

  close(reason: string): void {
    if (this.#closing.signal.aborted) return
    const { groupLink, index, connection } = this.#parts
    const error = new HoldfastError('offline', `${this.device} disconnected: ${reason}`)
    this.#heartbeat.cancel()
    this.#closing.abort(error)
    this.#bulk.close(error)
    index.close(reason)
    groupLink.close(reason)
    connection.close().catch((cause: unknown) => connection.abort(cause as Error))
  }

  async #receive(bytes: Uint8Array): Promise<void> {
    if (++this.#messages > MAX_MESSAGES) throw new HoldfastError('corrupt', 'the device floods the group link')
    const message = decodeControl(bytes)
    switch (message?.kind) {
      case 'heads':
        this.#theirs = new Map(message.heads.map((head) => [head.author, head]))
        // Not awaited: two devices that each wait for room to send would both stop reading.
        this.push().catch((error: unknown) => this.close(messageOf(error)))
        return
      case 'operations':
        await this.#merge(message.operations)
        return
      case 'ping':
        this.#post({ kind: 'pong', number: message.number })
        return
      case 'pong':
        this.#answered(message.number)
        return
      case 'bulk-open':
      case 'bulk-dial':
      case 'bulk-failed':
        this.#bulk.answer(message.kind).catch((error: unknown) => {
          this.#parts.logger.info(
            { device: this.device, reason: messageOf(error) },
            'the bulk channel that a device asked for did not open',
          )
        })
        return
      case 'layout':
        this.#parts.layout(message.layout)
        return
      case 'lost':
        this.#parts.lost(message.folder)
        return
      case 'nowhere':
        this.#parts.nowhere(message)
        return
      case 'hello':
        throw new HoldfastError('corrupt', 'the device says hello twice')
      case undefined:
        return
    }
  }

  async #merge(operations: Uint8Array[]): Promise<void> {
    const { group } = this.#parts
    const merged = await group.merge(operations)
    for (const author of merged.lost) this.#theirs.delete(author)
    if (merged.lost.length > 0) await this.push()
    if (merged.gaps) this.#post({ kind: 'heads', heads: group.log.heads() })
  }

  #beat(): void {
    this.#messages = 0
    if (this.#pings.size >= MAX_UNANSWERED) this.close(`it left ${this.#pings.size} pings without an answer`)
    else void this.probe(PING_MS)
  }

  #answered(number: number): void {
    const ping = this.#pings.get(number)
    if (ping === undefined) return
    this.#rttMs = this.#parts.clock.monotonic() - ping.sent
    this.#pings.clear()
    ping.answered()
  }

  #send(message: Control): Promise<void> {
    return this.#parts.groupLink.send(encodeControl(message))
  }

  #post(message: Control): void {
    this.#send(message).catch(() => undefined)
  }
}
