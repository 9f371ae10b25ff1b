import { isDeepStrictEqual } from 'node:util'
import type { Clock, Logger, Timer } from '#base'
import type { FolderIndex, Have } from '#db'
import { upToOf } from '#replication'
import type { FolderSync } from '#sync'
import type { FolderHolders } from './folder-holders.ts'

/** It is counted at most this often, ms. */
const COUNT_MS = 1_000
/** And with so much rest between, in parts of the time it takes. */
const REST = 20
/** So long after the start, or a change of the layout, the devices have to say what they have, ms. */
const TO_SAY_MS = 30_000

export interface FolderCountParts {
  index: Pick<FolderIndex, 'have' | 'unkept' | 'keeping' | 'records' | 'looked' | 'losses'>
  /** This device keeps content of it: not where the folder has no place on its disk. */
  isKeeping: boolean
  holders(): FolderHolders
  sync(): Pick<FolderSync, 'standing' | 'exchange'> | null
  /** Is it not known whether what counted as lost is? See LostSeeker. */
  isUnsure(): boolean
  /** Devices that do not take what they are to hold. */
  obstacles(): readonly unknown[]
  changed(): void
  clock: Clock
  logger: Logger
}

/** Counts what of a folder is protected, and what is lost. */
export class FolderCount {
  /** Up to which records this device has all, when it was last looked at. */
  own: readonly Have[] = []
  /** Of all versions the part, in percent, that all holders have as they should; null while that is not known yet. */
  percent: number | null = null
  /** Versions that were held once, and whose content is on no device any more, as far as those connected were asked. */
  lost = 0
  readonly #parts: FolderCountParts
  #told: readonly unknown[] = []
  #timer: Timer | null = null
  /** How long it took to look at what is kept, ms. */
  #took = 0
  /** When it was begun anew, monotonic ms, and how many records there were; null: all is known since then. */
  #anew: { since: number; records: number } | null = { since: -Infinity, records: 0 }

  constructor(parts: FolderCountParts) {
    this.#parts = parts
  }

  /** There is another layout: nothing that was kept by the one before counts. */
  async begin(): Promise<void> {
    const { clock, index } = this.#parts
    this.own = []
    this.#anew = { since: clock.monotonic(), records: await index.records() }
  }

  /** Something has changed. Cheap. */
  soon(): void {
    this.#timer ??= this.#parts.clock.after(Math.max(COUNT_MS, this.#took * REST), () => {
      this.#timer = null
      this.now().catch((error: unknown) => this.#parts.logger.debug({ error }, 'what is protected could not be counted'))
    })
  }

  /** Counts at once what has changed since it was counted, unless that takes long. */
  async refresh(): Promise<void> {
    if (this.#timer === null || this.#took > COUNT_MS / REST) return
    this.stop()
    await this.now()
  }

  /** Counts, and gives what `look` does. */
  async now(): Promise<Have[]> {
    const { holders, index, obstacles, changed } = this.#parts
    const have = await this.look()
    const losses = await index.losses()
    const isUnsure = losses > 0 && this.#parts.isUnsure()
    const isKnown = (await this.#isKnown(have)) && !isUnsure
    this.percent = isKnown ? holders().percent(have, await index.keeping()) : null
    this.lost = isUnsure ? 0 : losses
    if (!isKnown) this.soon()
    const now = [this.percent, this.lost, holders().copies, obstacles()]
    if (!isDeepStrictEqual(this.#told, now)) changed()
    this.#told = now
    return have
  }

  /** What records there are, and what this device has kept of them: the records first, as more may come meanwhile. */
  async look(): Promise<Have[]> {
    const { clock, index, holders, sync } = this.#parts
    const { layout } = holders()
    const started = clock.monotonic()
    const have = await index.have()
    const own = upToOf(have, await index.unkept())
    this.#took = clock.monotonic() - started
    // It may be another one by now, for which all is looked at anew.
    if (layout !== holders().layout || isDeepStrictEqual(own, this.own)) return have
    this.own = own
    sync()?.exchange.announce()
    return have
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  /** Has this device gone through what there was by this layout, and each of the others said what it has, or had the time to? */
  async #isKnown(have: readonly Have[]): Promise<boolean> {
    const { clock, holders, index, sync, isKeeping } = this.#parts
    if (!holders().isCurrent || holders().isAnyLooking) return false
    if (have.length === 0) return sync()?.standing.state === 'idle'
    if (this.#anew === null) return true
    const { since, records } = this.#anew
    const isLooked = !isKeeping || records === 0 || (await index.looked(records - 1, 1)).length > 0
    if (!(isLooked && holders().areHeard) && clock.monotonic() - since < TO_SAY_MS) return false
    this.#anew = null
    return true
  }
}
