import { Queue, type Clock, type Logger } from '#base'
import { deriveFolderKeys } from '#content'
import type { DeviceStore, FolderIndex, StoredFolder } from '#db'
import { findAnywhere, type Exchange, type LocalFolder } from '#exchange'
import { Past } from '#history'
import { mayRead, type DeviceId, type FolderId } from '#model'
import type { Group } from '#peers'
import { dutyOf, Keeper, place, type Holders } from '#replication'
import type { FolderChunks } from '#store'

/** `replication_factor`, as it is without anybody's word. */
const REPLICAS = 3

export interface FolderKeepingParts {
  exchange: Exchange
  group: Group
  store: DeviceStore
  clock: Clock
  logger: Logger
}

interface FolderLayout {
  /** Those that hold its chunks. */
  devices: string
  holders: Holders
}

/** A folder's past on this device: what is kept of it, and how it is read. */
export class FolderKeeping {
  readonly past: Past
  readonly #keeper: Keeper
  readonly #parts: FolderKeepingParts
  readonly #folder: FolderId
  readonly #index: FolderIndex
  #layout: FolderLayout | undefined
  readonly #isKept: boolean
  readonly #queue = new Queue()

  /** `isBusy`: sync is at work on the folder. */
  constructor(
    parts: FolderKeepingParts,
    { id: folder, name }: StoredFolder,
    secret: Uint8Array,
    here: LocalFolder & { index: FolderIndex; store: FolderChunks },
    isBusy: () => boolean,
  ) {
    const { exchange, group, clock, logger } = parts
    const { index, store } = here
    const sources = { folder, idKey: deriveFolderKeys(secret).idKey, here, exchange }
    this.#parts = parts
    this.#folder = folder
    this.#index = index
    this.#isKept = group.state.folders.find(({ id }) => id === folder)?.history !== 'off'
    this.#keeper = new Keeper({
      index,
      store,
      finder: { find: (ids, lengths, signal) => findAnywhere(sources, ids, lengths, signal) },
      // The author answers for what it wrote.
      duty: ({ version }, chunk) =>
        version.author === group.device ? 'block' : dutyOf(group.device, chunk, this.#layout?.holders ?? [[]]),
      live: async (ids) => (await index.locate(ids)).map((places) => places.some(({ stat }) => stat !== null)),
      isBusy,
      clock,
      logger: logger.child({ folder }),
    })
    this.past = new Past({
      ...sources,
      name,
      index,
      isKept: (past, chunks) => this.#keeper.has({ ...past, record: 0, chunks }),
    })
  }

  /** Something about the folder, or who takes part, has changed. Cheap. */
  review(): void {
    if (!this.#isKept) return
    if (this.#layout?.devices === this.#devices().join()) this.#keeper.review()
    else
      this.#queue
        .run(() => this.#follow())
        .catch((error: unknown) => this.#parts.logger.warn({ error }, 'holders could not be noted'))
  }

  async stop(): Promise<void> {
    await this.#keeper.stop()
    await this.#queue.run(() => Promise.resolve())
  }

  /** Goes by the layout as it is now: where it was another one, also while this device was not running, all is looked at anew. */
  async #follow(): Promise<void> {
    const { group, store } = this.#parts
    const devices = this.#devices()
    const name = devices.join()
    if (this.#layout?.devices === name) return
    this.#layout = { devices: name, holders: holdersAmong(devices, group.state.ringSize) }
    const key = `holders.${this.#folder}`
    if ((await store.setting(key)) !== name) {
      await this.#index.keepAnew()
      await store.putSetting(key, name)
    }
    this.#keeper.review()
  }

  /** Those that hold the folder's chunks, in their order. */
  #devices(): DeviceId[] {
    const { state } = this.#parts.group
    const readers = state.devices.filter(({ device }) => mayRead(state.role(this.#folder, device)))
    return readers.map(({ device }) => device).toSorted()
  }
}

function holdersAmong(devices: readonly DeviceId[], partitions: number): Holders {
  const replicas = Math.max(1, Math.min(REPLICAS, devices.length))
  return place({ devices: devices.map((device) => ({ device, capacity: 1 })), replicas, partitions, last: null })
}
