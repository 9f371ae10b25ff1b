import type { Clock, Logger, Timer } from '#base'
import type { Activity, DeviceStore } from '#db'

/** Items are written at most this often. */
const WRITE_MS = 250
/** Of what happens between two writes, the newest are kept: a first sync is no story of a hundred thousand lines. */
const MAX_WAITING = 200

/** The list of what happened, kept in the device's database and told to listeners when it is there. */
export class ActivityLog {
  readonly #parts: { store: DeviceStore; clock: Clock; logger: Logger; added(items: (Activity & { number: number })[]): void }
  #waiting: Activity[] = []
  #timer: Timer | null = null

  constructor(parts: {
    store: DeviceStore
    clock: Clock
    logger: Logger
    added(items: (Activity & { number: number })[]): void
  }) {
    this.#parts = parts
  }

  add(items: readonly Activity[]): void {
    this.#waiting.push(...items)
    if (this.#waiting.length > MAX_WAITING) this.#waiting.splice(0, this.#waiting.length - MAX_WAITING)
    if (items.length > 0) this.#timer ??= this.#parts.clock.after(WRITE_MS, () => void this.flush(), { idle: true })
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    const items = this.#waiting
    this.#waiting = []
    if (items.length === 0) return
    try {
      await this.#parts.store.addActivity(items)
      const written = await this.#parts.store.activity(0, items.length)
      this.#parts.added(written.toReversed())
    } catch (error) {
      this.#parts.logger.warn({ error }, 'activity could not be written')
    }
  }
}
