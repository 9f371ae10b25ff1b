import type { Clock, Logger, Timer } from '#base'
import type { DeviceId } from '#model'
import type { Group } from '#peers'
import type { Housekeeping } from './housekeeping.ts'

/** How often it is looked what those who leave may let go, */
const LOOK_MS = 3_000
/** and how much rest there is between at least, in parts of the time that it takes. */
const REST = 10

export interface LeaverReleaseParts {
  group: Pick<Group, 'state' | 'on' | 'say'>
  network: { peers(): readonly { readonly device: DeviceId }[]; on(event: 'connected', listener: () => void): () => void }
  housekeeping: Pick<Housekeeping, 'relieve'>
  clock: Clock
  logger: Logger
}

/** Tells devices that hand over what they hold for others, to leave the group, what of it is elsewhere now: they wait for it. */
export class LeaverRelease {
  readonly #parts: LeaverReleaseParts
  #timer: Timer | null = null
  #looking: Promise<void> | null = null
  #isStopped = false
  #offs: (() => void)[] = []

  constructor(parts: LeaverReleaseParts) {
    this.#parts = parts
  }

  start(): void {
    const { group, network, logger } = this.#parts
    const failed = (error: unknown): void => logger.warn({ error }, 'the group could not be told that this device stays')
    // It was ended while it handed over what it holds, and stays until it is told anew to leave.
    group.say({ kind: 'device.leaving', isLeaving: false }).catch(failed)
    this.#offs = [group.on('changed', () => this.#review(LOOK_MS)), network.on('connected', () => this.#review(LOOK_MS))]
    this.#review(LOOK_MS)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const off of this.#offs) off()
    this.#timer?.cancel()
    await this.#looking
  }

  #review(ms: number): void {
    if (this.#isStopped || this.#timer !== null || this.#looking !== null || this.#leaving().length === 0) return
    this.#timer = this.#parts.clock.after(ms, () => {
      this.#timer = null
      this.#looking = this.#look()
    })
  }

  async #look(): Promise<void> {
    const { housekeeping, clock, logger } = this.#parts
    const started = clock.monotonic()
    try {
      await housekeeping.relieve(this.#leaving())
    } catch (error) {
      if (!this.#isStopped) logger.warn({ error }, 'devices that leave the group could not be told what is elsewhere')
    }
    this.#looking = null
    this.#review(Math.max(LOOK_MS, REST * (clock.monotonic() - started)))
  }

  /** Those that are connected: one that is away may stay so for long. */
  #leaving(): DeviceId[] {
    const { group, network } = this.#parts
    return network.peers().flatMap(({ device }) => (group.state.isLeaving(device) ? [device] : []))
  }
}
