import { Queue, type Clock, type Logger, type Timer } from '#base'
import type { DeviceStore } from '#db'
import type { DeviceId } from '#model'

/** The setting that they are kept in. */
const KEY = 'seen'
/** How often it is looked who is there, at most; or so many times in the time after which one is away, */
const LOOK_MS = 60_000
const LOOKS = 4
/** but not more often than this. */
const SOONEST_MS = 500
/** How often it is kept, at least. */
const KEEP_MS = 60 * 60_000
/** How long after a start, a sleep of the computer or a time with nobody connected no one is called away: all have to be reached first. */
const SETTLING_MS = 10 * 60_000
/** A look that comes so much late, by the wall clock, was slept through. */
const SLEPT_MS = 5 * 60_000

export interface SightingsParts {
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  clock: Clock
  logger: Logger
  /** The devices of the group that are connected. */
  connected(): readonly DeviceId[]
  /** After which time, ms, one that was not seen is away; Infinity: never. */
  leaveAfter(): number
  /** Called now and then: somebody may be gone for so long by now. */
  looked(): void
}

interface Sighting {
  /** When it was seen last, heard of first, or told by another member to be here; ms. */
  time: number
  /** 1, doubled each time another member knew better: that one sees a device that cannot be seen from here. */
  patience: number
}

/** As it is kept; an older version knows no patience. */
type Kept = readonly [device: DeviceId, time: number, patience?: number]

/** When this device saw the others of its group last. What it knows is kept over restarts. */
export class Sightings {
  readonly #parts: SightingsParts
  readonly #saving = new Queue()
  readonly #seen = new Map<DeviceId, Sighting>()
  #timer: Timer | null = null
  #interval = 0
  #looked = 0
  #kept = 0
  #settled = 0

  constructor(parts: SightingsParts) {
    this.#parts = parts
  }

  /** Nobody is connected yet. `before`: what counts where nothing was kept. */
  async start(before: readonly Kept[] = []): Promise<void> {
    const { store, clock, logger } = this.#parts
    this.#looked = this.#kept = clock.now()
    this.settle()
    try {
      const text = await store.setting(KEY)
      const kept = text === null ? before : (JSON.parse(text) as Kept[])
      for (const [device, time, patience = 1] of kept) this.#seen.set(device, { time, patience })
      this.#limit()
    } catch (error) {
      logger.warn({ error }, 'when other devices were seen cannot be read; it counts from now on')
    }
  }

  /** These are the others of the group: one that is new counts as seen now. It may have been said anew when one is away. */
  follow(devices: readonly DeviceId[]): void {
    const isNew = devices.filter((device) => !this.#seen.has(device))
    const isGone = [...this.#seen.keys()].filter((device) => !devices.includes(device))
    for (const device of isGone) this.#seen.delete(device)
    for (const device of isNew) this.#seen.set(device, { time: this.#parts.clock.now(), patience: 1 })
    if (isNew.length + isGone.length > 0) this.#keep()
    if (this.#interval !== this.#nextInterval) this.#lookLater()
  }

  /** Of these each that is one of the others is here. */
  see(...devices: readonly DeviceId[]): void {
    for (const device of devices) this.#note(device, () => 1)
  }

  /** Another member says that it is here. */
  told(device: DeviceId): void {
    this.#note(device, (patience) => 2 * patience)
  }

  /** From now on all have to be reached before it can be told who is gone. */
  settle(): void {
    this.#settled = this.#parts.clock.monotonic()
  }

  /** For how long a device was not seen, ms; less where others have seen it that this device did not see. */
  absence(device: DeviceId): number {
    const seen = this.#seen.get(device)
    return seen === undefined ? 0 : (this.#parts.clock.now() - seen.time) / seen.patience
  }

  /** May those who seem to be away just not have been reached yet? */
  get isSettling(): boolean {
    const { clock, leaveAfter } = this.#parts
    return clock.monotonic() - this.#settled < Math.min(SETTLING_MS, leaveAfter())
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#keep()
    await this.#saving.run(() => Promise.resolve())
  }

  get #nextInterval(): number {
    return Math.min(LOOK_MS, Math.max(SOONEST_MS, Math.ceil(this.#parts.leaveAfter() / LOOKS)))
  }

  #lookLater(): void {
    this.#timer?.cancel()
    this.#interval = this.#nextInterval
    this.#timer = this.#parts.clock.after(this.#interval, () => this.#look(), { idle: true })
  }

  /** Notes who is there: a crash must not make them look as if they had not been seen since they came. */
  #look(): void {
    const { clock, connected, looked } = this.#parts
    const now = clock.now()
    if (Math.abs(now - this.#looked - this.#interval) > SLEPT_MS) this.settle()
    this.#looked = now
    this.#limit()
    this.#lookLater()
    this.see(...connected())
    if (Math.abs(now - this.#kept) >= KEEP_MS) this.#keep()
    looked()
  }

  /** Nobody was seen later than now: a clock that was ahead is not to keep it from ever being away. */
  #limit(): void {
    const now = this.#parts.clock.now()
    for (const seen of this.#seen.values()) seen.time = Math.min(seen.time, now)
  }

  #note(device: DeviceId, patience: (before: number) => number): void {
    const before = this.#seen.get(device)
    if (before !== undefined) this.#seen.set(device, { time: this.#parts.clock.now(), patience: patience(before.patience) })
  }

  #keep(): void {
    const { store, clock, logger } = this.#parts
    this.#kept = clock.now()
    const text = JSON.stringify([...this.#seen].map(([device, { time, patience }]): Kept => [device, time, patience]))
    this.#saving
      .run(() => store.putSetting(KEY, text))
      .catch((error: unknown) => logger.warn({ error }, 'when other devices were seen could not be kept'))
  }
}
