import { every, HoldfastError, Queue, type Timer } from '#base'
import type { StoredFolder } from '#db'
import type { FolderId } from '#model'
import type { GroupFolder } from '#peers'
import { awaitSecret } from './await-secret.ts'
import { sayCounted } from './counted.ts'
import { FolderOpener, FOREVER, type OpenFolder, type RegistryParts } from './folder-opener.ts'
import { asFault, alreadyJoined, nameOffered, nameTaken, sameNameHere } from './folder-faults.ts'
import { folderPlace } from './folder-places.ts'
import { noteJoined, noteLeft, unblockedKey } from './left-folders.ts'
import { Offers } from './offers.ts'
import { ProblemTimes } from './problem-times.ts'

/** How often a folder that could not be opened is tried again. */
const REOPEN_MS = 5_000
/** Faults that only the user can mend: trying again would only say the same again. */
const LASTING: ReadonlySet<string> = new Set(['corrupt', 'unsupported'])

/** The folders of this device: which there are, where they are on disk, and what keeps each one open. */
export class FolderRegistry {
  readonly #parts: RegistryParts
  readonly #opener: FolderOpener
  readonly #folders = new Map<FolderId, OpenFolder>()
  readonly #offers: Offers
  readonly #queue = new Queue()
  #started = false
  #stopped = false
  #reopening: Timer | null = null

