import { Queue, type Logger } from '#base'
import { mayRead, type DeviceId, type FolderId } from '#model'
import type { GroupState, NetworkEvents, Nowhere } from '#peers'
import type { OpenFolder } from './folder-opener.ts'

type Kept = Pick<OpenFolder, 'stored' | 'keeping'>
interface Listener {
  readonly device: DeviceId
  sendNowhere(message: Nowhere): void
}

export interface ToldLossesParts {
  network: {
    readonly group: { readonly state: Pick<GroupState, 'role'> }
    peers(): readonly Listener[]
    on(event: 'nowhere', listener: (word: NetworkEvents['nowhere']) => void): unknown
  }
  registry: { readonly folders: readonly Kept[] }
  logger: Logger
}

/**
 * Has the devices of a folder come to one mind about what is lost of it: each that is connected hears of what this one finds, and looks itself. What was
 * given up is told to none: that is for the user of each to say.
 */
export class ToldLosses {
  readonly #parts: ToldLossesParts
  readonly #queue = new Queue()
  /** How much was lost of each folder when a connection was last told. */
  readonly #told = new WeakMap<Listener, Map<FolderId, number>>()
  #isStopped = false

  constructor(parts: ToldLossesParts) {
    this.#parts = parts
  }

  start(): void {
    this.#parts.network.on('nowhere', (word) => this.#soon(() => this.#heard(word)))
    this.review()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#queue.run(() => Promise.resolve())
  }

  /** More may be lost, or a device have come. Cheap. */
  review(): void {
    for (const folder of this.#parts.registry.folders) {
      const { id } = folder.stored
      const lost = folder.keeping?.lost ?? 0
      const untold = this.#listeners(id).filter((peer) => (this.#told.get(peer)?.get(id) ?? 0) !== lost)
      if (untold.length > 0) this.#soon(() => this.#tell(folder, untold))
    }
  }

  async #tell({ stored: { id: folder }, keeping }: Kept, peers: readonly Listener[]): Promise<void> {
    if (keeping === null) return
    const { lost } = keeping
    const places = lost === 0 ? [] : await keeping.losses.places()
    for (const peer of peers) {
      const told = this.#told.get(peer) ?? new Map<FolderId, number>()
      this.#told.set(peer, told.set(folder, lost))
      if (places.length > 0) peer.sendNowhere({ folder, places })
    }
  }

  async #heard({ device, folder, places }: NetworkEvents['nowhere']): Promise<void> {
    const { network, registry } = this.#parts
    const role = network.group.state.role(folder, device)
    const losses = registry.folders.find(({ stored }) => stored.id === folder)?.keeping?.losses
    if (losses !== undefined && mayRead(role)) await losses.heard(places)
  }

  #soon(work: () => Promise<void>): void {
    const { logger } = this.#parts
    this.#queue
      .run(async () => (this.#isStopped ? undefined : work()))
      .catch((error: unknown) => logger.debug({ error }, 'what is lost could not be told'))
  }

  #listeners(folder: FolderId): Listener[] {
    const { network } = this.#parts
    return network.peers().filter(({ device }) => mayRead(network.group.state.role(folder, device)))
  }
}
