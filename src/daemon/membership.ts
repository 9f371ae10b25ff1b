import { calledIn } from '#api/contract'
import { shellWord, type Clock, type Logger } from '#base'
import type { Activity, DeviceStore } from '#db'
import type { DeviceId } from '#model'
import type { Departure, DeviceRole, Group, GroupState } from '#peers'
import { findDevice, isCalled } from './find-device.ts'

/** The setting that keeps it. */
const KEY = 'former-groups'
/** Names kept of devices of former groups; the newest. */
const MAX_NAMES = 1_000

/** What stays known of groups that this device is no longer in. */
interface Former {
  names: [DeviceId, string][]
  /** Another device put this one out of its last group, and it has been alone since. */
  putOut: (Pick<Departure, 'by' | 'time'> & { role?: DeviceRole }) | null
}

export interface MembershipParts {
  group: Group
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  clock: Clock
  logger: Logger
  activity(items: Activity[]): void
}

/**
 * Who comes and goes in the group, as people are told of it: notes in the activity list who came and who put out whom, and remembers, when this
 * device leaves a group, what the devices in it were called, and who put it out.
 */
export class Membership {
  readonly #parts: MembershipParts
  #former: Former = { names: [], putOut: null }
  #state: GroupState | null = null

  constructor(parts: MembershipParts) {
    this.#parts = parts
  }

  /** To be called before the group is loaded: a removal that a crash cut short is announced then. */
  async start(): Promise<void> {
    const text = await this.#parts.store.setting(KEY)
    if (text !== null) this.#former = JSON.parse(text) as Former
    this.#parts.group.on('changed', (state) => this.#changed(state))
    this.#parts.group.on('removed', (state) => this.#removed(state))
  }

  /** Who put this device out of the group that it was in, and when (ms), as long as it is in no other. */
  get putOut(): Former['putOut'] {
    return this.#parts.group.alone ? this.#former.putOut : null
  }

  /** The same as people are told it, without a full stop; null where nobody did. */
  get removal(): string | null {
    return this.putOut === null ? null : `${this.called()(this.putOut.by)} removed this device from its group`
  }

  /** It is known here by now, and is no longer to be said. */
  acceptRemoval(): void {
    this.#former.putOut = null
    this.#keep()
  }

  /** All devices that this one has ever known. */
  known(): { device: DeviceId; name: string }[] {
    return [...this.#names()].map(([device, name]) => ({ device, name }))
  }

  /**
   * What people call devices, as far as this one has ever known them: by name, with the end of the id where others have it too. To a member
   * of the group only the other members are others.
   */
  called(): (device: DeviceId) => string {
    const [members, all] = [this.#members(), calledIn(this.known())]
    const ids = new Set(members.map(({ device }) => device))
    const { called } = calledIn(members)
    return (device) => (ids.has(device) ? called(device) : all.called(device))
  }

  /** A member of the group as commands on its devices take it, quoted for a shell. */
  reference(device: DeviceId): string {
    return shellWord(calledIn(this.#members()).reference(device))
  }

  /** A device by its name, its PeerId or the end of that; a member of the group before others that have the name. Throws as `findDevice` does. */
  find(reference: string): DeviceId {
    const members = this.#members().filter(isCalled(reference))
    return findDevice(reference, members.length > 0 ? members : this.known())
  }

  #members(): readonly { device: DeviceId; name: string }[] {
    return this.#parts.group.state.devices
  }

  #names(): Map<DeviceId, string> {
    const { departures, devices } = this.#parts.group.state
    const names = new Map(this.#former.names)
    for (const { device, name } of [...departures, ...devices]) names.set(device, name)
    return names
  }

  #changed(state: GroupState): void {
    const before = this.#state
    this.#state = state
    // Of another group, or at the start, all of it is old news.
    if (before?.id === state.id) {
      const known = new Set(before.departures.map(({ device, time }) => `${device} ${time}`))
      for (const departure of state.departures)
        if (!known.has(`${departure.device} ${departure.time}`)) this.#note(departure, this.called()(departure.device))
      const { clock, activity, group } = this.#parts
      const members = new Set([group.device, ...before.devices.map(({ device }) => device)])
      const came = state.devices.filter(({ device }) => !members.has(device))
      activity(
        came.map(({ device }) => ({
          time: clock.now(),
          event: 'joined',
          folder: null,
          path: null,
          device,
          detail: 'the group',
        })),
      )
    }
    if (this.#former.putOut !== null && state.devices.length > 1) this.acceptRemoval()
  }

  #removed(state: GroupState): void {
    const { group } = this.#parts
    const role = this.#state?.devices.find(({ device }) => device === group.device)?.role ?? 'member'
    this.#state = null
    const departure = state.departures.find(({ device }) => device === group.device)
    const names = new Map(this.#former.names)
    for (const { device, name } of [...state.departures, ...state.devices]) {
      names.delete(device)
      names.set(device, name)
    }
    const isPutOut = departure !== undefined && departure.by !== group.device
    const putOut = isPutOut ? { by: departure.by, time: departure.time, role } : null
    this.#former = { names: [...names].slice(-MAX_NAMES), putOut }
    this.#keep()
    if (isPutOut) this.#note(departure, 'this device, from the group')
  }

  #note({ device, by }: Departure, whom: string): void {
    const [event, detail] = device === by ? (['left', 'the group'] as const) : (['removed', whom] as const)
    // What this device does itself is noted where it is asked for it.
    if (device === this.#parts.group.device && device === by) return
    this.#parts.activity([{ time: this.#parts.clock.now(), event, folder: null, path: null, device: by, detail }])
  }

  #keep(): void {
    this.#parts.store
      .putSetting(KEY, JSON.stringify(this.#former))
      .catch((error: unknown) => this.#parts.logger.warn({ error }, 'what is known of former groups could not be kept'))
  }
}