  constructor(parts: RegistryParts) {
    this.#parts = parts
    this.#opener = new FolderOpener(parts)
    this.#offers = new Offers(parts.group, (id) => this.#folders.has(id))
    parts.group.on('changed', () => this.#onGroupChanged())
  }

  get folders(): OpenFolder[] {
    return [...this.#folders.values()]
  }

  /** What some device of the group has and this one takes no part in. */
  get offered(): GroupFolder[] {
    return this.#offers.list
  }

  /** Is it known that this device takes no part in a folder? */
  lacks(id: FolderId): boolean {
    return this.#started && !this.#folders.has(id)
  }

  async start(): Promise<void> {
    for (const stored of await this.#parts.store.folders()) await this.#open(stored)
    this.#started = true
    this.#sayTaken()
    const { clock, logger } = this.#parts
    const failed = (error: unknown): void => logger.warn({ error }, 'a folder could not be opened again')
    this.#reopening = every(clock, REOPEN_MS, () => this.#reopen(), failed)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#reopening?.cancel()
    await this.#queue.run(async () => {
      for (const folder of this.#folders.values()) await this.#close(folder)
    })
  }

  /** A folder by its name here or its id; throws `not-found`. */
  find(reference: string): OpenFolder {
    const folder = this.folders.find(({ stored }) => stored.name === reference || stored.id === reference)
    if (folder !== undefined) return folder
    throw this.#offers.notHere(reference)
  }

  /** Shares the directory at `path`, an absolute path. */
  create(
    path: string,
    options: { name: string; history: 'full' | 'off'; consistency: 'eventual' | 'quorum' | 'strong' },
  ): Promise<StoredFolder> {
    return this.#queue.run(async () => {
      const { group, store } = this.#parts
      const real = await folderPlace(path, this.#taken(), { create: false })
      if (this.#isTaken(options.name)) throw nameTaken(options.name, path)
      if (await this.#offers.has(options.name, this.#parts.clock)) throw nameOffered(options.name, path)
      await this.#opener.checkUnmarked(real, path)
      const wanted = { name: options.name, path: real, pausedUntil: 0, marker: null, compared: true }
      let stored: StoredFolder | null = null
      try {
        await group.createFolder(options, async ({ id }, secret) => {
          stored = await this.#opener.adopt({ ...wanted, id, secret })
        })
      } catch (error) {
        if (stored !== null) await this.#opener.release(stored)
        throw error
      }
      if (stored === null) throw new HoldfastError('internal', `${path} was not marked`)
      await store.putFolder(stored)
      await this.#openChecked(stored)
      return stored
    })
  }

  /** Takes part in a folder of the group; `path` null = online-only: without a place on this disk. */
  join(reference: string, path: string | null): Promise<StoredFolder> {
    return this.#queue
      .run(async () => {
        const { store } = this.#parts
        const known = this.folders.find(({ stored }) => stored.name === reference || stored.id === reference)
        if (known !== undefined && (known.stored.path !== null || path === null)) {
          throw alreadyJoined(known.stored, path)
        }
        const offered = known?.stored ?? (await this.#offers.named(reference, this.#parts.clock))
        if (known === undefined && this.#isTaken(offered.name)) throw sameNameHere(offered.name)
        const real = path === null ? null : await folderPlace(path, this.#taken(), { create: true })
        const secret = await awaitSecret(this.#parts, offered.id, offered.name)
        const wanted: StoredFolder = {
          id: offered.id,
          name: offered.name,
          path: real,
          secret,
          pausedUntil: 0,
          marker: null,
          // Also for the folder's creator: who has left does not know what others have done since.
          compared: known?.stored.compared ?? false,
        }
        const stored = await this.#opener.adopt(wanted)
        await noteJoined(store, stored)
        if (known !== undefined) await this.#close(known)
        await this.#openChecked(stored)
        return stored
      })
      .finally(() => this.#sayTaken())
  }

  /** Takes no part any more. Files stay on disk, the index goes. */
  leave(reference: string): Promise<FolderId> {
    return this.#queue
      .run(async () => {
        const { engine, store, dropIndex, cache, logger, group } = this.#parts
        const folder = this.find(reference)
        const { id } = folder.stored
        const isHeldElsewhere = (await folder.keeping?.isHeldElsewhere()) === true && group.state.pledge(group.device) === 0
        await engine.leaveFolder(id)
        const failed = (error: unknown): void => logger.warn({ error }, 'the marker of a folder could not be removed')
        await folder.disk?.release().catch(failed)
        await this.#close(folder)
        this.#folders.delete(id)
        await noteLeft(store, id, isHeldElsewhere)
        await dropIndex(id)
        await cache.forget(id)
        this.#parts.changed(id)
        return id
      })
      .finally(() => this.#sayTaken())
  }

  /** `until` in ms, or null = until resumed. */
  pause(reference: string, until: number | null): Promise<FolderId> {
    return this.#queue.run(async () => {
      const folder = this.find(reference)
      await this.#opener.note(folder, { ...folder.stored, pausedUntil: until ?? FOREVER })
      await folder.sync?.pause()
      this.#planResume(folder)
      return folder.stored.id
    })
  }

  resume(reference: string): Promise<FolderId> {
    return this.#queue.run(async () => {
      const folder = this.find(reference)
      folder.resumeTimer?.cancel()
      await this.#opener.note(folder, { ...folder.stored, pausedUntil: 0 })
      folder.sync?.resume()
      return folder.stored.id
    })
  }

  /** Takes the directory that is at a blocked folder's path now for the folder: its marker and identity are noted anew. */
  unblock(reference: string): Promise<FolderId> {
    return this.#queue.run(async () => {
      const folder = this.find(reference)
      if (folder.stored.path === null) throw new HoldfastError('usage', `${folder.stored.name} has no place on this disk`)
      await this.#opener.checkThere(folder.stored)
      await this.#close(folder)
      let stored: StoredFolder
      try {
        stored = await this.#opener.adopt(folder.stored)
      } catch (error) {
        // It stays what it was: blocked, and to be tried again.
        await this.#open(folder.stored)
        throw error
      }
      await this.#parts.store.putSetting(unblockedKey(stored.id), '1')
      await this.#parts.store.putFolder(stored)
      await this.#openChecked(stored)
      return stored.id
    })
  }

  #taken(): { home: string; folders: { name: string; path: string }[] } {
    const folders = this.folders.flatMap(({ stored: { name, path } }) => (path === null ? [] : [{ name, path }]))
    return { home: this.#parts.home, folders }
  }

  #isTaken(name: string): boolean {
    return this.folders.some(({ stored }) => stored.name === name)
  }

  async #openChecked(stored: StoredFolder): Promise<void> {
    const { fault } = await this.#open(stored)
    if (fault !== null) throw fault
  }

  /** What kept a folder from being opened may be over: its disk was full, say. */
  async #reopen(): Promise<void> {
    for (const { stored, fault } of this.folders) {
      if (fault === null || LASTING.has(fault.code)) continue
      await this.#queue.run(async () => {
        const folder = this.#folders.get(stored.id)
        if (this.#stopped || folder?.fault !== fault) return
        await this.#close(folder)
        await this.#open(folder.stored, fault)
      })
    }
  }

  /** `before` is what kept it from being opened the last time. */
  async #open(stored: StoredFolder, before: HoldfastError | null = null): Promise<OpenFolder> {
    const folder: OpenFolder = {
      stored,
      sync: null,
      index: null,
      disk: null,
      keeping: null,
      fault: null,
      unwatch: () => undefined,
      resumeTimer: null,
      indexed: false,
      unblocked: false,
      problems: new ProblemTimes(),
      writers: '',
      takers: [],
    }
    this.#folders.set(stored.id, folder)
    try {
      await this.#opener.open(folder)
      this.#planResume(folder)
      void sayCounted(this.#parts.group, folder, this.#parts.logger)
    } catch (error) {
      folder.fault = asFault(error)
      if (folder.fault.message !== before?.message)
        this.#parts.logger.error({ folder: stored.id, error }, 'a folder could not be opened')
    }
    this.#parts.changed(stored.id)
    return folder
  }

  #planResume(folder: OpenFolder): void {
    folder.resumeTimer?.cancel()
    const { pausedUntil, id } = folder.stored
    if (pausedUntil <= 0) return
    const wait = Math.max(0, pausedUntil - this.#parts.clock.now())
    folder.resumeTimer = this.#parts.clock.after(wait, () => void this.resume(id), { idle: true })
  }

  async #close(folder: OpenFolder): Promise<void> {
    folder.unwatch()
    folder.resumeTimer?.cancel()
    await this.#parts.engine.removeFolder(folder.stored.id)
    await folder.keeping?.stop()
    await folder.index?.close()
    await folder.disk?.close()
    folder.sync = null
    folder.keeping = null
    folder.index = null
    folder.disk = null
  }

  /** Tells the group which folders this device has on its disk, once what is being done with them is done. */
  #sayTaken(): void {
    void this.#queue.run(async () => {
      if (!this.#started || this.#stopped) return
      await this.#offers.say((id) => (this.#folders.get(id)?.stored.path ?? null) !== null, this.#parts.logger)
    })
  }

  #onGroupChanged(): void {
    if (this.#stopped) return
    const { engine, group, logger } = this.#parts
    engine.refresh()
    this.#sayTaken()
    for (const folder of this.#folders.values()) {
      const { stored, sync } = folder
      this.#opener.heed(folder)
      void sayCounted(group, folder, logger)
      this.#parts.changed(stored.id)
      sync?.rolesChanged().catch((error: unknown) => logger.warn({ error }, 'a change of roles could not be followed'))
    }
  }
}
