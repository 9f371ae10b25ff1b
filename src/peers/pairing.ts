import { Events, HoldfastError, sleep, type Clock, type Logger, type Random, type Service, type Timer } from '#base'
import type { DeviceId, GroupId } from '#model'
import { distinct } from './addresses.ts'
import type { Conversation } from './conversation.ts'
import type { DeviceRole } from './group.ts'
import type { Identity } from './identity.ts'
import { Invites } from './invites.ts'
import { NearbyPairing, type PairingSession } from './nearby-pairing.ts'
import type { Group } from './own-group.ts'
import { PairingDoor } from './pairing-door.ts'
import type { PairingMessage } from './pairing-messages.ts'

const WINDOW_MS = 10 * 60_000
/** How long devices on the network have to answer the first look around. */
const LOOK_MS = 1_500
const NAME_MS = 3_000
/** A device not seen for this long is no longer nearby. */
const FRESH_MS = 60_000

/** Devices seen nearby that are remembered, and addresses of each. */
const MAX_SEEN = 64
const MAX_ADDRESSES = 16
/** Conversations in which the other side has not proved or revealed anything yet. */
const MAX_UNPROVEN = 8

/** A device on the local network whose pairing is open. */
export interface NearbyDevice {
  device: DeviceId
  name: string
  /** Multiaddr. */
  address: string
  /** The six digits while a pairing with it is under way, else null. */
  digits: string | null
}

export interface PairingParts {
  identity: Identity
  group: Group
  clock: Clock
  random: Random
  logger: Logger
  addresses(): string[]
  learn(device: DeviceId, addresses: readonly string[]): Promise<void>
}

export interface PairingEvents {
  /** A session began, was accepted on one side, or ended: `sessions()` has changed. */
  changed: readonly PairingSession[]
}

interface Seen {
  addresses: string[]
  time: number
  name: string | null
}

/** The two ways into a group: invite codes, and six digits with a device nearby. Talks to strangers only while its door is open. */
export class Pairing extends Events<PairingEvents> implements Service {
  readonly #parts: PairingParts
  readonly #door: PairingDoor
  readonly #invites: Invites
  readonly #nearby: NearbyPairing
  readonly #seen = new Map<DeviceId, Seen>()
  /** Conversations with strangers that have proved nothing yet, the oldest first. */
  readonly #unproven = new Set<Conversation>()
  #window: Timer | null = null
  #running = false

  constructor(parts: PairingParts, options: { lan: boolean; listen: readonly string[] }) {
    super()
    this.#parts = parts
    this.#door = new PairingDoor(
      {
        ...parts,
        asked: (conversation, first) => this.#asked(conversation, first),
        seen: (device, addresses) => this.#saw(device, addresses),
      },
      options,
    )
    this.#invites = new Invites({ ...parts, door: this.#door })
    this.#nearby = new NearbyPairing({ ...parts, changed: () => this.#sessionsChanged() })
    parts.group.on('changed', () => void this.#review())
  }

  /** Needs a loaded group. */
  async start(): Promise<void> {
    this.#running = true
    await this.#review()
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#window?.cancel()
    this.#invites.stop()
    await this.#door.close()
  }

  /** May strangers ask to pair now? */
  get isOpen(): boolean {
    return this.#door.isOpen
  }

  /** A code that lets one device in (default: a member, within 15 minutes). `expires` in ms. */
  createInvite(options: { role?: DeviceRole; expiresMs?: number } = {}): Promise<{ code: string; expires: number }> {
    return this.#invites.create(options)
  }

  /** Joins the group of the device that made the code; resolves when this device is in it. */
  async join(code: string): Promise<{ group: GroupId; device: DeviceId }> {
    await this.#invites.join(code)
    const { group } = this.#parts
    return { group: group.state.id, device: group.device }
  }

  /** Opens the door for a while: the pairing page, or its commands, are in use. */
  async openWindow(ms: number = WINDOW_MS): Promise<void> {
    this.#window?.cancel()
    this.#window = this.#parts.clock.after(ms, () => void this.#door.release('window'), { idle: true })
    await this.#door.hold('window')
  }

