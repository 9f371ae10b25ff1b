import { HoldfastError, type Timer } from '#base'
import type { DeviceId } from '#model'
import type { Link, Peer } from '#peers'
import type { Dice } from './dice.ts'
import { SimLink, type Wire } from './sim-link.ts'
import type { World } from './world.ts'

/** A device that takes part, from its start to its end or crash. */
export interface Seat {
  readonly device: DeviceId
  onPeer(peer: SimPeer): void
}

/** Connects devices with each other: every pair, as far as both run and nothing is cut between them. */
export class SimNetwork {
  readonly #world: World
  readonly #dice: Dice
  readonly #seats = new Map<DeviceId, Seat>()
  readonly #cuts = new Set<string>()
  readonly #connections = new Map<string, Connection>()
  readonly #dialling = new Map<string, Timer>()
  /** Messages and bytes delivered, by the kind of link. */
  readonly delivered = { index: 0, bulk: 0, bytes: 0 }
  /** Looks at every message that arrives. */
  tap: (name: string, from: DeviceId, to: DeviceId, bytes: Uint8Array) => void = () => undefined

  constructor(world: World, dice: Dice) {
    this.#world = world
    this.#dice = dice
  }

  join(seat: Seat): void {
    this.#seats.set(seat.device, seat)
    for (const other of this.#seats.keys()) this.#dial(seat.device, other)
  }

  /** The device is gone; `suddenly`: the others notice only after a while. */
  leave(seat: Seat, suddenly: boolean): void {
    if (this.#seats.get(seat.device) !== seat) return
    this.#seats.delete(seat.device)
    for (const connection of [...this.#connections.values()]) {
      if (connection.joins(seat.device))
        this.#end(connection, suddenly ? this.#dice.between(10, 20_000) : this.#dice.between(1, 50), seat.device)
    }
  }

  connected(a: DeviceId, b: DeviceId): boolean {
    return this.#connections.has(pairKey(a, b))
  }

  /** Nothing passes between the two from now on; `silently`: both find out only after a while. */
  cut(a: DeviceId, b: DeviceId, silently: boolean): void {
    const key = pairKey(a, b)
    this.#cuts.add(key)
    this.#dialling.get(key)?.cancel()
    this.#dialling.delete(key)
    const connection = this.#connections.get(key)
    if (connection !== undefined) this.#end(connection, silently ? this.#dice.between(1_000, 30_000) : 0, null)
  }

  heal(a: DeviceId, b: DeviceId): void {
    this.#cuts.delete(pairKey(a, b))
    this.#dial(a, b)
  }

  /** Breaks the connection, or only its bulk link; it comes back by itself. */
  drop(a: DeviceId, b: DeviceId, bulkOnly: boolean): void {
    const connection = this.#connections.get(pairKey(a, b))
    if (connection === undefined) return
    if (bulkOnly) connection.dropBulk()
    else this.#end(connection, this.#dice.between(0, 5_000), null)
  }

  #dial(a: DeviceId, b: DeviceId): void {
    const key = pairKey(a, b)
    if (a === b || this.#cuts.has(key) || this.#connections.has(key) || this.#dialling.has(key)) return
    const timer = this.#world.after(this.#dice.between(20, 3_000), () => {
      this.#dialling.delete(key)
      const [first, second] = [this.#seats.get(a), this.#seats.get(b)]
      if (first === undefined || second === undefined || this.#cuts.has(key) || this.#connections.has(key)) return
      this.#open(key, first, second)
    })
    this.#dialling.set(key, timer)
  }

  #open(key: string, first: Seat, second: Seat): void {
    this.#world.trace.note(`${time(this.#world)} connect ${short(first.device)} ${short(second.device)}`)
    const connection = new Connection(this.#world, this.#dice, first, second, (name, from, to, bytes) =>
      this.#note(name, from, to, bytes),
    )
    this.#connections.set(key, connection)
    const lost = (): void => {
      if (this.#connections.get(key) === connection) this.#end(connection, this.#dice.between(1, 50), null)
    }
    for (const peer of connection.peers) peer.closed.addEventListener('abort', lost, { once: true })
    const [atFirst, atSecond] = connection.peers
    first.onPeer(atFirst)
    this.#world.after(this.#dice.between(0, 80), () => {
      if (!atSecond.closed.aborted && this.#seats.get(second.device) === second) second.onPeer(atSecond)
    })
  }

  /** Takes a connection away; its ends learn it within `ms`, but for the one of `dead`, which learns nothing any more. */
  #end(connection: Connection, ms: number, dead: DeviceId | null): void {
    connection.frozen = true
    const [a, b] = connection.devices
    const key = pairKey(a, b)
    this.#world.trace.note(`${time(this.#world)} disconnect ${short(a)} ${short(b)}`)
    this.#connections.delete(key)
    for (const peer of connection.peers) {
      if (peer.at === dead) peer.kill()
      else this.#world.after(ms + this.#dice.between(0, 40), () => peer.disconnect('the connection was lost'))
    }
    this.#world.after(ms + 50, () => this.#dial(a, b))
  }

  #note(name: string, from: DeviceId, to: DeviceId, bytes: Uint8Array): void {
    this.delivered[name === 'bulk' ? 'bulk' : 'index']++
    this.delivered.bytes += bytes.length
    this.#world.trace.note(`${time(this.#world)} ${name} ${short(from)}>${short(to)} ${bytes.length}`)
    this.tap(name, from, to, bytes)
  }
}

