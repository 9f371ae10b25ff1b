import { sleep, type Clock, type Timer } from '#base'

/** After a change sync has this long to come to rest, ms; each new change begins it anew, up to the longest. */
const QUIET_MS = 2_000
/**
 * Sync that has little to do is waited for so long at most, ms, and so long before each batch: where something is written all the time, what lies
 * still beside it is replaced some day as well, and must be somewhere else by then.
 */
const LITTLE = { wait: 5_000, pause: 1_000 }
/** And so long where it has much to do, which ends some time. */
const MUCH = { wait: 120_000, pause: 30_000 }
/** Between two looks at whether sync is at work still, ms. */
const LOOK_MS = 500
/** What failed is tried again after so long, ms. */
export const AGAIN_MS = 30_000
/** Rest after each batch, in parts of the time it took: so much while sync is at work, so much else. */
const REST_BUSY = 4
const REST_IDLE = 0.25

/** What work that is behind sync goes by. */
export interface Pace {
  /** Is sync at work? It goes first. */
  isBusy(): boolean
  /** Has it much to do? */
  isBulk?(): boolean
  /** Does somebody wait for it? Then it does not wait for a quiet moment. */
  isAwaited(): boolean
}

export interface QuietWorkParts {
  pace: Pace
  /** Does all that there is to do; resolves to how long until there is more, ms, or null. Rejects where it cannot now. */
  work(signal: AbortSignal): Promise<number | null>
  /** It could not, and is tried again. */
  failed(error: unknown): void
  /** After a change sync has this long to come to rest, ms; 0: what is to be done is little, and it is enough that sync is not at work. */
  quietMs?: number
  clock: Clock
}

/** Work that is behind sync and never in its way: it waits for a quiet moment, and rests in proportion to what it does. */
export class QuietWork {
  readonly #parts: QuietWorkParts
  readonly #stop = new AbortController()
  #changed = 0
  #since: number | null = null
  #running: Promise<void> | null = null
  /** Runs out when there is more to do by itself. */
  #again: Timer | null = null

  constructor(parts: QuietWorkParts) {
    this.#parts = parts
  }

  /** Aborts when it is to end. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** There may be something new to do; cheap to call after every change. */
  review(): void {
    this.#changed = this.#parts.clock.monotonic()
    this.#go()
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the folder is being stopped'))
    this.#again?.cancel()
    await this.#running
  }

  /** Does a batch once sync lets it, or at once for somebody who waits, and rests after it. */
  async batch<T>(work: () => Promise<T>): Promise<T> {
    const { clock, pace } = this.#parts
    this.signal.throwIfAborted()
    for (let waited = 0; pace.isBusy() && !pace.isAwaited() && waited < this.#longest.pause; waited += LOOK_MS)
      await sleep(clock, LOOK_MS, this.signal)
    const started = clock.monotonic()
    const result = await work()
    await this.rest(clock.monotonic() - started)
    return result
  }

  /** After something that took so many ms. */
  async rest(took: number): Promise<void> {
    const { clock, pace } = this.#parts
    await sleep(clock, took * (pace.isBusy() && !pace.isAwaited() ? REST_BUSY : REST_IDLE), this.signal)
  }

  get #longest(): typeof LITTLE {
    return this.#parts.pace.isBulk?.() === true ? MUCH : LITTLE
  }

  /** Works as soon as sync has come to rest. */
  #go(): void {
    if (this.signal.aborted) return
    this.#since ??= this.#parts.clock.monotonic()
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    const { clock, work, failed } = this.#parts
    let again: number | null = null
    try {
      while (this.#since !== null) {
        await this.#untilQuiet()
        this.#since = null
        again = await work(this.signal)
      }
    } catch (error) {
      if (this.signal.aborted) return
      failed(error)
      this.#since = null
      again = AGAIN_MS
    }
    this.#running = null
    this.#again?.cancel()
    this.#again = again === null ? null : clock.after(again, () => this.#go(), { idle: true })
  }

  async #untilQuiet(): Promise<void> {
    const { clock, pace, quietMs = QUIET_MS } = this.#parts
    for (;;) {
      const now = clock.monotonic()
      const rest = pace.isBusy() ? QUIET_MS : this.#changed + quietMs - now
      const left = Math.min(rest, (this.#since ?? now) + this.#longest.wait - now)
      if (left <= 0 || pace.isAwaited()) return
      await sleep(clock, left, this.signal)
    }
  }
}
