import type { Clock } from '#base'
import type { Activity } from '#db'
import type { DeviceId, FolderId } from '#model'
import type { FolderReplicas } from './folder-replicas.ts'

/** What to do on such a device. */
export const LOOK_THERE = 'holdfast scrub'

export interface FolderLiesParts {
  folder: FolderId
  /** Devices that do not have what they are to hold, and why. */
  obstacles(): FolderReplicas['obstacles']
  activity(items: Activity[]): void
  clock: Pick<Clock, 'now'>
}

/** Devices that were found not to have what they say that they have of a folder. */
export class FolderLies {
  readonly #parts: FolderLiesParts
  /** Since when, ms. */
  #since = new Map<DeviceId, number>()

  constructor(parts: FolderLiesParts) {
    this.#parts = parts
  }

  /** Others may have been found so; each is told of once, until it is otherwise. */
  look(): void {
    const { folder, obstacles, activity, clock } = this.#parts
    const lying = obstacles().flatMap(({ device, obstacle }) => (obstacle === 'lies' ? [device] : []))
    const before = this.#since
    const now = clock.now()
    this.#since = new Map(lying.map((device) => [device, before.get(device) ?? now]))
    const detail = `does not have all that it says it has, which does not count as protected; on it: ${LOOK_THERE}`
    const fresh = [...this.#since.keys()].filter((device) => !before.has(device))
    activity(fresh.map((device) => ({ time: now, event: 'misbehaved', folder, path: null, device, detail })))
  }

  /** Which, and since when, ms. */
  get all(): { device: DeviceId; since: number }[] {
    this.look()
    return [...this.#since].map(([device, since]) => ({ device, since }))
  }
}