/** Two devices that are connected, and the links between them. */
class Connection implements Wire {
  readonly world: World
  readonly dice: Dice
  readonly delivered: Wire['delivered']
  readonly devices: [DeviceId, DeviceId]
  readonly peers: [SimPeer, SimPeer]
  frozen = false
  #bulk: [SimLink, SimLink] | null = null
  #opening: Promise<void> | null = null

  constructor(world: World, dice: Dice, a: Seat, b: Seat, delivered: Wire['delivered']) {
    this.world = world
    this.dice = dice
    this.delivered = delivered
    this.devices = [a.device, b.device]
    const index = SimLink.pair(this, 'index', a.device, b.device)
    const group = SimLink.pair(this, 'group', a.device, b.device)
    this.peers = [
      new SimPeer(this, 0, a.device, b.device, { index: index[0], group: group[0] }),
      new SimPeer(this, 1, b.device, a.device, { index: index[1], group: group[1] }),
    ]
  }

  joins(device: DeviceId): boolean {
    return this.devices.includes(device)
  }

  async bulk(side: 0 | 1): Promise<Link> {
    if (this.#bulk === null || this.#bulk.some((link) => link.closed.aborted)) await (this.#opening ??= this.#openBulk())
    const link = this.#bulk?.[side]
    if (link === undefined || this.peers[side].closed.aborted)
      throw new HoldfastError('offline', 'the device is no longer connected')
    return link
  }

  dropBulk(): void {
    for (const link of this.#bulk ?? []) link.shut('the bulk link broke')
  }

  openBulkLink(side: 0 | 1): Link | null {
    const link = this.#bulk?.[side]
    return link === undefined || link.closed.aborted ? null : link
  }

  async #openBulk(): Promise<void> {
    await this.world.sleep(this.dice.between(2, 120))
    this.#opening = null
    if (this.frozen) {
      // A dial into nowhere ends when the loss of the connection is noticed.
      await Promise.race(this.peers.map((peer) => aborted(peer.closed)))
      return
    }
    for (const link of this.#bulk ?? []) link.shut('replaced')
    this.#bulk = SimLink.pair(this, 'bulk', ...this.devices)
    this.#bulk.forEach((link, side) => this.peers[side as 0 | 1].bulkOpened(link))
  }

  closeSide(side: 0 | 1, reason: string): void {
    this.#bulk?.[side].shut(reason)
  }
}

/** A connected device. */
export class SimPeer implements Peer {
  readonly at: DeviceId
  readonly device: DeviceId
  readonly index: SimLink
  /** For layouts. */
  readonly group: SimLink
  readonly address: string
  readonly #connection: Connection
  readonly #side: 0 | 1
  readonly #controller = new AbortController()
  readonly #listeners = new Set<(link: Link) => void>()

  constructor(
    connection: Connection,
    side: 0 | 1,
    at: DeviceId,
    device: DeviceId,
    { index, group }: Pick<SimPeer, 'index' | 'group'>,
  ) {
    this.#connection = connection
    this.#side = side
    this.at = at
    this.device = device
    this.index = index
    this.group = group
    this.address = `/memory/${device}`
    index.closed.addEventListener('abort', () => this.disconnect('the index link was closed'), { once: true })
  }

  get closed(): AbortSignal {
    return this.#controller.signal
  }

  bulk(): Promise<Link> {
    return this.#connection.bulk(this.#side)
  }

  onBulk(listener: (link: Link) => void): () => void {
    this.#listeners.add(listener)
    const open = this.#connection.openBulkLink(this.#side)
    if (open !== null) listener(open)
    return () => this.#listeners.delete(listener)
  }

  bulkOpened(link: Link): void {
    for (const listener of this.#listeners) listener(link)
  }

  disconnect(reason: string): void {
    if (this.closed.aborted) return
    this.#controller.abort(new HoldfastError('offline', reason))
    this.index.shut(reason)
    this.group.shut(reason)
    this.#connection.closeSide(this.#side, reason)
  }

  /** The device it belongs to has died: nothing is told to it. */
  kill(): void {
    this.#listeners.clear()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function pairKey(a: DeviceId, b: DeviceId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}

export function short(device: DeviceId): string {
  return device.slice(-4)
}

export function time(world: World): string {
  return world.now.toFixed(1)
}
