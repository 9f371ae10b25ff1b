import type { Clock } from '#base'
import type { KeepItem } from '#db'
import { toHex, type Version } from '#model'

/** While something is still to come to one of the devices, content has to be nowhere for so long before it counts as gone, ms. */
const PATIENCE_MS = 5 * 60_000

export interface GoneContentParts {
  clock: Pick<Clock, 'monotonic'>
  /** Are all devices here that could have a version's content, know of it, and have nothing that keeps them? */
  areTogether(version: Version): boolean
  /** Has each of them, and this one, all on its disk that is to be there, so that nothing is under way? */
  isQuiet(): boolean
  /** Is it neither pinned nor in a snapshot? Of one that is, nothing is given up on less than certainty. */
  isFree(item: KeepItem): Promise<boolean>
  /** Is a chunk (32 bytes) in a file of this device now? Somebody may have written the same again while it was asked for. */
  isHere(chunk: Uint8Array): Promise<boolean>
}

/** How things were before content was asked for; null: its being nowhere would tell nothing. */
export type Before = 'quiet' | 'together' | null

/**
 * Knows a version whose content is gone for good: its user replaced or deleted it before any device had kept it. A device that knows of a
 * version and needs nothing will not get its content any more: where all that could have it are so, and answer that they do not have a chunk of it, it is
 * gone at once. Where one is never at rest it is after five minutes, in which each try gave the same; in memory: a restart begins them anew.
 */
export class GoneContent {
  readonly #parts: GoneContentParts
  /** By record: a chunk that is nowhere, in hex, and since when that is so; monotonic ms. */
  readonly #missed = new Map<number, { chunk: string; since: number }>()

  constructor(parts: GoneContentParts) {
    this.#parts = parts
  }

  /** To be called before the content of these is asked for. */
  before(items: readonly KeepItem[]): Before[] {
    const { areTogether, isQuiet } = this.#parts
    const together = isQuiet() ? 'quiet' : 'together'
    return items.map(({ isHead, isForgotten, version }) => (!isHead && !isForgotten && areTogether(version) ? together : null))
  }

  /** It was tried to keep a version, and these of its chunks (32 bytes each) are nowhere. Is it gone for good? */
  async missed(item: KeepItem, before: Before, nowhere: readonly Uint8Array[]): Promise<boolean> {
    const { clock, isFree, isHere } = this.#parts
    const { record } = item
    const last = this.#missed.get(record)
    this.#missed.delete(record)
    const chunk = nowhere.find((id) => toHex(id) === last?.chunk) ?? nowhere[0]
    if (before === null || chunk === undefined) return false
    const now = clock.monotonic()
    const since = toHex(chunk) === last?.chunk ? last.since : now
    this.#missed.set(record, { chunk: toHex(chunk), since })
    if (before !== 'quiet' && (now - since < PATIENCE_MS || !(await isFree(item)))) return false
    this.#missed.delete(record)
    return !(await isHere(chunk))
  }
}
