import { existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { Queue, type Clock, type Logger, type Timer } from '#base'
import { mayRead, type DeviceId } from '#model'
import type { Group } from '#peers'
import type { SealedBlocks } from '#store'
import { roomOn } from './disk-reserve.ts'
import { limitNow, nextPledge, type PledgeOutlook } from './pledge-rule.ts'
import type { Settings } from './settings.ts'

/** Of the free bytes of its disk a storage device pledges so much where its user has not said how much. */
const SHARE = 0.8
/** How often it is looked whether what is said still holds, and how long after a start first, ms. */
const LOOK_MS = 60 * 60_000
const FIRST_LOOK_MS = 60_000
/** Refusals that are further apart than this, ms, are not one. */
const APART_MS = 5 * 60_000

export interface OwnPledgeParts {
  group: Group
  settings: Pick<Settings, 'values' | 'isSet' | 'set'>
  home: string
  blocks: Pick<SealedBlocks, 'sizes'>
  /** The layout that counts. */
  layout(): { devices: readonly { device: DeviceId; capacity: number }[] } | null
  clock: Clock
  logger: Logger
  /** See `roomOn`. */
  roomOn?(directory: string): number
}

/**
 * Has the group's log say what this device pledges: what its user has set, or what it can hold where that proved to be less. After a start, a change, when it
 * has come into another group, and when its disk or its pledge proves to be too small, or large enough again.
 */
export class OwnPledge {
  readonly #parts: OwnPledgeParts
  readonly #words = new Queue()
  #timer: Timer | null = null
  #isLooking = false
  /** When it said something of its own accord; monotonic ms. */
  #spoke = -Infinity
  /** Since when it refuses, and when it did last. */
  #refused: { first: number; last: number } | null = null

  constructor(parts: OwnPledgeParts) {
    this.#parts = parts
  }

  /** To be called before the group is loaded. What ends it. */
  start(): () => Promise<void> {
    const { group } = this.#parts
    const off = group.on('changed', () => {
      if (this.#isUnsaid) void this.tell().catch(this.#failed)
    })
    this.#lookIn(FIRST_LOOK_MS)
    return async () => {
      off()
      this.#timer?.cancel()
      await this.#words.run(() => Promise.resolve())
    }
  }

  /** Says what the user has set, which holds until something of it is refused. Durable when it resolves. */
  async tell(): Promise<void> {
    const { settings } = this.#parts
    // It is of no use to anybody without.
    if (this.#isStorage && !settings.isSet('pledge')) settings.set('pledge', this.#share())
    await this.#words.run(async () => {
      this.#spoke = -Infinity
      this.#refused = null
      await this.#say(settings.values.pledge)
    })
  }

  /** So many bytes it may hold for others now. */
  async limit(): Promise<number> {
    const { set } = this.#set
    return set === 0 || this.#room() >= set ? set : limitNow(await this.look())
  }

  /** Something was not taken for want of room. */
  refused(): void {
    const now = this.#parts.clock.monotonic()
    const isOne = this.#refused !== null && now - this.#refused.last < APART_MS
    this.#refused = { first: isOne ? this.#refused!.first : now, last: now }
    this.#review()
  }

  #review(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#words
      .run(() => this.#revise())
      .catch(this.#failed)
      .finally(() => (this.#isLooking = false))
  }

  async #revise(): Promise<void> {
    const { clock, logger } = this.#parts
    if (this.#set.set === 0 && this.#set.said === 0) return
    const outlook = await this.look()
    const now = clock.monotonic()
    const isRefusing = this.#refused !== null && now - this.#refused.last < APART_MS
    const refusing = isRefusing ? now - this.#refused!.first : null
    const bytes = nextPledge(outlook, { refusing, silent: now - this.#spoke })
    if (bytes === outlook.said) return
    logger.info({ ...outlook, bytes, refusing }, 'the group is told what this device can hold')
    this.#spoke = now
    this.#refused = null
    await this.#say(bytes)
  }

  async #say(bytes: number): Promise<void> {
    const { group } = this.#parts
    if (group.state.pledge(group.device) !== bytes) await group.say({ kind: 'device.pledge', bytes })
  }

  /** How what this device holds and could hold compares with what it pledges. */
  async look(): Promise<PledgeOutlook> {
    const { group, blocks, layout } = this.#parts
    const { device, state } = group
    const sizes = await blocks.sizes()
    const isOwn = (folder: (typeof sizes)[number]['folder']): boolean =>
      state.takers(folder).includes(device) && mayRead(state.role(folder, device))
    const sum = (of: typeof sizes): number => of.reduce((total, { bytes }) => total + bytes, 0)
    return {
      ...this.#set,
      placed: layout()?.devices.find((each) => each.device === device)?.capacity ?? 0,
      held: sum(sizes),
      foreign: sum(sizes.filter(({ folder }) => !isOwn(folder))),
      room: this.#room(),
    }
  }

  #lookIn(ms: number): void {
    this.#timer = this.#parts.clock.after(
      ms,
      () => {
        this.#review()
        this.#lookIn(LOOK_MS)
      },
      { idle: true },
    )
  }

  readonly #failed = (error: unknown): void =>
    this.#parts.logger.warn({ error }, 'the group could not be told what this device pledges')

  get #set(): Pick<PledgeOutlook, 'set' | 'said'> {
    const { group, settings } = this.#parts
    return { set: settings.values.pledge, said: group.state.pledge(group.device) }
  }

  /** Does the log of the group lack its word, or have a word that is not meant any more? */
  get #isUnsaid(): boolean {
    const { set, said } = this.#set
    return (set === 0) !== (said === 0) || said > set || (this.#isStorage && !this.#parts.settings.isSet('pledge'))
  }

  #room(): number {
    const { home } = this.#parts
    const store = join(home, 'store')
    return (this.#parts.roomOn ?? roomOn)(existsSync(store) ? store : home)
  }

  #share(): number {
    const { bavail, bsize } = statfsSync(this.#parts.home)
    return Math.floor(bavail * bsize * SHARE)
  }

  get #isStorage(): boolean {
    const { device, state } = this.#parts.group
    return state.devices.some((each) => each.device === device && each.role === 'storage')
  }
}