  /** Who could be paired with: looks around, and opens the window here too. */
  async nearby(): Promise<NearbyDevice[]> {
    const wasOpen = this.#door.isOpen
    await this.openWindow()
    if (!wasOpen || this.#seen.size === 0) await sleep(this.#parts.clock, LOOK_MS)
    const now = this.#parts.clock.monotonic()
    const members = new Set(this.#parts.group.state.devices.map(({ device }) => device))
    for (const [device, { time }] of this.#seen) if (now - time > FRESH_MS || members.has(device)) this.#seen.delete(device)
    await Promise.all([...this.#seen].map(([device, seen]) => this.#askName(device, seen)))
    return this.list()
  }

  /** The devices last seen nearby and those that a pairing is under way with; looks at nothing. */
  list(): NearbyDevice[] {
    const sessions = new Map(this.sessions().map((session) => [session.device, session]))
    const seen = [...this.#seen].filter(([device, { name }]) => name !== null || sessions.has(device)).map(([device]) => device)
    return [...new Set([...sessions.keys(), ...seen])].map((device) => {
      const session = sessions.get(device)
      const { name, addresses } = this.#seen.get(device) ?? { name: null, addresses: [] }
      return { device, name: session?.name ?? name ?? '', address: addresses[0] ?? '', digits: session?.digits ?? null }
    })
  }

  sessions(): PairingSession[] {
    return this.#nearby.sessions()
  }

  /** Asks a device nearby to pair. Resolves with the digits that both now show; both sides then `accept`. */
  async pair(device: DeviceId): Promise<PairingSession> {
    await this.openWindow()
    if (!this.#seen.has(device)) await this.nearby()
    const seen = this.#seen.get(device)
    if (seen === undefined) {
      throw new HoldfastError('not-found', `${device} is not nearby, or its pairing is not open`, {
        hint: 'open the pairing page there, or run `holdfast nearby` there',
      })
    }
    const conversation = await this.#door.visit(device, seen.addresses)
    try {
      return await this.#nearby.ask(conversation)
    } catch (error) {
      conversation.close()
      throw error
    }
  }

  /** Says that both screens show these digits; resolves when both devices are in one group. */
  accept(device: DeviceId, digits: string): Promise<void> {
    return this.#nearby.accept(device, digits)
  }

  refuse(device: DeviceId): Promise<void> {
    return this.#nearby.refuse(device)
  }

  /** Takes in where a device with an open door is; as mDNS does, for a network that carries none. */
  introduce(device: DeviceId, addresses: readonly string[]): void {
    this.#saw(device, addresses)
  }

  /** Where this device's door is, for `introduce`. */
  doorAddresses(): string[] {
    return this.#door.addresses()
  }

  async #asked(conversation: Conversation, first: PairingMessage): Promise<void> {
    if (first.kind === 'who') return conversation.send({ kind: 'this', name: this.#parts.group.name })
    if (first.kind !== 'invite-ask' && first.kind !== 'pair-ask')
      throw new HoldfastError('corrupt', 'a pairing that does not begin with its beginning')
    // Places are few, and a stranger may hold one for as long as it is waited for: the oldest gives way to one that comes.
    const [oldest] = this.#unproven
    if (this.#unproven.size >= MAX_UNPROVEN && oldest !== undefined) {
      this.#unproven.delete(oldest)
      oldest.close()
    }
    this.#unproven.add(conversation)
    const proven = (): void => void this.#unproven.delete(conversation)
    try {
      if (first.kind === 'invite-ask') await this.#invites.answer(conversation, first, proven)
      else await this.#nearby.answer(conversation, first, proven)
    } finally {
      proven()
    }
  }

  #saw(device: DeviceId, addresses: readonly string[]): void {
    // libp2p also announces whom it has just dialed, without an address.
    if (device === this.#parts.group.device || addresses.length === 0) return
    const seen = this.#seen.get(device) ?? { addresses: [], time: 0, name: null }
    // Anybody on the network can announce any number of devices: the ones seen last are kept, in their order.
    this.#seen.delete(device)
    const [stalest] = this.#seen.keys()
    if (this.#seen.size >= MAX_SEEN && stalest !== undefined) this.#seen.delete(stalest)
    // The door's port changes each time it opens: only the newest addresses are right.
    this.#seen.set(
      device,
      Object.assign(seen, { addresses: distinct(addresses).slice(0, MAX_ADDRESSES), time: this.#parts.clock.monotonic() }),
    )
  }

  async #askName(device: DeviceId, seen: Seen): Promise<void> {
    if (seen.name !== null) return
    try {
      const conversation = await this.#door.visit(device, seen.addresses)
      try {
        await conversation.send({ kind: 'who' })
        seen.name = (await conversation.expect('this', NAME_MS)).name
      } finally {
        conversation.close()
      }
    } catch {
      // Its door has closed meanwhile, or it cannot be reached: not nearby.
    }
  }

  #sessionsChanged(): void {
    const sessions = this.sessions()
    if (sessions.length > 0) void this.#door.hold('session')
    else void this.#door.release('session')
    this.emit('changed', sessions)
  }

  /** A device alone in its group can be paired at any time; that is how a new one gets in. */
  async #review(): Promise<void> {
    if (!this.#running) return
    if (this.#parts.group.alone) await this.#door.hold('alone')
    else await this.#door.release('alone')
  }
}
