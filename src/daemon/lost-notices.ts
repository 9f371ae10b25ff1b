import type { Clock, Timer } from '#base'
import { mayRead, type DeviceId, type FolderId } from '#model'
import type { GroupState, NetworkEvents } from '#peers'
import type { OpenFolder } from './folder-opener.ts'

/** What is told, and what is heard of one device, has an effect at most once in so long, ms: who hears it asks for all of the folder. */
const SPACE_MS = 30_000

export interface LostNoticesParts {
  network: {
    readonly group: { readonly state: Pick<GroupState, 'role'> }
    peers(): readonly { readonly device: DeviceId; sendLost(folder: FolderId): void }[]
    on(event: 'lost', listener: (notice: NetworkEvents['lost']) => void): unknown
  }
  registry: { readonly folders: readonly Pick<OpenFolder, 'stored' | 'keeping'>[] }
  clock: Clock
}

/**
 * Has those who can bring it hear that something that this device holds for them is damaged or gone, and asks others anew that say the same:
 * until then it counts as held.
 */
export class LostNotices {
  readonly #parts: LostNoticesParts
  /** What came lately, and whether it has come again since. */
  readonly #spaces = new Map<string, { timer: Timer; isAgain: boolean }>()

  constructor(parts: LostNoticesParts) {
    this.#parts = parts
  }

  start(): void {
    this.#parts.network.on('lost', ({ device, folder }) => this.#heard(device, folder))
  }

  stop(): void {
    for (const { timer } of this.#spaces.values()) timer.cancel()
  }

  /** Something of this folder, which others can bring again, is not here any more. */
  tell(folder: FolderId): void {
    const { network } = this.#parts
    this.#spaced(folder, () => {
      for (const peer of network.peers()) if (mayRead(network.group.state.role(folder, peer.device))) peer.sendLost(folder)
    })
  }

  /** Another device says so. */
  #heard(device: DeviceId, folder: FolderId): void {
    const keeping = (): OpenFolder['keeping'] | undefined =>
      this.#parts.registry.folders.find(({ stored }) => stored.id === folder)?.keeping
    if (keeping() != null) this.#spaced(`${device} ${folder}`, () => keeping()?.replicas.askAgain(device))
  }

  /** At once, unless it was so just now: then when that is over. */
  #spaced(key: string, act: () => void): void {
    const space = this.#spaces.get(key)
    if (space !== undefined) return void (space.isAgain = true)
    act()
    const over = (): void => {
      const isAgain = this.#spaces.get(key)?.isAgain === true
      this.#spaces.delete(key)
      if (isAgain) this.#spaced(key, act)
    }
    this.#spaces.set(key, { timer: this.#parts.clock.after(SPACE_MS, over, { idle: true }), isAgain: false })
  }
}
