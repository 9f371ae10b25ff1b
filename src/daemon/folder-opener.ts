import { HoldfastError, shellWord, type Clock, type Logger, type Random, type Timer } from '#base'
import { deriveFolderKeys } from '#content'
import type { Activity, DeviceStore, FolderIndex, IngestRules, StoredFolder } from '#db'
import type { ReadCache } from '#exchange'
import type { FolderDisk, RootMark } from '#folder'
import { mayRead, mayWrite, type DeviceId, type FolderId } from '#model'
import type { Group } from '#peers'
import { isRootless, needHealthy, type FolderSync, type SyncEngine } from '#sync'
import type { FolderChunks } from '#store'
import { DeletedApart } from './deleted-apart.ts'
import { onlyInArchive } from './folder-archive.ts'
import { inUseBy, keyless } from './folder-faults.ts'
import { foldsCase } from './folds-case.ts'
import { FolderKeeping, type FolderKeepingParts } from './folder-keeping.ts'
import { unblockedKey, vanishedNotes } from './left-folders.ts'
import type { ProblemTimes } from './problem-times.ts'
import { retentionOf } from './retention-of.ts'
import { isHomeRestored } from './restored-home.ts'
import { shelfParts, shelvesOf } from './shelves.ts'
import { stillHas } from './still-has.ts'

/** Stands for a pause until resumed. */
export const FOREVER = -1

export interface RegistryParts {
  home: string
  engine: SyncEngine
  group: Group
  store: DeviceStore
  clock: Clock
  random: Random
  logger: Logger
  openIndex(folder: FolderId, foldsCase: boolean): Promise<FolderIndex>
  dropIndex(folder: FolderId): Promise<void>
  openDisk(root: string, secret: Uint8Array): FolderDisk
  /** Where a folder's chunks are kept. */
  openStore(folder: FolderId, secret: Uint8Array): FolderChunks
  /** What was read of folders that have no place on this disk. */
  cache: ReadCache
  /** Begins to watch a directory; `hint` as in FolderSync. */
  watch(root: string, hint: (paths: readonly string[] | null) => void): () => void
  activity(items: Activity[]): void
  /** See LayoutSource. */
  pledged: FolderKeepingParts['pledged']
  /** What people call a device. */
  called(device: DeviceId): string
  changed(folder: FolderId): void
}

/** A folder that this device takes part in. `sync` is null while it cannot be opened; `fault` says why. */
export interface OpenFolder {
  stored: StoredFolder
  sync: FolderSync | null
  index: FolderIndex | null
  disk: FolderDisk | null
  foldsCase?: boolean
  /** null while it is not open. */
  keeping: FolderKeeping | null
  fault: HoldfastError | null
  unwatch: () => void
  resumeTimer: Timer | null
  /** It is noted that the index has records. */
  indexed: boolean
  /** See FolderSyncParts; kept, for the user may decide after a restart. */
  unblocked: boolean
  problems: ProblemTimes
  /** Whose records count, as it was when the devices were last asked what they have; as text, to compare. */
  writers: string
  deletedApart?: DeletedApart
  /** Other devices that have had the folder on a disk. */
  takers: DeviceId[]
}

/** Marks, checks and opens the directories of folders. */
export class FolderOpener {
  readonly #parts: RegistryParts

  constructor(parts: RegistryParts) {
    this.#parts = parts
  }

  /** A directory that carries another folder's marker was, or is, part of that one. */
  async checkUnmarked(real: string, path: string): Promise<void> {
    const disk = this.#parts.openDisk(real, new Uint8Array(32))
    try {
      const mark = await disk.marked()
      if (mark !== null) {
        this.#refuseOthers(mark, path)
        throw new HoldfastError('exists', `${path} belongs to a shared folder already (${mark.folder})`, {
          reason: 'belongs-to-folder',
          values: { path },
          hint: `if the group has that folder: holdfast folder join ${mark.folder} ${shellWord(path)}; if it is no longer in use, remove the directory .holdfast in it`,
        })
      }
    } finally {
      await disk.close()
    }
  }

  /** Throws where nothing is at a folder's path that could be taken for it. */
  async checkThere({ name, path, secret, marker }: StoredFolder): Promise<void> {
    if (path === null || secret === null) return
    const disk = this.#parts.openDisk(path, secret)
    try {
      await needHealthy({ disk, identity: marker, name })
    } catch (error) {
      if (error instanceof HoldfastError && isRootless(error.cause)) throw error
    } finally {
      await disk.close()
    }
  }

