import type { Connection, Stream } from '@libp2p/interface'
import { deadline, HoldfastError, messageOf, type Clock, type Logger } from '#base'
import type { DeviceId, FolderId } from '#model'
import type { BulkLimits } from './bulk-limits.ts'
import type { BulkSockets } from './bulk-sockets.ts'
import { ConnectedPeer } from './connected-peer.ts'
import { attendKit } from './attend-kit.ts'
import { MAX_CONTROL_BYTES, type Hello, type Nowhere } from './control.ts'
import { bidFarewell } from './farewell.ts'
import { FramedLink } from './framed-link.ts'
import { exchangeHellos, GREETING_MS } from './hellos.ts'
import { PROTOCOLS, type Host } from './host.ts'
import type { Group } from './own-group.ts'
import { StreamPipe } from './stream-pipe.ts'
import { Traffic } from './traffic.ts'

/** What a hello tells a device that was removed of this one. */
const NOTHING_TOLD = { addresses: [], bulkPort: 0, certificate: new Uint8Array(32) }

export interface GreeterParts {
  host: Host
  group: Group
  sockets: BulkSockets
  traffic: Traffic
  limits: BulkLimits
  clock: Clock
  logger: Logger
  /** What this device tells of its addresses. */
  addresses(): string[]
  /** Hears of a device of the group that sends what is no message. */
  misbehaved(device: DeviceId, message: string): void
  /** Hears of a layout that a device of the group sends. */
  layout(device: DeviceId, bytes: Uint8Array): void
  /** Hears of a device that has lost some of what it held of a folder. */
  lost(device: DeviceId, folder: FolderId): void
  /** Hears of a device that says of versions that their content is on no device any more. */
  nowhere(device: DeviceId, message: Nowhere): void
  /** Takes a peer that is ready to start. */
  greeted(peer: ConnectedPeer): void
  /** Finds the connected peer to which a stream for chunks belongs. */
  peer(device: DeviceId): ConnectedPeer | undefined
}

/**
 * Makes peers of connections: the device with the smaller id opens the two streams, both say hello, and both must be in one group. One
 * that was removed from it, and may not know, hears of that instead, and a recovery kit gets the group's log.
 */
export class Greeter {
  readonly #parts: GreeterParts
  /** The group streams of connections whose index stream has not come yet. */
  readonly #half = new Map<string, Stream>()
  /** The connections over which a device heard that it was removed. */
  readonly #told = new WeakSet<Connection>()

  constructor(parts: GreeterParts) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    const { host } = this.#parts
    const limits = { maxInboundStreams: 4, maxOutboundStreams: 4 }
    await host.handle(PROTOCOLS.group, (stream, connection) => this.#opened(stream, connection), limits)
    await host.handle(PROTOCOLS.index, (stream, connection) => this.#paired(stream, connection), limits)
    await host.handle(PROTOCOLS.bulk, (stream, connection) => this.#bulk(stream, connection), limits)
  }

  /** Opens the streams and greets; for the device with the smaller id. Rejects when that fails; the connection is closed then. */
  async greet(connection: Connection): Promise<void> {
    try {
      const signal = deadline(this.#parts.clock, GREETING_MS)
      const group = await connection.newStream([PROTOCOLS.group], { signal })
      const index = await connection.newStream([PROTOCOLS.index], { signal })
      await this.#greet(connection, group, index)
    } catch (error) {
      connection.abort(error as Error)
      throw error
    }
  }

  #opened(stream: Stream, connection: Connection): void {
    this.#half.set(connection.id, stream)
    connection.addEventListener('close', () => this.#half.delete(connection.id), { once: true })
  }

  #paired(stream: Stream, connection: Connection): void {
    const group = this.#half.get(connection.id)
    this.#half.delete(connection.id)
    if (group === undefined) {
      stream.abort(new HoldfastError('corrupt', 'an index stream without a group stream before it'))
      return
    }
    this.#greet(connection, group, stream).catch((error: unknown) => {
      this.#parts.logger.info({ device: connection.remotePeer.toString(), reason: messageOf(error) }, 'a device was not greeted')
      connection.abort(error as Error)
    })
  }

  #bulk(stream: Stream, connection: Connection): void {
    const peer = this.#parts.peer(connection.remotePeer.toString() as DeviceId)
    if (peer === undefined) stream.abort(new HoldfastError('denied', 'no such peer'))
    else peer.acceptBulk(stream)
  }

  async #greet(connection: Connection, groupStream: Stream, indexStream: Stream): Promise<void> {
    const { group, sockets, limits, clock, logger, addresses, greeted } = this.#parts
    const device = connection.remotePeer.toString() as DeviceId
    const traffic = new Traffic(this.#parts.traffic)
    const isMember = (): boolean => group.state.devices.some((member) => member.device === device)
    const misbehaved = (message: string): void => {
      if (isMember()) this.#parts.misbehaved(device, message)
    }
    const parts = { device, traffic, clock, logger, misbehaved }
    const groupLink = new FramedLink(
      { ...parts, name: 'group', pipe: new StreamPipe(groupStream) },
      { maxMessageBytes: MAX_CONTROL_BYTES },
    )
    const index = new FramedLink({ ...parts, name: 'index', pipe: new StreamPipe(indexStream) })
    const wasMember = isMember()
    const own: Hello = {
      kind: 'hello',
      group: group.state.id,
      ...(wasMember ? { addresses: addresses(), bulkPort: sockets.port, certificate: sockets.certificateHash } : NOTHING_TOLD),
    }
    const { hello, proceed } = await exchangeHellos(groupLink, own, clock)
    if (hello.group !== group.state.id) throw new HoldfastError('denied', `${device} is in another group now`)
    if (group.state.kits.some((kit) => kit.device === device)) {
      logger.info({ device }, 'a recovery kit is used')
      attendKit(groupLink, group)
      return proceed()
    }
    if (!isMember() && group.state.removed.includes(device) && !this.#told.has(connection)) {
      this.#told.add(connection)
      logger.info({ device }, 'a device that was removed came back, and is told')
      bidFarewell(groupLink, group)
      return proceed()
    }
    // Let in meanwhile: it is greeted anew, with all that is for a member.
    if (!wasMember || !isMember()) throw new HoldfastError('denied', `${device} is not in the group`)
    const peer = new ConnectedPeer({
      own: group.device,
      connection,
      groupLink,
      index,
      hello,
      group,
      sockets,
      traffic,
      limits,
      clock,
      logger,
      misbehaved,
      layout: (bytes) => this.#parts.layout(device, bytes),
      lost: (folder) => this.#parts.lost(device, folder),
      nowhere: (message) => this.#parts.nowhere(device, message),
    })
    peer.start()
    proceed()
    greeted(peer)
  }
}
