import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { deadline, HoldfastError, messageOf, Queue, type Clock, type Logger } from '#base'
import type { DeviceId } from '#model'
import { hostOf } from './addresses.ts'
import { Conversation } from './conversation.ts'
import { MAX_CONTROL_BYTES } from './control.ts'
import { FramedLink } from './framed-link.ts'
import { bareHost } from './host.ts'
import type { Identity } from './identity.ts'
import type { PairingMessage } from './pairing-messages.ts'
import { StreamPipe } from './stream-pipe.ts'
import { Traffic } from './traffic.ts'
import { TryLimit } from './try-limit.ts'

const PROTOCOL = '/holdfast/pair/1.0.0'
const SERVICE_TAG = '_holdfast-pair._udp.local'
const MDNS_INTERVAL_MS = 10_000
const DIAL_MS = 10_000
const WINDOW_BYTES = 256 * 1024
/** Connections of one address at most, and how long one may stay on which nothing is said. */
const MAX_CONNECTIONS = 6
const IDLE_MS = 15_000
const FAILURES: readonly string[] = ['corrupt', 'denied', 'timeout']

export interface PairingDoorParts {
  identity: Identity
  clock: Clock
  logger: Logger
  /** Takes a conversation that another device began, with its first message; a rejection with `corrupt`, `denied` or `timeout` counts as a failed try. */
  asked(conversation: Conversation, first: PairingMessage): Promise<void>
  /** A device with an open door was seen on the local network. */
  seen(device: DeviceId, addresses: readonly string[]): void
}

/** The listener that strangers may talk to: a libp2p node of its own, there only while something holds it open. */
export class PairingDoor {
  readonly #parts: PairingDoorParts
  readonly #options: { lan: boolean; listen: readonly string[] }
  readonly #holds = new Set<string>()
  readonly #queue = new Queue()
  readonly #failures: TryLimit
  readonly #visits: TryLimit
  #node: Libp2p | null = null

  /** `listen`: the multiaddrs of the device's own listener; the door takes other ports on the same interfaces. */
  constructor(parts: PairingDoorParts, options: { lan: boolean; listen: readonly string[] }) {
    this.#parts = parts
    this.#options = options
    this.#failures = new TryLimit(parts.clock, { each: 5, all: 20 })
    this.#visits = new TryLimit(parts.clock, { each: 60, all: 200 })
  }

  get isOpen(): boolean {
    return this.#node !== null
  }

