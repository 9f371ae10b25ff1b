import { Events, HoldfastError, sleep, type Clock, type Logger, type Random, type Service, type Timer } from '#base'
import type { DeviceId, GroupId } from '#model'
import type { Conversation } from './conversation.ts'
import type { DeviceRole } from './group.ts'
import type { Identity } from './identity.ts'
import { Invites } from './invites.ts'
import { NearbyDevices, type NearbyDevice } from './nearby-devices.ts'
import { NearbyPairing, type PairingEnd, type PairingSession } from './nearby-pairing.ts'
import type { Group } from './own-group.ts'
import { PairingDoor } from './pairing-door.ts'
import type { PairingMessage } from './pairing-messages.ts'

const WINDOW_MS = 10 * 60_000
/** How long devices on the network have to answer the first look around. */
const LOOK_MS = 1_500
/** How often it is looked who is there while the window is open. */
const LOOK_AGAIN_MS = 1_000
const NAME_MS = 3_000
/** Conversations in which the other side has not proved or revealed anything yet. */
const MAX_UNPROVEN = 8

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
  /** A session is over. */
  ended: PairingEnd
  /** Who is nearby: when it has changed while the window is open, and each time that the window opens. */
  nearby: readonly NearbyDevice[]
}

/** The two ways into a group: invite codes, and six digits with a device nearby. Talks to strangers only while its door is open. */
export class Pairing extends Events<PairingEvents> implements Service {
  readonly #parts: PairingParts
  readonly #door: PairingDoor
  readonly #invites: Invites
  readonly #nearby: NearbyPairing
  readonly #devices: NearbyDevices
  /** Conversations with strangers that have proved nothing yet, the oldest first. */
  readonly #unproven = new Set<Conversation>()
  #window: Timer | null = null
  #looking: Timer | null = null
  /** What `nearby` said last, as JSON. */
  #told = ''
  #running = false

  constructor(parts: PairingParts, options: { lan: boolean; listen: readonly string[] }) {
    super()
    this.#parts = parts
    this.#door = new PairingDoor(
      {
        ...parts,
        asked: (conversation, first) => this.#asked(conversation, first),
        seen: (device, addresses) => this.#devices.saw(device, addresses),
      },
      options,
    )
    this.#invites = new Invites({ ...parts, door: this.#door })
    this.#nearby = new NearbyPairing({
      ...parts,
      changed: () => this.#sessionsChanged(),
      ended: (end) => this.emit('ended', end),
    })
    const { group } = parts
    this.#devices = new NearbyDevices({
      clock: parts.clock,
      isOurs: (device) => device === group.device || group.state.devices.some((member) => member.device === device),
      askName: (device, addresses) => this.#askName(device, addresses),
    })
    group.on('changed', () => void this.#review())
  }

  /** Needs a loaded group. */
  async start(): Promise<void> {
    this.#running = true
    await this.#review()
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#window?.cancel()
    this.#looking?.cancel()
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

  /** Opens the door for a while: the pairing page, or its commands, are in use. Who is nearby is told by `nearby` meanwhile. */
  async openWindow(ms: number = WINDOW_MS): Promise<void> {
    this.#window?.cancel()
    this.#window = this.#parts.clock.after(ms, () => this.#closeWindow(), { idle: true })
    await this.#door.hold('window')
    this.#told = ''
    this.#look()
  }

  /** Who could be paired with: looks around, and opens the window here too. */
  async nearby(): Promise<NearbyDevice[]> {
    const wasOpen = this.#door.isOpen
    await this.openWindow()
    if (!wasOpen || this.#devices.size === 0) await sleep(this.#parts.clock, LOOK_MS)
    await this.#devices.look()
    return this.list()
  }

  /** The devices last seen nearby and those that a pairing is under way with; looks at nothing. */
  list(): NearbyDevice[] {
    return this.#devices.list(this.sessions())
  }

  sessions(): PairingSession[] {
    return this.#nearby.sessions()
  }

  /** Asks a device nearby to pair. Resolves with the digits that both now show; both sides then `accept`. */
  async pair(device: DeviceId): Promise<PairingSession> {
    await this.openWindow()
    if (this.#devices.addresses(device) === null) await this.nearby()
    const addresses = this.#devices.addresses(device)
    if (addresses === null) {
      throw new HoldfastError('not-found', `${device} is not nearby, or its pairing is not open`, {
        reason: 'not-nearby',
        values: { device },
        hint: 'open the pairing page there, or run `holdfast nearby` there',
      })
    }
    const conversation = await this.#door.visit(device, addresses)
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

  /** Ends a pairing; the other side is told whether it is not wanted, or the digits are not the same on both screens. */
  refuse(device: DeviceId, why: 'refused' | 'differ' = 'refused'): Promise<void> {
    return this.#nearby.refuse(device, why)
  }

  /** Takes in where a device with an open door is; as mDNS does, for a network that carries none. */
  introduce(device: DeviceId, addresses: readonly string[]): void {
    this.#devices.saw(device, addresses)
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

  async #askName(device: DeviceId, addresses: readonly string[]): Promise<string> {
    const conversation = await this.#door.visit(device, addresses)
    try {
      await conversation.send({ kind: 'who' })
      return (await conversation.expect('this', NAME_MS)).name
    } finally {
      conversation.close()
    }
  }

  #closeWindow(): void {
    this.#window = null
    this.#looking?.cancel()
    void this.#door.release('window')
  }

  /** Again and again while the window is open. One that does not answer keeps nobody waiting. */
  #look(): void {
    this.#looking?.cancel()
    if (this.#window === null || !this.#running) return
    void this.#devices.look(() => this.#tellNearby())
    this.#tellNearby()
    this.#looking = this.#parts.clock.after(LOOK_AGAIN_MS, () => this.#look(), { idle: true })
  }

  #tellNearby(): void {
    const list = this.list()
    const said = JSON.stringify(list)
    if (said === this.#told) return
    this.#told = said
    this.emit('nearby', list)
  }

  #sessionsChanged(): void {
    const sessions = this.sessions()
    if (sessions.length > 0) void this.#door.hold('session')
    else void this.#door.release('session')
    this.emit('changed', sessions)
    this.#tellNearby()
  }

  /** A device alone in its group can be paired at any time; that is how a new one gets in. */
  async #review(): Promise<void> {
    if (!this.#running) return
    this.#tellNearby()
    if (this.#parts.group.alone) await this.#door.hold('alone')
    else await this.#door.release('alone')
  }
}
