import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { deadline, sleep, type Clock, type Logger } from '#base'
import type { DeviceId, GroupId } from '#model'
import { addressOf } from './addresses.ts'
import { MAX_CONTROL_BYTES } from './control.ts'
import { FramedLink } from './framed-link.ts'
import { exchangeHellos, GREETING_MS } from './hellos.ts'
import { bareHost, PROTOCOLS, SERVICE_TAG } from './host.ts'
import type { Identity } from './identity.ts'
import { KitVisit } from './kit-visit.ts'
import { StreamPipe } from './stream-pipe.ts'
import { Traffic } from './traffic.ts'
import { whyUnreached } from './unreached.ts'

const MDNS_INTERVAL_MS = 2_000
/** How long it is looked on the local network when nobody is where the kit says. */
const LOOK_MS = 8_000
/** How long others are waited for once one has been reached: the more of them, the newer what is known of the group. */
const OTHERS_MS = 2_000
const LONGEST_MS = 40_000
const POLL_MS = 50

export interface KitHostParts {
  kit: Identity
  /** The device on which the kit is used; it is found on the network as well. */
  own: DeviceId
  group: GroupId
  clock: Clock
  logger: Logger
}

/** A place where a device of the group may be: multiaddrs that may, or may not, name it. */
export type Whereabouts = readonly string[]

/** A libp2p node under the identity of a recovery kit, for as long as that is used: it listens nowhere, and visits devices of the group. */
export class KitHost {
  readonly #parts: KitHostParts
  readonly #visits = new Map<DeviceId, KitVisit>()
  readonly #tried = new Set<string>()
  /** Of each given place that was of no use, where and why. */
  readonly failures: { where: string; why: string }[] = []
  #node: Libp2p | null = null
  #pending = 0
  /** Connections that the other device is to open streams on, as it has the smaller id. */
  readonly #awaited = new Map<string, (streams: { group: Stream; index: Stream }) => void>()
  readonly #half = new Map<string, Stream>()

  constructor(parts: KitHostParts) {
    this.#parts = parts
  }

  /** The devices that could be reached at these places or were found on the local network (`lan`), each greeted. */
  async reach(places: readonly Whereabouts[], { lan }: { lan: boolean }): Promise<KitVisit[]> {
    const { clock } = this.#parts
    await this.#start(lan)
    for (const place of places) {
      this.#try(place, (why) => this.failures.push({ where: whereIs(place), why }))
    }
    const begun = clock.monotonic()
    let found: number | null = null
    for (;;) {
      const now = clock.monotonic() - begun
      if (this.#visits.size > 0) found ??= now
      if (now > LONGEST_MS || (found !== null && (this.#pending === 0 || now - found > OTHERS_MS))) break
      if (this.#pending === 0 && found === null && (!lan || now > LOOK_MS)) break
      await sleep(clock, POLL_MS)
    }
    return [...this.#visits.values()]
  }

  async stop(): Promise<void> {
    await this.#node?.stop()
  }

  async #start(lan: boolean): Promise<void> {
    const bare = bareHost({
      identity: this.#parts.kit,
      listen: [],
      serviceTag: lan ? SERVICE_TAG : null,
      mdnsIntervalMs: MDNS_INTERVAL_MS,
      // Which of them are of the group shows when they let the kit in.
      allows: () => true,
      announced: (device, addresses) => this.#announced(device, addresses),
    })
    this.#node = await createLibp2p(bare)
    await this.#node.handle(PROTOCOLS.group, (stream, connection) => {
      this.#half.set(connection.id, stream)
    })
    await this.#node.handle(PROTOCOLS.index, (index, connection) => {
      const group = this.#half.get(connection.id)
      if (group !== undefined) this.#awaited.get(connection.id)?.({ group, index })
    })
    await this.#node.start()
  }

  #announced(device: DeviceId, addresses: readonly string[]): void {
    if (device === this.#parts.own) return
    const bare = addresses.map((address) => addressOf(address, device)).filter((address) => address !== null)
    this.#try(bare.map((address) => `${address}/p2p/${device}`))
  }

  #try(place: Whereabouts, failed: (why: string) => void = () => undefined): void {
    const key = place.toSorted().join(' ')
    if (place.length === 0 || this.#tried.has(key)) return
    this.#tried.add(key)
    this.#pending++
    this.#visit(place)
      .catch((error: unknown) => {
        failed(whyUnreached(error))
        this.#parts.logger.info(
          { place, error, reason: whyUnreached(error) },
          'a device could not be visited with the recovery kit',
        )
      })
      .finally(() => this.#pending--)
  }

  async #visit(place: Whereabouts): Promise<void> {
    const { group, clock, logger } = this.#parts
    const signal = deadline(clock, GREETING_MS)
    const connection = await this.#node!.dial(
      place.map((address) => multiaddr(address)),
      { signal },
    )
    const device = connection.remotePeer.toString() as DeviceId
    if (this.#visits.has(device)) return
    const { group: stream } = await this.#streams(connection, device, signal)
    const link = new FramedLink(
      { device, name: 'group', pipe: new StreamPipe(stream), traffic: new Traffic(), clock, logger },
      { maxMessageBytes: MAX_CONTROL_BYTES },
    )
    const own = { kind: 'hello', group, addresses: [], bulkPort: 0, certificate: new Uint8Array(32) } as const
    const { hello, proceed } = await exchangeHellos(link, { ...own, addresses: [] }, clock)
    const visit = new KitVisit(link, [connection.remoteAddr.toString(), ...hello.addresses], clock)
    proceed()
    this.#visits.set(device, visit)
  }

  /** As on every group link the device with the smaller id opens the streams. */
  async #streams(connection: Connection, device: DeviceId, signal: AbortSignal): Promise<{ group: Stream; index: Stream }> {
    if (this.#parts.kit.device < device) {
      const group = await connection.newStream([PROTOCOLS.group], { signal })
      return { group, index: await connection.newStream([PROTOCOLS.index], { signal }) }
    }
    return new Promise((resolve, reject) => {
      this.#awaited.set(connection.id, resolve)
      const gone = (): void => reject(new Error('it closed the connection'))
      connection.addEventListener('close', gone, { once: true })
      signal.addEventListener('abort', gone, { once: true })
    })
  }
}

/** The addresses of a place as they are typed and shown, without the device that is to be there. */
function whereIs(place: Whereabouts): string {
  return [...new Set(place.map((address) => address.replace(/\/p2p\/[^/]+$/, '')))].join(' or ')
}