  /** Keeps the door open until `release` with the same reason. Resolves when it is open. */
  hold(reason: string): Promise<void> {
    this.#holds.add(reason)
    return this.#queue.run(async () => {
      if (this.#node === null && this.#holds.size > 0) this.#node = await this.#open()
    })
  }

  release(reason: string): Promise<void> {
    this.#holds.delete(reason)
    return this.#queue.run(async () => {
      if (this.#holds.size > 0) return
      const node = this.#node
      this.#node = null
      await node?.stop()
    })
  }

  close(): Promise<void> {
    this.#holds.clear()
    return this.release('')
  }

  /** Multiaddrs without the device at their end, those of the machine itself last. */
  addresses(): string[] {
    const all = this.#node?.getMultiaddrs() ?? []
    return all
      .map((address) => address.toString().replace(/\/p2p\/.*$/, ''))
      .sort((a, b) => Number(a.startsWith('/ip4/127.')) - Number(b.startsWith('/ip4/127.')))
  }

  /** Begins a conversation with a device whose door is open; throws `offline`. The door must be held open. */
  async visit(device: DeviceId, addresses: readonly string[]): Promise<Conversation> {
    const node = this.#node
    if (node === null) throw new HoldfastError('internal', 'the pairing door is closed')
    try {
      const signal = deadline(this.#parts.clock, DIAL_MS)
      const connection = await node.dial(
        addresses.map((address) => multiaddr(`${address}/p2p/${device}`)),
        { signal },
      )
      const conversation = this.#converse(await connection.newStream([PROTOCOL], { signal }), connection)
      return conversation
    } catch (cause) {
      throw new HoldfastError('offline', `the other device could not be reached: ${messageOf(cause)}`, {
        reason: 'not-reached',
        cause,
        hint: 'is it running, on this network, and is its pairing still open?',
      })
    }
  }

  async #open(): Promise<Libp2p> {
    const { identity } = this.#parts
    const { lan } = this.#options
    const bare = bareHost({
      identity,
      listen: this.#listen(),
      serviceTag: lan ? SERVICE_TAG : null,
      mdnsIntervalMs: MDNS_INTERVAL_MS,
      // Strangers get little memory.
      windowBytes: WINDOW_BYTES,
      allows: () => true,
      announced: (device, addresses) => this.#parts.seen(device, addresses),
    })
    const connectionManager = {
      ...bare.connectionManager,
      maxConnections: 20,
      inboundConnectionThreshold: 10,
      inboundUpgradeTimeout: 5_000,
    }
    const node = await createLibp2p({ ...bare, connectionManager })
    await node.handle(PROTOCOL, (stream, connection) => this.#entered(stream, connection), {
      maxInboundStreams: 2,
      maxOutboundStreams: 4,
    })
    node.addEventListener('connection:open', ({ detail }) => this.#connected(node, detail))
    await node.start()
    return node
  }

  #listen(): string[] {
    const { lan, listen } = this.#options
    if (listen.length === 0) return [lan ? '/ip4/0.0.0.0/tcp/0' : '/ip4/127.0.0.1/tcp/0']
    return [...new Set(listen.map((address) => address.replace(/\/tcp\/\d+.*$/, '/tcp/0')))]
  }

  /** The node takes few connections in all, and so no more than some of one address, and none for nothing. */
  #connected(node: Libp2p, connection: Connection): void {
    if (connection.direction !== 'inbound') return
    const remote = hostOf(connection.remoteAddr)
    const same = node
      .getConnections()
      .filter((one) => one.direction === 'inbound' && one.status === 'open' && hostOf(one.remoteAddr) === remote)
    if (same.length > MAX_CONNECTIONS || this.#failures.blocks(remote ?? '')) {
      connection.abort(new HoldfastError('denied', 'too many connections'))
      return
    }
    const look = (): void => {
      if (connection.status !== 'open') return
      if (connection.streams.length > 0) timer = this.#parts.clock.after(IDLE_MS, look, { idle: true })
      else void connection.close().catch(() => connection.abort(new HoldfastError('timeout', 'nothing was said')))
    }
    let timer = this.#parts.clock.after(IDLE_MS, look, { idle: true })
    connection.addEventListener('close', () => timer.cancel(), { once: true })
  }

  #entered(stream: Stream, connection: Connection): void {
    const remote = hostOf(connection.remoteAddr) ?? ''
    if (this.#failures.blocks(remote) || this.#visits.blocks(remote)) {
      connection.abort(new HoldfastError('denied', 'too many tries'))
      return
    }
    this.#visits.failed(remote)
    const conversation = this.#converse(stream, connection)
    void (async () => {
      try {
        await this.#parts.asked(conversation, await conversation.receive())
      } catch (error) {
        // Silence is a failure, too: it is how a stranger holds a place.
        if (error instanceof HoldfastError && FAILURES.includes(error.code)) this.#failures.failed(remote)
        this.#parts.logger.info({ device: conversation.device, remote, reason: messageOf(error) }, 'a pairing came to nothing')
      } finally {
        conversation.close()
      }
    })()
  }

  #converse(stream: Stream, connection: Connection): Conversation {
    const device = connection.remotePeer.toString() as DeviceId
    const { clock, logger } = this.#parts
    const parts = { device, name: 'pairing', pipe: new StreamPipe(stream), traffic: new Traffic(), clock, logger }
    return new Conversation(new FramedLink(parts, { maxMessageBytes: MAX_CONTROL_BYTES }), clock)
  }
}
