import { Queue, type Clock, type Logger } from '#base'
import type { DeviceStore, FolderIndex, KeepItem } from '#db'
import { protectionsOf, type FolderRetention } from '#history'
import { CHUNK_ITEM_BYTES, type FolderId, type VersionId } from '#model'
import { GoneContent } from '#replication'
import type { FolderChunks } from '#store'
import type { FolderHolders } from './folder-holders.ts'

/** So many versions that were given up are looked for again, the last ones. */
const MOST = 5_000

export interface FolderGoneParts {
  folder: FolderId
  index: Pick<FolderIndex, 'versions' | 'chunksOf' | 'recordsAfter' | 'remember'>
  store: Pick<FolderChunks, 'lacking'>
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  holders(): FolderHolders
  /** Is sync at work on the folder, here or on a device connected? */
  isBusy(): boolean
  retention(): FolderRetention
  clock: Clock
  logger: Logger
}

/** A version that was given up: its number in the index, and what tells whether that is still the same one. */
type GivenUp = [record: number, path: string, id: VersionId]

/**
 * Knows of a folder's versions which ones are gone for good, and which were given up so. One of which all is here after all, as where the
 * disk of the store was not mounted for a while, is kept again.
 */
export class FolderGone {
  readonly before: GoneContent['before']
  readonly missed: GoneContent['missed']
  readonly #parts: FolderGoneParts
  readonly #queue = new Queue()

  constructor(parts: FolderGoneParts) {
    const { index, holders, isBusy, retention, clock } = parts
    this.#parts = parts
    const gone = new GoneContent({
      clock,
      areTogether: (version) => holders().areTogether(version),
      isQuiet: () => !isBusy(),
      async isFree({ version: { id, path } }) {
        const versions = (await index.versions(path)).map(({ version }) => version)
        const { pins, snapshots } = protectionsOf(retention(), versions)
        return !pins.has(id) && !snapshots.has(id)
      },
    })
    this.before = (items) => gone.before(items)
    this.missed = (...of) => gone.missed(...of)
  }

  /** These are going to be forgotten. */
  noteGone(items: readonly KeepItem[]): Promise<void> {
    return this.#queue.run(async () => this.#note([...(await this.#noted()), ...items.map(givenUp)]))
  }

  /** Looks whether what was given up is here after all. */
  rescue(): Promise<void> {
    return this.#queue.run(async () => {
      const { index, logger } = this.#parts
      const noted = await this.#noted()
      const back: GivenUp[] = []
      for (const each of noted) if (await this.#isHere(each)) back.push(each)
      if (back.length === 0) return
      await index.remember(back.map(([record]) => record))
      for (const [, path, version] of back)
        logger.warn({ path, version }, 'content that was given up is here after all: its version is kept again')
      await this.#note(noted.filter((each) => !back.includes(each)))
    })
  }

  async #isHere([record, path, id]: GivenUp): Promise<boolean> {
    const { index, store } = this.#parts
    const [item] = await index.recordsAfter(record - 1, 1)
    const chunks = item?.record === record && item.version.id === id ? await index.chunksOf(path, id) : null
    if (chunks === null || chunks.length === 0) return false
    const ids = Array.from({ length: chunks.length / CHUNK_ITEM_BYTES }, (_, at) =>
      chunks.subarray(at * CHUNK_ITEM_BYTES, at * CHUNK_ITEM_BYTES + 32),
    )
    return (await store.lacking(Buffer.concat(ids))).length === 0
  }

  async #noted(): Promise<GivenUp[]> {
    return JSON.parse((await this.#parts.notes.setting(this.#key)) ?? '[]') as GivenUp[]
  }

  async #note(all: readonly GivenUp[]): Promise<void> {
    await this.#parts.notes.putSetting(this.#key, all.length === 0 ? null : JSON.stringify(all.slice(-MOST)))
  }

  get #key(): string {
    return `given-up.${this.#parts.folder}`
  }
}

function givenUp({ record, version: { path, id } }: KeepItem): GivenUp {
  return [record, path, id]
}
