import type { Connection, PeerInfo } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { Events, HoldfastError, messageOf, Queue, type Service } from '#base'
import { parseDeviceId, type DeviceId, type FolderId } from '#model'
import { addressOf, isLoopback, KnownAddresses } from './addresses.ts'
import { BulkLimits } from './bulk-limits.ts'
import { BulkSockets } from './bulk-sockets.ts'
import { createCertificate } from './certificate.ts'
import type { ConnectedPeer } from './connected-peer.ts'
import { Dialer } from './dialer.ts'
import { Greeter } from './greeter.ts'
import type { Counted } from './group.ts'
import { Hearing } from './hearing.ts'
import { startHost, type Host } from './host.ts'
import type { Peer } from './link.ts'
import type { DeviceStatus, NetworkEvents, NetworkOptions, NetworkParts } from './network-parts.ts'
import { Group } from './own-group.ts'
import { refuseTwin } from './own-twin.ts'
import { Pairing } from './pairing.ts'
import { Providers } from './providers.ts'
import { Reconnector } from './reconnector.ts'
import { Recovery } from './recovery.ts'
import { SecretGiver } from './secret-giver.ts'
import { Traffic } from './traffic.ts'

/** A connection that is open is tried this long before another one replaces it. */
const PROBE_MS = 2_000

/** The devices of the group: finds them, stays connected to them, and keeps the group log the same on all of them. */
export class PeerNetwork extends Events<NetworkEvents> implements Service {
  readonly group: Group
  readonly pairing: Pairing
  readonly recovery: Recovery
  readonly providers: Providers
  readonly traffic = new Traffic()
  readonly limits: BulkLimits
  readonly #parts: NetworkParts
  readonly #options: NetworkOptions
  readonly #peers = new Map<DeviceId, ConnectedPeer>()
  readonly #greetings = new Map<DeviceId, Queue>()
  readonly #known: KnownAddresses
  readonly #reconnector: Reconnector
  readonly #secrets: SecretGiver
  readonly #hearing: Hearing
  #host: Host | null = null
  #dialer: Dialer | null = null
  #sockets: BulkSockets | null = null
  #greeter: Greeter | null = null
  #stopped = false

