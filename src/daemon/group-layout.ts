import type { KeyObject } from 'node:crypto'
import { Events, HoldfastError, messageOf, Queue, type Clock, type Logger, type Timer } from '#base'
import type { DeviceStore } from '#db'
import type { DeviceId } from '#model'
import type { Group } from '#peers'
import {
  decodeLayout,
  isLayoutFor,
  isLayoutOf,
  LayoutChain,
  makeLayout,
  nextDevices,
  type Layout,
  type PlacedDevice,
} from '#replication'
import { replaceableIn } from './folder-layout.ts'
import { keptText, readKept, type KeptLayouts } from './kept-layouts.ts'
import { LayoutInbox } from './layout-inbox.ts'
import { Sightings } from './sightings.ts'

/** The setting that the layouts are kept in. */
const KEY = 'layout'
/** How long a member waits before it makes the next layout, and how much longer for each connected member with a smaller id. */
const WAIT_MS = 2_000
const WAIT_EACH_MS = 10_000

export interface GroupLayoutEvents {
  /** Another layout counts, or none. */
  changed: Layout | null
}

export interface GroupLayoutParts {
  group: Pick<Group, 'device' | 'state' | 'on'>
  /** The private key of this device. */
  key: KeyObject
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  clock: Clock
  logger: Logger
  /** The devices of the group that are connected. */
  connected(): readonly DeviceId[]
  /** Sends a layout to a connected device. */
  send(device: DeviceId, layout: Uint8Array): void
  /** Hears of a device that sent what is no layout of the group, and why it is none. */
  misbehaved(device: DeviceId, message: string): void
}

/**
 * The layout of the group, over the devices that pledge something, and who else is away: makes the next one where devices, pledges or replicas have changed, or
 * somebody has been gone for long or is back; tells connected devices, and takes theirs where it can be proven.
 */
export class GroupLayout extends Events<GroupLayoutEvents> {
  readonly #parts: GroupLayoutParts
  readonly #chain = new LayoutChain()
  readonly #inboxes = new Map<DeviceId, LayoutInbox>()
  readonly #saving = new Queue()
  readonly #sightings: Sightings
  #announced: Layout | null = null
  #making: Timer | null = null
  #wantedSince: number | null = null
  #failure: string | null = null
  #off: () => void = () => undefined

  constructor(parts: GroupLayoutParts) {
    super()
    this.#parts = parts
    this.#sightings = new Sightings({ ...parts, leaveAfter: () => this.#leaveAfterMs, looked: () => this.#review() })
  }

