import type { CID } from 'multiformats/cid'
import { HoldfastError, messageOf, orAborted, type Clock, type Logger, type Timer } from '#base'

/** Others forget a record after 48 hours. */
const AGAIN_MS = 22 * 60 * 60_000
/** After a walk that found nobody: twice as long each time. A routing table may take some seconds to know who is connected. */
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000
/** A device that connects has forgotten what it was told before, if it was started anew; but nothing is said more often than this. */
const REPEAT_MS = 60_000
/** After a connection the routing table takes a moment. */
const SETTLE_MS = 1_000
const WALK_MS = 30_000
/** Rest after a record that can wait: in parts of the time that it took, for the others have had work, too; so long at least, and at most. */
const REST = 100
const SHORTEST_REST_MS = 10_000
const LONGEST_REST_MS = 60_000
/** How often it is looked what is to be provided, and whether sync has come to rest. */
const REVIEW_MS = 10 * 60_000
const BUSY_MS = 10_000

export interface ReproviderParts {
  clock: Clock
  logger: Logger
  /** What is to be provided now: at once, and when there is time. */
  wanted(): { prompt: readonly CID[]; slow: readonly CID[] }
  /** Is anybody connected? */
  isConnected(): boolean
  /** Is there something better to do than what can wait? */
  isBusy(): boolean
  /** One walk; how many others took the record. */
  provide(key: CID, signal: AbortSignal): Promise<number>
  withdraw(key: CID): Promise<void>
}

interface Record {
  key: CID
  isSlow: boolean
  /** When it was provided last, or that was tried; by the wall clock, as others count. null: never. */
  at: number | null
  /** It is to be provided again so long after that, ms. */
  wait: number
}

/** Provides one record after another, and each again before others forget it. */
export class Reprovider {
  readonly #parts: ReproviderParts
  readonly #records = new Map<string, Record>()
  #timer: Timer | null = null
  #walk: AbortController | null = null
  #isStale = true
  /** Before this, of the monotonic clock, nothing is provided that can wait. */
  #rested = 0
  #stopped = false

  constructor(parts: ReproviderParts) {
    this.#parts = parts
  }

  /** What is to be provided may have changed: it is looked at soon. Cheap. */
  review(): void {
    this.#isStale = true
    this.#schedule(SETTLE_MS)
  }

  /** A device has connected. */
  connected(): void {
    for (const record of this.#records.values()) if (!record.isSlow) record.wait = Math.min(record.wait, REPEAT_MS)
    this.#schedule(SETTLE_MS)
  }

  /** Ends the walk that is under way, and begins no other one. */
  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
    this.#walk?.abort(new HoldfastError('offline', 'this device stops'))
  }

  #review(): void {
    this.#isStale = false
    const { prompt, slow } = this.#parts.wanted()
    const wanted = new Map([...slow.map((key) => [key, true] as const), ...prompt.map((key) => [key, false] as const)])
    const names = new Set([...wanted.keys()].map(String))
    for (const [name, { key }] of this.#records) if (!names.has(name)) this.#drop(name, key)
    for (const [key, isSlow] of wanted)
      if (!this.#records.has(key.toString())) this.#records.set(key.toString(), { key, isSlow, at: null, wait: 0 })
  }

  #drop(name: string, key: CID): void {
    this.#records.delete(name)
    this.#parts.withdraw(key).catch((error: unknown) => this.#parts.logger.debug({ error }, 'a record was not withdrawn'))
  }

  /** Goes on when the next record is due, after `rest` ms at the earliest. */
  #schedule(rest: number): void {
    if (this.#stopped || this.#walk !== null) return
    const waits = [...this.#records.values()].map((record) => this.#due(record))
    const next = this.#isStale ? 0 : Math.min(REVIEW_MS, ...waits)
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.after(this.#parts.isConnected() ? Math.max(rest, next) : REVIEW_MS, () => void this.#go(), {
      idle: true,
    })
  }

  /** In so many ms; 0 where it is due. The clock may have leapt either way. */
  #due({ isSlow, at, wait }: Record): number {
    const { clock } = this.#parts
    const rest = isSlow ? Math.max(0, this.#rested - clock.monotonic()) : 0
    return at === null ? rest : Math.max(rest, wait - Math.abs(clock.now() - at))
  }

  /** What is due, and cannot wait if there is such. */
  #next(): Record | undefined {
    const due = [...this.#records.values()].filter((record) => this.#due(record) === 0)
    return due.find(({ isSlow }) => !isSlow) ?? due[0]
  }

  async #go(): Promise<void> {
    const { clock, isConnected, isBusy } = this.#parts
    const record = this.#isStale ? undefined : this.#next()
    if (record === undefined || !isConnected()) {
      this.#review()
      return this.#schedule(0)
    }
    if (record.isSlow && isBusy()) {
      this.#rested = clock.monotonic() + BUSY_MS
      return this.#schedule(0)
    }
    const started = clock.monotonic()
    const taken = await this.#provide(record.key)
    record.at = clock.now()
    record.wait = taken > 0 ? AGAIN_MS : Math.min(LONGEST_RETRY_MS, 2 * Math.max(record.wait, FIRST_RETRY_MS))
    const rest = Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, REST * (clock.monotonic() - started)))
    if (record.isSlow) this.#rested = clock.monotonic() + rest
    this.#schedule(0)
  }

  async #provide(key: CID): Promise<number> {
    const { clock, logger, provide } = this.#parts
    const walk = new AbortController()
    this.#walk = walk
    const timer = clock.after(WALK_MS, () => walk.abort(new HoldfastError('timeout', 'the walk took too long')), { idle: true })
    try {
      return await orAborted(provide(key, walk.signal), walk.signal)
    } catch (error) {
      logger.debug({ key: key.toString(), reason: messageOf(error) }, 'a record was not provided')
      return 0
    } finally {
      timer.cancel()
      this.#walk = null
    }
  }
}