  constructor(parts: NetworkParts, options: NetworkOptions) {
    super()
    this.#parts = parts
    this.#options = options
    this.limits = new BulkLimits(parts.clock)
    this.#known = new KnownAddresses(parts)
    this.group = new Group(parts, options)
    const addresses = (): string[] => this.addresses()
    const learn = (device: DeviceId, found: readonly string[]): Promise<void> => this.learn(device, found)
    this.#secrets = new SecretGiver({ ...parts, group: this.group })
    this.#hearing = new Hearing({ ...parts, group: this.group })
    this.pairing = new Pairing({ ...parts, group: this.group, addresses, learn }, options)
    const whereabouts = (device: DeviceId): readonly string[] =>
      device === this.group.device ? addresses() : (this.#said(device) ?? this.#known.of(device)?.addresses ?? [])
    this.recovery = new Recovery({ ...parts, group: this.group, whereabouts, learn }, options)
    const isConnected = (device: DeviceId): boolean => this.#peers.has(device)
    this.providers = new Providers({ ...parts, group: this.group, isConnected, told: (...of) => this.#reconnector.told(...of) })
    this.#reconnector = new Reconnector({
      ...parts,
      wanted: () => this.#others(),
      isConnected,
      known: (device) => this.#known.of(device)?.addresses ?? [],
      dial: async (device, addresses) => this.#dialer?.dial(device, addresses),
      lookUp: async (device) => (await this.#dialer?.lookUp(device)) ?? [],
    })
    this.group.on('changed', () => this.#groupChanged())
    this.group.on('removed', () => this.#removed())
  }

  async start(): Promise<void> {
    const { clock, logger } = this.#parts
    await this.group.load()
    // A removal that a crash cut short goes on now.
    await this.group.settled()
    await this.#known.load()
    const sockets = new BulkSockets({ device: this.group.device, certificate: createCertificate(), clock, logger })
    if (this.#options.directBulk !== false) await this.#listenForBulk(sockets)
    this.#sockets = sockets
    const allows = (device: DeviceId): boolean => this.#others().includes(device)
    const hears = (device: DeviceId): boolean => this.#hearing.allows(device)
    const taken = (port: string): Promise<void> => refuseTwin(this.group.device, port)
    const host = await startHost({ ...this.#parts, allows, hears, taken }, this.#options)
    this.#host = host
    this.#dialer = new Dialer(host, clock)
    this.providers.start(host)
    this.#greeter = new Greeter({
      host,
      group: this.group,
      sockets,
      traffic: this.traffic,
      limits: this.limits,
      clock,
      logger,
      addresses: () => this.addresses(),
      misbehaved: (device, message) => this.emit('misbehaved', { device, message }),
      layout: (device, layout) => this.emit('layout', { device, layout }),
      lost: (device, folder) => this.emit('lost', { device, folder }),
      nowhere: (device, { folder, places }) => this.emit('nowhere', { device, folder, places }),
      greeted: (peer) => this.#greeted(peer),
      peer: (device) => this.#peers.get(device),
    })
    await this.#greeter.start()
    host.addEventListener('connection:open', ({ detail }) => this.#connected(detail))
    host.addEventListener('peer:discovery', ({ detail }) => this.#discovered(detail))
    for (const connection of host.getConnections()) this.#connected(connection)
    this.#reconnector.refresh()
    this.#secrets.review()
    await this.pairing.start()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#secrets.stop()
    this.providers.stop()
    this.#reconnector.stop()
    for (const peer of [...this.#peers.values()]) peer.close('this device stops')
    this.#sockets?.close()
    await this.pairing.stop()
    await this.#host?.stop()
  }

  /** The connected devices. */
  peers(): ConnectedPeer[] {
    return [...this.#peers.values()]
  }

  peer(device: DeviceId): Peer | undefined {
    return this.#peers.get(device)
  }

  /** Sends a layout to a connected device. */
  sendLayout(device: DeviceId, layout: Uint8Array): void {
    this.#peers.get(device)?.sendLayout(layout)
  }

  /** Bytes over the links of a connected device, bulk included. */
  trafficOf(device: DeviceId): Traffic | undefined {
    return this.#peers.get(device)?.traffic
  }

  /** The multiaddrs that this device can be reached at, its id included. */
  addresses(): string[] {
    return this.#host?.getMultiaddrs().map(String) ?? []
  }

  /** All devices of the group, this one first. */
  devices(): DeviceStatus[] {
    const devices = this.group.state.devices.map(({ device, name, role }): DeviceStatus => {
      const peer = this.#peers.get(device)
      const known = this.#known.of(device)
      const own = device === this.group.device
      const connected = own || peer !== undefined
      const lastSeen = (connected ? this.#parts.clock.now() : known?.lastSeen) ?? null
      const address = peer?.address ?? known?.addresses[0] ?? null
      return { device, name, role, own, connected, address, lastSeen, rttMs: peer?.rttMs ?? null }
    })
    return devices.sort((a, b) => Number(b.own) - Number(a.own))
  }

  /** Connects to a device of the group at an address typed in; the address must end in `/p2p/<device>`. */
  async dial(address: string): Promise<void> {
    const parts = multiaddr(address).getComponents()
    const device = parse(parts.findLast(({ name }) => name === 'p2p')?.value, address)
    if (!this.#others().includes(device))
      throw new HoldfastError('denied', `${device} is not in the group`, { hint: 'pair it first' })
    const bare = addressOf(address, device)
    if (bare !== null) await this.#dialer?.dial(device, [bare])
  }

  /** Tells the network where a device is; for pairing, which knows before any connection. */
  async learn(device: DeviceId, addresses: readonly string[]): Promise<void> {
    await this.#known.seen(device, addresses)
    this.#reconnector.seen(device, this.#known.of(device)?.addresses ?? [])
  }

  /** Leaves the group: the connected devices hear of it, the others when they meet those. Files and folders stay here. */
  async leave(counted?: ReadonlyMap<FolderId, Counted>): Promise<void> {
    if (this.group.alone) throw new HoldfastError('usage', 'this device is alone in its group: there is nothing to leave')
    await this.group.removeDevice(this.group.device, counted)
    // The event of the removal has queued this already; the same queue tells when it is done.
    await this.group.settled()
  }

  #others(): DeviceId[] {
    return this.group.state.devices.map(({ device }) => device).filter((device) => device !== this.group.device)
  }

  /** Where a device that is connected says that it listens, as far as that leads there from another machine, too. */
  #said(device: DeviceId): string[] | undefined {
    const peer = this.#peers.get(device)
    const said = peer?.announced.filter((address) => addressOf(address, device) !== null) ?? []
    const far = said.filter((address) => !isLoopback(address))
    return said.length === 0 ? undefined : far.length === 0 ? said : far
  }

  /** Where no socket can be opened, chunks go over libp2p: slower, but no reason to stop. */
  async #listenForBulk(sockets: BulkSockets): Promise<void> {
    // `::` takes IPv4, too; a machine without IPv6 has none.
    for (const host of this.#options.lan ? ['::', '0.0.0.0'] : ['127.0.0.1']) {
      try {
        return await sockets.listen(host)
      } catch (error) {
        this.#parts.logger.info({ host, reason: messageOf(error) }, 'no port for bulk connections could be opened')
      }
    }
  }

  /** The device with the smaller id decides which connection of a pair is used. */
  #connected(connection: Connection): void {
    const device = connection.remotePeer.toString() as DeviceId
    if (!this.#hearing.admits(connection) || this.group.device > device) return
    let queue = this.#greetings.get(device)
    if (queue === undefined) {
      queue = new Queue()
      this.#greetings.set(device, queue)
    }
    queue
      .run(async () => {
        const current = this.#peers.get(device)
        if (current !== undefined && (await current.probe(PROBE_MS)) && !current.closed.aborted) await connection.close()
        else await this.#greeter?.greet(connection)
      })
      .catch((error: unknown) => this.#parts.logger.info({ device, reason: messageOf(error) }, 'a device was not greeted'))
  }

  #greeted(peer: ConnectedPeer): void {
    const { device } = peer
    this.#peers.get(device)?.close('replaced by a new connection')
    if (this.#stopped || peer.closed.aborted) {
      peer.close('this device stops')
      return
    }
    this.#peers.set(device, peer)
    this.#reconnector.connected(device)
    peer.closed.addEventListener('abort', () => this.#disconnected(peer))
    this.#parts.logger.info({ device, address: peer.address }, 'a device connected')
    void this.#known.seen(device, peer.leadThere, isLoopback(peer.address))
    this.#secrets.review()
    this.providers.connected()
    this.emit('connected', peer)
  }

  #disconnected(peer: ConnectedPeer): void {
    const { device } = peer
    if (this.#peers.get(device) !== peer) return
    this.#peers.delete(device)
    this.#parts.logger.info({ device, reason: messageOf(peer.closed.reason) }, 'a device disconnected')
    this.emit('disconnected', peer)
    if (this.#stopped) return
    void this.#known.seen(device, [])
    this.#reconnector.disconnected(device)
  }

  #discovered({ id, multiaddrs }: PeerInfo): void {
    const device = id.toString() as DeviceId
    if (!this.#others().includes(device)) return
    const addresses = multiaddrs.map(String)
    this.emit('discovered', { device, addresses })
    this.#reconnector.seen(device, addresses)
  }

  #groupChanged(): void {
    const members = new Set(this.group.state.devices.map(({ device }) => device))
    for (const peer of this.#peers.values()) {
      if (!members.has(peer.device)) peer.dismiss()
      else peer.push().catch((error: unknown) => peer.close(messageOf(error)))
    }
    if (this.#host === null || this.#stopped) return
    for (const connection of this.#host.getConnections()) this.#hearing.bound(connection)
    this.#reconnector.refresh()
    this.#secrets.review()
  }

  /** This device left, or another one put it out: it goes on alone, with its folders. */
  #removed(): void {
    this.#parts.logger.warn({ group: this.group.state.id }, 'this device is no longer in its group, and goes on alone')
    for (const peer of this.#peers.values()) peer.dismiss()
    this.group.goAlone().catch((error: unknown) => this.#parts.logger.error({ error }, 'no new group could be founded'))
  }
}

function parse(device: string | undefined, address: string): DeviceId {
  if (device === undefined) throw new HoldfastError('usage', `${address} does not end in /p2p/<device>`)
  return parseDeviceId(device)
}
