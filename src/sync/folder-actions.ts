import { HoldfastError } from '#base'
import type { FolderSyncParts } from './folder-parts.ts'
import { needHealthy } from './need.ts'
import { resolveConflict } from './resolve-conflict.ts'

export interface ActionHooks {
  scan(): Promise<number>
  /** Lets the deletions that the next scan finds go ahead, however many. */
  approve(): void
  /** There may be something to bring to the disk. */
  pull(): Promise<void>
}

/** What only the user can decide about a folder. */
export class FolderActions {
  readonly #parts: FolderSyncParts
  readonly #hooks: ActionHooks

  constructor(parts: FolderSyncParts, hooks: ActionHooks) {
    this.#parts = parts
    this.#hooks = hooks
  }

  /** Lets the deletions that wait go ahead. */
  async approve(): Promise<void> {
    this.#hooks.approve()
    await this.#hooks.scan()
  }

  /** Brings back what the held deletions removed here: it is fetched again. */
  async reject(): Promise<void> {
    const { disk, index } = this.#parts
    if (disk === null) return
    const found = await disk.scan({ snapshot: await index.snapshot(null), scopes: null })
    const vanished = [...found.vanished, ...found.unmounted]
    const rows = await index.rows(vanished)
    await index.commit({ shown: [], gone: vanished, done: [], again: rows.map(({ path }) => path), archived: [] })
    await this.#hooks.scan()
  }

  /** Gives local edits up for the others' versions (they go to the archive); resolves to how many. */
  async revert(): Promise<number> {
    const count = await this.#parts.index.revertLocal()
    await this.#hooks.pull()
    return count
  }

  /** See resolveConflict. */
  async resolve(path: string, keep: 'mine' | 'theirs' | 'both'): Promise<void> {
    const { disk, index } = this.#parts
    if (disk === null) throw new HoldfastError('unsupported', 'a folder without a place on this disk has no files to choose from')
    await needHealthy(this.#parts)
    await resolveConflict({ index, disk }, path, keep)
    await this.#hooks.scan()
  }
}