  /** The layout that counts; null where nobody in the group pledges anything, and nobody has been away. */
  get current(): Layout | null {
    const { current } = this.#chain
    return current !== null && isLayoutFor(current, this.#pledges()) ? current : null
  }

  /** To be called when the group is loaded, and before any device connects. */
  async start(): Promise<void> {
    await this.#sightings.start(await this.#load())
    this.#off = this.#parts.group.on('changed', () => this.#groupChanged())
    this.#groupChanged()
  }

  /** Makes the next layout now, where one is to be made. */
  hurry(): void {
    if (this.#wantedSince !== null) this.#make()
  }

  async stop(): Promise<void> {
    this.#off()
    this.#making?.cancel()
    for (const inbox of this.#inboxes.values()) inbox.clear()
    await Promise.all([this.#sightings.stop(), this.#saving.run(() => Promise.resolve())])
  }

  connected(device: DeviceId): void {
    this.#inbox(device).clear()
    this.#sightings.see(device)
    if (this.#parts.connected().length <= 1) this.#sightings.settle()
    this.#tell(device)
    this.#review()
  }

  disconnected(device: DeviceId): void {
    this.#inboxes.get(device)?.clear()
    this.#sightings.see(device)
    this.#review()
  }

  /** A connected device sent this as a layout. */
  received(device: DeviceId, bytes: Uint8Array): void {
    const inbox = this.#inbox(device)
    const known = this.#chain.knows(bytes)
    if (known === undefined) return inbox.put(bytes)
    inbox.before = known
    inbox.noteHas(known)
  }

  #take(device: DeviceId, bytes: Uint8Array): void {
    const inbox = this.#inbox(device)
    const last = this.#chain.current
    try {
      const layout = decodeLayout(bytes)
      const { before } = inbox
      inbox.before = layout
      inbox.noteHas(layout)
      if (this.#chain.offer(layout, before, this.#rules())) this.#adopted(last)
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'corrupt')
        this.#parts.misbehaved(device, `${messageOf(error)}; it is not used`)
      else this.#parts.logger.info({ device, reason: messageOf(error) }, 'a layout that a device sent is not used')
    }
  }

  /** `last`: the one that counted before. */
  #adopted(last: Layout | null): void {
    const { logger, connected } = this.#parts
    const { counter, author, devices } = this.#chain.current!
    const away = awayIn(this.#chain.current)
    const known = new Set(last?.devices.map(({ device }) => device))
    const here = devices.flatMap((each) => (each.away ? [] : [each.device]))
    // One that was away and is not in it any more was left out by an older version, which knows of pledges only.
    for (const device of awayIn(last).filter((each) => !away.includes(each))) this.#sightings.told(device)
    this.#sightings.see(...here.filter((device) => !known.has(device)), ...connected())
    logger.info({ counter, author, devices: devices.length, away: away.length }, 'the group has another layout')
    this.#keep()
    for (const device of connected()) this.#tell(device)
    this.#announce()
    this.#review()
  }

  /** The one before first: who lacks it could not prove the other. */
  #tell(device: DeviceId): void {
    const inbox = this.#inbox(device)
    for (const layout of [this.#chain.previous, this.#chain.current])
      if (layout !== null && inbox.noteHas(layout)) this.#parts.send(device, layout.bytes)
  }

  #groupChanged(): void {
    const { group } = this.#parts
    this.#sightings.follow(group.state.devices.map(({ device }) => device).filter((device) => device !== group.device))
    const { current } = this.#chain
    if (current !== null && this.#chain.review(this.#rules())) {
      if (this.#chain.current === null) this.#save(null)
      else this.#keep()
    }
    this.#announce()
    this.#review()
  }

  #announce(): void {
    const { current } = this
    if (current === this.#announced) return
    this.#announced = current
    this.emit('changed', current)
  }

  /** Plans the next layout where the current one is not what it should be, and gives that up where it is. */
  #review(): void {
    const { group, clock, connected } = this.#parts
    this.#making?.cancel()
    const members = group.state.devices.filter(({ role }) => role === 'member').map(({ device }) => device)
    if (!members.includes(group.device) || this.#wanted() === null) {
      this.#wantedSince = null
      return
    }
    const rank = members.filter((device) => device < group.device && connected().includes(device)).length
    const due = (this.#wantedSince ??= clock.monotonic()) + WAIT_MS + rank * WAIT_EACH_MS
    this.#making = clock.after(Math.max(0, due - clock.monotonic()), () => this.#make(), { idle: true })
  }

  #make(): void {
    this.#wantedSince = null
    const { group, key, logger } = this.#parts
    const devices = this.#wanted()
    if (devices === null) return
    const { id, replicas, ringSize } = group.state
    const last = this.#chain.current
    try {
      this.#chain.put(makeLayout({ group: id, author: group.device, replicas, partitions: ringSize, devices, last }, key), last)
    } catch (error) {
      // It would be said every minute.
      if (messageOf(error) !== this.#failure) logger.warn({ error }, 'the next layout of the group could not be made')
      this.#failure = messageOf(error)
      return
    }
    this.#failure = null
    this.#adopted(last)
  }

  /** The devices of the next layout; null where there is nothing to change. */
  #wanted(): Required<PlacedDevice>[] | null {
    const { group, connected } = this.#parts
    const { current } = this.#chain
    const there = new Set([group.device, ...connected()])
    const devices = nextDevices({
      pledges: this.#pledges(),
      replicas: group.state.replicas,
      current,
      isConnected: (device) => there.has(device),
      absence: (device) => this.#sightings.absence(device),
      leaveAfter: this.#leaveAfter(there.size - 1),
      isReplaceable: (device) => replaceableIn(group.state).has(device),
    })
    if (devices.length === 0 || (current !== null && isLayoutOf(current, devices, group.state.replicas))) return null
    return devices
  }

  /** `others`: how many are connected. A member that sees none of several others may be the one that is gone. */
  #leaveAfter(others: number): number {
    const isAlone = others === 0 && this.#parts.group.state.devices.length > 2
    return isAlone || this.#sightings.isSettling ? Infinity : this.#leaveAfterMs
  }

  get #leaveAfterMs(): number {
    return this.#parts.group.state.leaveAfter * 1000 || Infinity
  }

  #pledges(): { device: DeviceId; bytes: number }[] {
    const { state } = this.#parts.group
    return state.devices.map(({ device }) => ({ device, bytes: state.isLeaving(device) ? 0 : state.pledge(device) }))
  }

  #rules(): Parameters<LayoutChain['review']>[0] {
    const { state } = this.#parts.group
    return { group: state.id, partitions: state.ringSize, wasMember: (device) => state.wasMember(device) }
  }

  #inbox(device: DeviceId): LayoutInbox {
    let inbox = this.#inboxes.get(device)
    if (inbox === undefined) {
      inbox = new LayoutInbox(this.#parts.clock, (bytes) => this.#take(device, bytes))
      this.#inboxes.set(device, inbox)
    }
    return inbox
  }

  /** See `KeptLayouts.seen`. */
  async #load(): Promise<KeptLayouts['seen']> {
    const text = await this.#parts.store.setting(KEY)
    if (text === null) return undefined
    try {
      const { current, previous, seen } = readKept(text)
      this.#chain.put(current, previous)
      return seen
    } catch (error) {
      this.#parts.logger.warn(
        { error },
        'the layout of the group cannot be read; the other devices have it, or a new one is made',
      )
      return undefined
    }
  }

  #keep(): void {
    const { current, previous } = this.#chain
    if (current !== null) this.#save(keptText({ current, previous }))
  }

  #save(kept: string | null): void {
    const { store, logger } = this.#parts
    this.#saving
      .run(() => store.putSetting(KEY, kept))
      .catch((error: unknown) => logger.warn({ error }, 'the layout of the group could not be kept'))
  }
}

function awayIn(layout: Layout | null): DeviceId[] {
  return (layout?.devices ?? []).flatMap(({ device, away }) => (away ? [device] : []))
}
