import type { Clock } from '#base'
import type { KeepItem } from '#db'
import { hlcTime, toHex, type Version } from '#model'

/** So long all that could have a version's content are connected, and nobody has it, before it counts as gone, ms. */
const PATIENCE_MS = 5 * 60_000
/** And so long where one says that it has kept it: it may have found it gone before, or does not know yet what it has lost. */
const CLAIMED_MS = 20 * 60_000
/** One that was found to be gone does not count as kept yet for so long, ms: the others have to come to the same end without hearing that it is kept. */
const UNTOLD_MS = 3 * 60_000
/** Nor before it is so old: its author leaves it to the anchor for ten minutes before it looks for it. */
const SETTLED_MS = 17 * 60_000

export interface GoneContentParts {
  clock: Pick<Clock, 'now' | 'monotonic'>
  /**
   * Since when all devices are connected, and at work on the folder, that could have a version's content, ms of the monotonic clock; null where
   * one of them is not.
   */
  togetherSince(version: Version): number | null
  /** Does another device that has to have this chunk (32 bytes) of a version say that it has kept that? */
  isClaimed(version: Version, chunk: Uint8Array): boolean
  /** May its content go: is it neither pinned nor in a snapshot? */
  isFree(item: KeepItem): Promise<boolean>
}

/** How long there has to be nothing, and how long that is not told, ms. */
export interface GoneContentTimes {
  patience: number
  claimed: number
  untold: number
  settled: number
}

const TIMES: GoneContentTimes = { patience: PATIENCE_MS, claimed: CLAIMED_MS, untold: UNTOLD_MS, settled: SETTLED_MS }

/**
 * Knows a version whose content is gone for good: its user replaced it before any device had kept it. A chunk of it has to be nowhere, as all
 * that could have it have answered, at each try of five minutes. In memory: a restart begins them anew.
 */
export class GoneContent {
  readonly #parts: GoneContentParts
  readonly #times: GoneContentTimes
  /** By record: a chunk that is nowhere, in hex, and since when that is so; monotonic ms. */
  readonly #missed = new Map<number, { chunk: string; since: number }>()

  constructor(parts: GoneContentParts, times: GoneContentTimes = TIMES) {
    this.#parts = parts
    this.#times = times
  }

  /**
   * It was tried to keep a version; these of its chunks (32 bytes each) are nowhere. If it is gone for good, how long it is not to count as kept
   * yet, ms; else null, as for all that are current.
   */
  async missed(item: KeepItem, nowhere: readonly Uint8Array[]): Promise<number | null> {
    const { clock, togetherSince, isClaimed, isFree } = this.#parts
    const { record, version, isHead } = item
    const before = this.#missed.get(record)
    this.#missed.delete(record)
    const chunk = nowhere.find((id) => toHex(id) === before?.chunk) ?? nowhere[0]
    if (isHead || chunk === undefined) return null
    const together = togetherSince(version)
    if (together === null) return null
    const now = clock.monotonic()
    const since = toHex(chunk) === before?.chunk ? before.since : now
    this.#missed.set(record, { chunk: toHex(chunk), since })
    const { patience, claimed, untold, settled } = this.#times
    const isKnown = isClaimed(version, chunk)
    if (now - Math.max(since, together) < (isKnown ? claimed : patience) || !(await isFree(item))) return null
    this.#missed.delete(record)
    if (isKnown) return 0
    return Math.max(untold, Math.min(settled, hlcTime(version.hlc) + settled - clock.now()))
  }
}
