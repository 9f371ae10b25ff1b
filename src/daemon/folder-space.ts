import { sleep, type Clock } from '#base'
import type { FolderIndex } from '#db'

type SpaceIndex = Pick<FolderIndex, 'totals' | 'pastTotals' | 'supersededBytes'>

export interface FolderBytes {
  liveBytes: number
  versionBytes: number
  archiveBytes: number
}

interface Counted {
  /** What it was counted by, as text. */
  basis: string
  bytes: number
}

/** So long it is waited for a new count where there is an older one to tell, ms. */
const PATIENCE_MS = 150

/** What the versions of folders take, by their indexes: counted anew only where something has changed. */
export class FolderSpace {
  readonly #clock: Clock
  readonly #counted = new WeakMap<SpaceIndex, Counted>()
  readonly #counting = new WeakMap<SpaceIndex, Promise<number>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Where counting takes long, what was counted before is told, and the new count the next time. */
  async of(index: SpaceIndex): Promise<FolderBytes> {
    const [{ bytes: liveBytes, revision, superseded }, { archiveBytes, forgotten }] = await Promise.all([
      index.totals(),
      index.pastTotals(),
    ])
    const basis = [revision, superseded, forgotten].join()
    const known = this.#counted.get(index)
    if (known?.basis === basis) return { liveBytes, versionBytes: known.bytes, archiveBytes }
    let counting = this.#counting.get(index)
    if (counting === undefined) {
      counting = this.#count(index, basis).finally(() => this.#counting.delete(index))
      this.#counting.set(index, counting)
    }
    // Whoever does not wait for it hears nothing of its failure.
    counting.catch(() => undefined)
    const versionBytes = await (known === undefined
      ? counting
      : Promise.race([counting, sleep(this.#clock, PATIENCE_MS).then(() => known.bytes)]))
    return { liveBytes, versionBytes, archiveBytes }
  }

  async #count(index: SpaceIndex, basis: string): Promise<number> {
    let bytes = 0
    for (let after: number | null = 0; after !== null;) {
      const page: Awaited<ReturnType<SpaceIndex['supersededBytes']>> = await index.supersededBytes(after)
      bytes += page.bytes
      after = page.next
    }
    this.#counted.set(index, { basis, bytes })
    return bytes
  }
}
