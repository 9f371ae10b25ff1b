import type { Clock, Timer } from '#base'
import type { DeviceId, FolderId } from '#model'
import type { Fetcher } from './fetcher.ts'
import type { SealedFetcher } from './sealed-fetcher.ts'
import type { Wanted } from './source.ts'

/** So long a chunk waits for a device that has it in plaintext, ms; opening a block costs more than taking a chunk. */
const LATE_MS = 1_000
/** It is looked for such chunks every so often while some wait, ms. */
const LOOK_MS = 250

export interface ReliefParts {
  clock: Clock
  fetcher: Pick<Fetcher, 'takeLate' | 'give'>
  sealed: Pick<SealedFetcher, 'fetch' | 'hasRoom' | 'isSilent'>
  /** May chunks of `folder` be asked of `device`? */
  mayServe(folder: FolderId, device: DeviceId): boolean
}

/** Lets devices that hold sealed blocks give what those that have the folder are too slow for. */
export class Relief {
  readonly #parts: ReliefParts
  #timer: Timer | null = null

  constructor(parts: ReliefParts) {
    this.#parts = parts
  }

  /** Chunks wait to be asked for. */
  wake(): void {
    if (this.#timer !== null) return
    this.#timer = this.#parts.clock.after(LOOK_MS, () => {
      this.#timer = null
      this.#look()
    })
  }

  #look(): void {
    for (let late = this.#late(); late !== undefined; late = this.#late()) {
      late.isRelieved = true
      void this.#relieve(late)
    }
  }

  async #relieve(late: Wanted): Promise<void> {
    const { fetcher, sealed } = this.#parts
    const { folder, id, length, purpose } = late
    const found = sealed.fetch(folder, id, length, purpose, this.#others(folder))
    fetcher.give(late, await found.catch(() => null))
    this.#look()
  }

  /** The next chunk that has waited for too long, and that a holder has room for. */
  #late(): Wanted | undefined {
    const { clock, fetcher, sealed } = this.#parts
    const rooms = new Map<FolderId, boolean>()
    const hasRoom = (folder: FolderId): boolean => {
      const room = rooms.get(folder) ?? sealed.hasRoom(folder, this.#others(folder))
      rooms.set(folder, room)
      return room
    }
    return fetcher.takeLate(
      clock.monotonic() - LATE_MS,
      ({ folder, only, isRelieved }) => only === undefined && !isRelieved && hasRoom(folder),
    )
  }

  /** A block would come over the same line as the chunk from whoever has both. */
  #others(folder: FolderId): (device: DeviceId) => boolean {
    const { mayServe, sealed } = this.#parts
    return (device) => !mayServe(folder, device) && !sealed.isSilent(device)
  }
}
