import { Queue, type Clock, type Logger, type Timer } from '#base'
import type { Activity, DeviceStore } from '#db'

/** How long an item waits for others, the first after a while and when much is happening: each write is a flush of the disk. */
const FIRST_MS = 100
const NEXT_MS = 1_000
/** Of what happens between two writes, the newest are kept: a first sync is no story of a hundred thousand lines. */
const MAX_WAITING = 200

/** The list of what happened, kept in the device's database and told to listeners when it is there. */
export class ActivityLog {
  readonly #parts: { store: DeviceStore; clock: Clock; logger: Logger; added(items: (Activity & { number: number })[]): void }
  #waiting: Activity[] = []
  #timer: Timer | null = null
  #written = -Infinity
  /** What was written is asked for as the last items: none may come in between. */
  readonly #writing = new Queue()

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
    if (items.length === 0) return
    const wait = Math.max(FIRST_MS, this.#written + NEXT_MS - this.#parts.clock.monotonic())
    this.#timer ??= this.#parts.clock.after(wait, () => void this.flush(), { idle: true })
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    return this.#writing.run(() => this.#flush())
  }

  async #flush(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    const items = this.#waiting
    this.#waiting = []
    if (items.length === 0) return
    this.#written = this.#parts.clock.monotonic()
    try {
      await this.#parts.store.addActivity(items)
      const written = await this.#parts.store.activity(0, items.length)
      this.#parts.added(written.toReversed())
    } catch (error) {
      this.#parts.logger.warn({ error }, 'activity could not be written')
    }
  }
}