  /** Marks the folder's root, and notes what it is. Throws `exists` where it is another folder's, or another device's. */
  async adopt(stored: StoredFolder): Promise<StoredFolder> {
    const { path, secret } = stored
    if (path === null || secret === null) return stored
    const disk = this.#parts.openDisk(path, secret)
    try {
      return { ...stored, marker: await disk.adopt(stored.id, stored.marker?.id ?? null) }
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'exists') this.#refuseOthers(await disk.marked(), path)
      throw error
    } finally {
      await disk.close()
    }
  }

  /** Takes the mark away again from a directory that did not become a folder. */
  async release({ path, secret }: StoredFolder): Promise<void> {
    if (path === null || secret === null) return
    const disk = this.#parts.openDisk(path, secret)
    try {
      await disk.release()
    } catch (error) {
      this.#parts.logger.warn({ error, path }, 'the marker of a folder could not be removed')
    } finally {
      await disk.close()
    }
  }

  /** Opens a folder's disk and index and begins to keep it the same; throws what keeps it from that. */
  async open(folder: OpenFolder): Promise<void> {
    const { stored } = folder
    const { engine, group, clock, openDisk, openIndex, openStore } = this.#parts
    if (stored.secret === null) throw keyless(stored.name)
    folder.disk = stored.path === null ? null : openDisk(stored.path, stored.secret)
    await this.#signMark(folder)
    folder.index = await openIndex(stored.id, (folder.foldsCase = await foldsCase(folder.disk)))
    folder.writers = JSON.stringify(this.#writers(stored.id))
    folder.takers = JSON.parse((await this.#parts.store.setting(`takers.${stored.id}`)) ?? '[]') as DeviceId[]
    const here = { index: folder.index, disk: folder.disk, store: openStore(stored.id, stored.secret) }
    folder.keeping = new FolderKeeping(
      { ...this.#parts, exchange: engine.exchange, retention: (id) => retentionOf(group, id) },
      stored,
      stored.secret,
      here,
      () => folder.sync,
    )
    folder.unblocked = (await this.#parts.store.setting(unblockedKey(stored.id))) !== null
    const apart = (folder.deletedApart ??= await new DeletedApart(this.#parts, stored).load())
    const failed = (error: unknown): void => this.#parts.logger.warn({ error }, 'a folder could not be noted')
    folder.sync = await engine.addFolder(
      {
        id: stored.id,
        name: stored.name,
        index: folder.index,
        disk: folder.disk,
        identity: stored.marker,
        restored: await isHomeRestored(this.#parts, stored, folder.disk),
        store: here.store,
        kept: () => folder.keeping?.kept,
        onlyInArchive: (names) => onlyInArchive(folder, names),
        idKey: deriveFolderKeys(stored.secret).idKey,
        role: (device) => group.state.role(stored.id, device ?? group.device),
        nameOf: (device) => this.#parts.called(device),
        writers: () => this.#writers(stored.id),
        members: () => this.#members(stored.id),
        ...shelfParts(group, stored.id),
        activity: (items) => this.#parts.activity(items.map((item) => ({ ...item, folder: stored.id }))),
        took: (by, made) => apart.took(by, made),
        changed: () => {
          this.#noteIndexed(folder)
          this.#noteTakers(folder)
          this.#noteProblems(folder)
          folder.keeping?.review()
          this.#parts.changed(stored.id)
        },
        compared: () => void this.note(folder, { ...folder.stored, compared: true }).catch(failed),
        unblocked: () => folder.unblocked,
        judged: () => {
          folder.unblocked = false
          this.#parts.store.putSetting(unblockedKey(stored.id), null).catch(failed)
        },
        deletions: vanishedNotes(this.#parts.store, stored.id),
      },
      { compared: stored.compared && !(await this.#isLost(folder)), paused: isPaused(stored, clock.now()) },
    )
    folder.keeping.review()
    if (stored.path !== null) {
      const { sync } = folder
      folder.unwatch = this.#parts.watch(stored.path, (paths) => sync.hint(paths))
    }
  }

  /** A marker of the first form does not say which device keeps the folder there; from now on it does. */
  async #signMark({ stored, disk }: OpenFolder): Promise<void> {
    if (disk === null || stored.marker === null) return
    try {
      if (!(await disk.check(stored.marker)).ok || (await disk.marked())?.device !== null) return
      await disk.adopt(stored.id, stored.marker.id)
    } catch (error) {
      this.#parts.logger.warn({ error, path: stored.path }, 'the marker of a folder could not be written anew')
    }
  }

  /** Throws where another device keeps a folder in the directory: two of one computer would fight over the same files. */
  #refuseOthers(mark: RootMark | null, path: string): void {
    const device = mark?.device ?? null
    if (device !== null && device !== this.#parts.group.device) throw inUseBy(this.#parts.called(device as DeviceId), path)
  }

  /** Asks the devices again what they have where others may write in the folder now. */
  heed(folder: OpenFolder): void {
    const writers = JSON.stringify(this.#writers(folder.stored.id))
    if (writers === folder.writers) return
    folder.writers = writers
    this.#parts.engine.hearAgain(folder.stored.id)
  }

  /** Keeps what is known of a folder. */
  async note(folder: OpenFolder, stored: StoredFolder): Promise<void> {
    await this.#parts.store.putFolder(stored)
    folder.stored = stored
  }

  /** The devices whose records of `folder` count; those that may not write, as far as was said when that was taken from them. */
  #writers(folder: FolderId): IngestRules['writers'] {
    const { state } = this.#parts.group
    const members = state.devices.map(({ device }) => device).filter((device) => mayWrite(state.role(folder, device)))
    return [
      ...members.map((device) => ({ device })),
      ...state.counted(folder).flatMap((device) => {
        const cut = state.cut(folder, device)
        return cut === null ? [] : [{ device, cut }]
      }),
    ]
  }

  /** The other devices that may read `folder`. */
  #members(folder: FolderId): { device: DeviceId; creator: boolean }[] {
    const { group } = this.#parts
    const creator = group.state.folders.find(({ id }) => id === folder)?.creator
    const others = group.state.devices.filter(
      ({ device }) => device !== group.device && mayRead(group.state.role(folder, device)),
    )
    return others.map(({ device }) => ({ device, creator: device === creator }))
  }

  /** True where the index had records once and has none now: its file was lost, and others know more of this disk than we do. */
  async #isLost({ stored, index, takers }: OpenFolder): Promise<boolean> {
    const { state } = this.#parts.group
    if (shelvesOf(this.#parts.group).length === 0 && !takers.some((device) => stillHas(state, stored.id, device))) return false
    return ((await index?.totals())?.empty ?? true) && (await this.#parts.store.setting(`indexed.${stored.id}`)) !== null
  }

  /** Problems come and go with their number; which they are is looked at only then. */
  #noteProblems(folder: OpenFolder): void {
    const { sync, problems } = folder
    if (sync === null || sync.problems.count === problems.counted) return
    problems.counted = sync.problems.count
    sync.problems.list().then(
      (list) => problems.note(list, this.#parts.clock.now()),
      (error: unknown) => this.#parts.logger.debug({ error }, 'the problems of a folder could not be listed'),
    )
  }

  /** Remembers who has the folder, so that they are waited for while they are away. */
  #noteTakers(folder: OpenFolder): void {
    const takers = new Set([...folder.takers, ...(folder.sync?.exchange.takers ?? [])])
    if (takers.size === folder.takers.length) return
    folder.takers = [...takers]
    this.#parts.store
      .putSetting(`takers.${folder.stored.id}`, JSON.stringify(folder.takers))
      .catch((error: unknown) => this.#parts.logger.warn({ error }, 'a folder could not be noted'))
  }

  /** Remembers, outside of the index, that it has records. */
  #noteIndexed(folder: OpenFolder): void {
    if (folder.indexed || folder.sync?.totals?.empty !== false) return
    folder.indexed = true
    this.#parts.store
      .putSetting(`indexed.${folder.stored.id}`, '1')
      .catch((error: unknown) => this.#parts.logger.warn({ error }, 'a folder could not be noted'))
  }
}

function isPaused({ pausedUntil }: StoredFolder, now: number): boolean {
  return pausedUntil === FOREVER || pausedUntil > now
}
