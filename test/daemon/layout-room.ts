import { silentLogger, type Logger } from '#base'
import type { DeviceId } from '#model'
import { createIdentity, type DeviceRole } from '#peers'
import type { Layout } from '#replication'
import { GroupLayout } from '../../src/daemon/group-layout.ts'
import { HandClock } from '../base/hand-clock.ts'
import { join, meet, member, type Member } from '../peers/members.ts'

export interface Place extends Member {
  layout: GroupLayout
  /** What it was told that others did wrong. */
  wrongs: [DeviceId, string][]
  device: DeviceId
  changes: (Layout | null)[]
}

/** Devices of one group with real logs, on one clock that is moved by hand, and links that are there at once. */
export class LayoutRoom {
  readonly clock = new HandClock()
  readonly places: Place[] = []
  readonly #links = new Set<string>()
  #messages: { from: Place; to: DeviceId; bytes: Uint8Array }[] = []
  sent = 0

  constructor() {
    this.clock.skew = Date.parse('2026-05-01')
  }

  /** Devices by their ids, none connected; all but the first members of its group with the role. */
  async open(count: number, roles: readonly DeviceRole[] = []): Promise<Place[]> {
    const identities = Array.from({ length: count }, createIdentity).sort((a, b) => (a.device < b.device ? -1 : 1))
    for (const [at, identity] of identities.entries()) {
      const one = await member(`d${at}`, this.clock, identity)
      if (at > 0) await join(this.places[0]!, one, roles[at])
      await this.place(one)
    }
    await meet(...this.places)
    return [...this.places]
  }

  async place(one: Member, logger: Logger = silentLogger): Promise<Place> {
    const wrongs: Place['wrongs'] = []
    const { identity, group, store } = one
    const layout = new GroupLayout({
      group,
      key: identity.key,
      store,
      clock: this.clock,
      logger,
      connected: () => this.#connectedTo(identity.device),
      send: (to, bytes) => void this.#messages.push({ from: place, to, bytes }),
      misbehaved: (device, message) => void wrongs.push([device, message]),
    })
    const changes: Place['changes'] = []
    const place: Place = { ...one, layout, wrongs, device: identity.device, changes }
    layout.on('changed', (current) => changes.push(current))
    this.places.push(place)
    await layout.start()
    return place
  }

  /** The same device after it was stopped, connected to nobody. */
  async restart(one: Place): Promise<Place> {
    this.part(one)
    await one.layout.stop()
    this.places.splice(this.places.indexOf(one), 1)
    return this.place(one)
  }

  meet(...places: readonly Place[]): void {
    for (const [at, one] of places.entries()) for (const other of places.slice(at + 1)) this.#link(one, other)
    this.#deliver()
  }

  /** One loses its links to the others, or to all. */
  part(one: Place, ...others: readonly Place[]): void {
    for (const other of others.length === 0 ? this.places : others) {
      if (!this.#links.delete(linkOf(one.device, other.device))) continue
      one.layout.disconnected(other.device)
      other.layout.disconnected(one.device)
    }
  }

  /** Says it in the log, which all hear that are given. */
  async pledge(one: Place, bytes: number, ...hearing: readonly Place[]): Promise<void> {
    await one.group.say({ kind: 'device.pledge', bytes })
    await meet(one, ...(hearing.length === 0 ? this.places : hearing))
  }

  /** Gives a device what claims to be a layout. */
  give(from: Place, to: Place, bytes: Uint8Array): void {
    to.layout.received(from.device, bytes)
    this.#deliver()
  }

  pass(ms: number): void {
    const step = ms > 600_000 ? 60_000 : 500
    for (let left = ms; left > 0; left -= step) {
      this.clock.pass(Math.min(step, left))
      this.#deliver()
    }
  }

  #link(one: Place, other: Place): void {
    const link = linkOf(one.device, other.device)
    if (this.#links.has(link)) return
    this.#links.add(link)
    one.layout.connected(other.device)
    other.layout.connected(one.device)
  }

  #connectedTo(device: DeviceId): DeviceId[] {
    return this.places.map((place) => place.device).filter((other) => this.#links.has(linkOf(device, other)))
  }

  #deliver(): void {
    for (let next = this.#messages.shift(); next !== undefined; next = this.#messages.shift()) {
      const { from, to, bytes } = next
      this.sent++
      if (this.#links.has(linkOf(from.device, to)))
        this.places.find(({ device }) => device === to)?.layout.received(from.device, bytes)
    }
  }
}

function linkOf(a: DeviceId, b: DeviceId): string {
  return [a, b].sort().join(' ')
}

/** What a place shows of its layout, for comparing. */
export function shown({ layout: { current } }: Place): unknown {
  return current === null ? null : [current.counter, current.author, Buffer.from(current.hash).toString('hex')]
}

export function capacities({ layout: { current } }: Place): unknown[] | undefined {
  return current?.devices.map(({ device, capacity, away }) => [device, capacity, away])
}
