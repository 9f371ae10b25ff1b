import { isDeepStrictEqual } from 'node:util'
import type { Clock, Logger, Timer } from '#base'
import type { DeviceStore, Have } from '#db'
import type { DeviceId, FolderId } from '#model'
import { hasKept, keptUpTo, type KeptBy } from '#replication'

/** What is heard is noted at most this often, ms; that a device has less than it said, at once. */
const NOTE_MS = 5_000

export interface FolderReceiptsParts {
  folder: FolderId
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  clock: Pick<Clock, 'after'>
  logger: Logger
}

/** As it is noted: what devices keep by a layout. */
interface Noted {
  layout: string
  of: Record<DeviceId, Have[]>
}

/**
 * What the other devices of a folder have said that they keep of it, by one layout. A restart of this device is to them as if it had been away: it
 * is remembered, until they say otherwise, or another layout counts.
 */
export class FolderReceipts {
  readonly #parts: FolderReceiptsParts
  #layout: string | null = null
  readonly #of = new Map<DeviceId, { upTo: readonly Have[]; kept: KeptBy }>()
  #noting: Timer | null = null

  constructor(parts: FolderReceiptsParts) {
    this.#parts = parts
  }

  /** Goes by a layout: what was said by another one counts no longer. */
  async follow(layout: string): Promise<void> {
    this.#of.clear()
    this.#layout = layout
    const noted = JSON.parse((await this.#parts.notes.setting(this.#key)) ?? 'null') as Noted | null
    if (noted === null || this.#layout !== layout) return
    if (noted.layout !== layout) return this.#note()
    for (const [device, upTo] of Object.entries(noted.of) as [DeviceId, Have[]][])
      // What it has said meanwhile is newer.
      if (!this.#of.has(device)) this.#of.set(device, { upTo, kept: keptUpTo(upTo) })
  }

  /** A device says what it keeps by a layout. */
  hear(device: DeviceId, layout: string, upTo: readonly Have[]): void {
    const known = this.#of.get(device)
    if (layout !== this.#layout || known?.upTo === upTo || isDeepStrictEqual(known?.upTo, upTo)) return
    const kept = keptUpTo(upTo)
    this.#of.set(device, { upTo, kept })
    if (known?.upTo.some((place) => !hasKept(kept, place)) === true) void this.#note()
    else this.#noting ??= this.#parts.clock.after(NOTE_MS, () => void this.#note(), { idle: true })
  }

  of(device: DeviceId): KeptBy | undefined {
    return this.#of.get(device)?.kept
  }

  /** Notes what was heard last. */
  async stop(): Promise<void> {
    if (this.#noting !== null) await this.#note()
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
