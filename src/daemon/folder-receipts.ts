import { isDeepStrictEqual } from 'node:util'
import type { Clock, Logger, Timer } from '#base'
import type { DeviceStore, Have } from '#db'
import type { DeviceId, FolderId } from '#model'
import { covers, keptUpTo, loweredTo, RENEW_MS, type Claim, type KeptBy } from '#replication'

/** What counts is noted at most this often, ms; that it is less than before, at once. */
const NOTE_MS = 5_000
/** A device that looks at something again is given so long, ms. */
const TO_LOOK_MS = 30_000

export interface FolderReceiptsParts {
  folder: FolderId
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  clock: Pick<Clock, 'after' | 'monotonic'>
  logger: Logger
}

/** Up to which records a device has all; the same by chain. */
interface Word {
  upTo: readonly Have[]
  kept: KeptBy
}

/** As it is noted: what devices keep by a layout. */
interface Noted {
  layout: string
  of: Record<DeviceId, Have[]>
}

/**
 * What the other devices of a folder have said that they keep of it, by one layout, as far as that counts: what is said anew does once it was looked
 * into. A restart of this device is to them as if it had been away: what counted is remembered, until they say otherwise, or another layout counts.
 */
export class FolderReceipts {
  readonly #parts: FolderReceiptsParts
  #layout: string | null = null
  /** What each has said last. */
  readonly #said = new Map<DeviceId, Word>()
  /** What counts of it. */
  readonly #of = new Map<DeviceId, Word>()
  /** When it was looked into, monotonic ms. */
  readonly #looked = new Map<DeviceId, number>()
  /** Those that were found not to have what they say. */
  readonly #lying = new Set<DeviceId>()
  /** The words that went furthest since the start; and since when the last one does not go so far, monotonic ms. */
  readonly #furthest = new Map<DeviceId, KeptBy>()
  readonly #fallen = new Map<DeviceId, number>()
  #noting: Timer | null = null

  constructor(parts: FolderReceiptsParts) {
    this.#parts = parts
  }

  /** Goes by a layout: what was said by another one counts no longer. */
  async follow(layout: string): Promise<void> {
    for (const map of [this.#said, this.#of, this.#looked, this.#lying, this.#furthest, this.#fallen]) map.clear()
    this.#layout = layout
    const noted = JSON.parse((await this.#parts.notes.setting(this.#key)) ?? 'null') as Noted | null
    if (noted === null || this.#layout !== layout) return
    if (noted.layout !== layout) return this.#note()
    for (const [device, upTo] of Object.entries(noted.of) as [DeviceId, Have[]][]) {
      if (this.#looked.has(device) || this.#lying.has(device)) continue
      // What it has said meanwhile is newer.
      this.#set(device, loweredTo(this.#said.get(device)?.upTo ?? upTo, keptUpTo(upTo)))
    }
  }

  /** A device says what it keeps by a layout. What is less than before counts at once. */
  hear(device: DeviceId, layout: string, upTo: readonly Have[]): void {
    if (layout !== this.#layout) return
    const before = this.#said.get(device)?.upTo
    // Its last word is heard again whenever anything has changed.
    if (before === upTo && !this.#fallen.has(device)) return
    const kept = keptUpTo(upTo)
    this.#look(device, kept)
    this.#said.set(device, { upTo, kept })
    if (isDeepStrictEqual(before, upTo)) return
    const known = this.of(device)
    if (known !== undefined || this.claim(device) === null) this.#set(device, loweredTo(upTo, known ?? new Map()))
  }

  /** What a device has said that nobody has looked into, or not for long; null where that is nothing. */
  claim(device: DeviceId): Claim | null {
    const said = this.#said.get(device)
    if (said === undefined) return null
    const isRecent = this.#parts.clock.monotonic() - (this.#looked.get(device) ?? -Infinity) < RENEW_MS
    const after: KeptBy = (isRecent ? this.of(device) : undefined) ?? new Map()
    return covers(after, said.kept) ? null : { upTo: said.upTo, after }
  }

  /** A device was found to have what it said: that counts from now on, but for what it has taken back meanwhile. */
  counts(device: DeviceId, upTo: readonly Have[]): void {
    const said = this.#said.get(device)
    if (said === undefined) return
    this.#looked.set(device, this.#parts.clock.monotonic())
    this.#lying.delete(device)
    this.#set(device, loweredTo(upTo, said.kept))
  }

  /** A device was found not to have what it said: nothing that it says counts. */
  lies(device: DeviceId): void {
    this.#looked.delete(device)
    this.#lying.add(device)
    this.#set(device, [])
  }

  /** Those found so, and not otherwise since. */
  get lying(): ReadonlySet<DeviceId> {
    return this.#lying
  }

  of(device: DeviceId): KeptBy | undefined {
    return this.#of.get(device)?.kept
  }

  /**
   * Has a device just said less than before? It looks at something again, as at what was replaced, and says the first record of which that is so: how
   * much it lacks, if anything, it says in a moment.
   */
  get isAnyLooking(): boolean {
    const now = this.#parts.clock.monotonic()
    return [...this.#fallen.values()].some((since) => now - since < TO_LOOK_MS)
  }

  /** Notes what was heard last. */
  async stop(): Promise<void> {
    if (this.#noting !== null) await this.#note()
  }

  #set(device: DeviceId, upTo: readonly Have[]): void {
    const known = this.#of.get(device)
    if (isDeepStrictEqual(known?.upTo, upTo)) return
    const kept = keptUpTo(upTo)
    this.#of.set(device, { upTo, kept })
    if (known !== undefined && !covers(kept, known.kept)) void this.#note()
    else this.#noting ??= this.#parts.clock.after(NOTE_MS, () => void this.#note(), { idle: true })
  }

  #look(device: DeviceId, kept: KeptBy): void {
    const now = this.#parts.clock.monotonic()
    if (!covers(kept, this.#furthest.get(device) ?? kept)) {
      const since = this.#fallen.get(device) ?? now
      this.#fallen.set(device, since)
      if (now - since < TO_LOOK_MS) return
    }
    this.#furthest.set(device, kept)
    this.#fallen.delete(device)
  }

  async #note(): Promise<void> {
    const { notes, logger } = this.#parts
    this.#noting?.cancel()
    this.#noting = null
    if (this.#layout === null) return
    const noted: Noted = {
      layout: this.#layout,
      of: Object.fromEntries([...this.#of].map(([device, { upTo }]) => [device, [...upTo]])),
    }
    await notes
      .putSetting(this.#key, JSON.stringify(noted))
      .catch((error: unknown) => logger.warn({ error }, 'what other devices keep could not be noted'))
  }

  get #key(): string {
    return `receipts.${this.#parts.folder}`
  }
}
