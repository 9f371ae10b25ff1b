import { isDeepStrictEqual } from 'node:util'
import { Queue, type Clock, type Logger, type Random } from '#base'
import type { Have } from '#db'
import type { DeviceId } from '#model'
import type { Held } from './block-holder.ts'
import { keptUpTo, type KeptBy } from './protection.ts'
import { AGAIN_MS, QuietWork, type Pace } from './quiet-work.ts'
import type { Tally } from './tally.ts'

/** A device that is connected all the time is asked for everything again after so long, ms: it may have lost something. */
const RENEW_MS = 24 * 60 * 60_000

/** Why a device does not have all: it does not take it, or does not have what it said. */
export type Obstacle = Exclude<Held, 'stored'> | 'lies'

export interface BringerParts extends Pace {
  /** Calls reject with `offline` while it is not connected. */
  holder: { readonly device: DeviceId }
  /** May this device bring it something, or only ask what it has? */
  mayBring(): boolean
  /** What it was known to have when that was noted last. */
  noted: readonly Have[]
  /** More is known of what it has, or less: null where it does not have what it said. */
  note(upTo: readonly Have[] | null): void
  tally: Tally
  clock: Clock
  random: Random
  logger: Logger
}

/**
 * Brings what is new of a folder to a device that holds it without reading it, in quiet moments, and knows how far that has all. It is
 * asked for everything anew after each start, and each time that it comes back: what it had it may have lost.
 */
export abstract class Bringer<Parts extends BringerParts> {
  protected readonly parts: Parts
  protected readonly work: QuietWork
  readonly #what: string
  readonly #walks = new Queue()
  #isAnew = true
  #isAsked = true
  /** When it was asked for everything, monotonic ms. */
  #began = 0
  #known: readonly Have[]
  #kept: KeptBy
  #obstacle: Obstacle | null = null
  /** In this walk. */
  #isStuck = false

  /** `what` it brings, as the log calls it. */
  constructor(parts: Parts, what: string) {
    const { holder, noted, clock, logger } = parts
    this.parts = parts
    this.#what = what
    this.#known = noted
    this.#kept = keptUpTo(noted)
    this.work = new QuietWork({
      pace: parts,
      work: async () => (await this.bring()) ?? RENEW_MS,
      failed: (error) => logger.debug({ device: holder.device, error }, `${what} could not be brought to a device`),
      clock,
    })
  }

  /** What the device has, as far as this one knows. */
  get kept(): KeptBy {
    return this.#kept
  }

  /** Why it does not have all, as of the last time that this could be told; null where nothing is known to keep it from that. */
  get obstacle(): Obstacle | null {
    return this.#obstacle
  }

  /** Has it been asked for everything since it came back last, and answered, as far as it does? */
  get isAsked(): boolean {
    return this.#isAsked
  }

  /** There may be something new to bring. Cheap. */
  review(): void {
    this.work.review()
  }

  /** It has come back: all is asked for once more. */
  startAnew(): void {
    this.#isAnew = true
    this.#isAsked = false
    this.review()
  }

  stop(): Promise<void> {
    return this.work.stop()
  }

  /**
   * Brings all that there is now, `isAll`: also what was not to be had before, and whose time has not come again. How long until there
   * is more to do, ms, or null. Rejects while it is not connected.
   */
  bring(isAll = false): Promise<number | null> {
    return this.#walks.run(async () => {
      const now = this.parts.clock.monotonic()
      this.#isStuck = false
      if (this.#isAnew || now - this.#began >= RENEW_MS) {
        this.#isAnew = false
        this.#began = now
        this.begin()
      }
      try {
        const next = await this.walk(isAll)
        if (this.#isStuck) return AGAIN_MS
        this.#obstacle = null
        return next
      } finally {
        // It may have come back once more meanwhile, or have been found to lie.
        this.#isAsked = !this.#isAnew
      }
    })
  }

  /** Forgets what the device has said: it is to be asked for everything. */
  protected abstract begin(): void

  /** See `bring`; ends early where it is `stuck`. */
  protected abstract walk(isAll: boolean): Promise<number | null>

  /** Something keeps the device from having all; it is tried again later. `false`, for whoever gives up then. */
  protected stuck(obstacle: Obstacle): false {
    const { logger, holder } = this.parts
    logger.warn({ device: holder.device, obstacle }, `a device does not have all ${this.#what} that it is to have`)
    this.#obstacle = obstacle
    this.#isStuck = true
    if (obstacle === 'lies') {
      this.#isAnew = true
      this.note(null)
    }
    return false
  }

  /** What is known of it by now; null: nothing. */
  protected note(upTo: readonly Have[] | null): void {
    if (upTo !== null && isDeepStrictEqual(upTo, this.#known)) return
    this.#known = upTo ?? []
    this.#kept = keptUpTo(this.#known)
    this.parts.note(upTo)
  }

  protected get known(): readonly Have[] {
    return this.#known
  }

  protected get isStuck(): boolean {
    return this.#isStuck
  }
}
