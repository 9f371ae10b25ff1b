import { every, HoldfastError, messageOf, Queue, type Clock, type Logger, type Timer } from '#base'
import type { DeviceStore } from '#db'
import { sweep, type FolderRetention, type Swept } from '#history'
import type { DeviceId, FolderId } from '#model'
import type { FolderSealing, Sweepable } from '#store'
import type { DropJudge, JudgeOptions } from './drop-judge.ts'
import { dropStored, type DroppedFiles } from './folder-archive.ts'
import {
  forgetIn,
  forgetLostIn,
  isToForget,
  judgeIn,
  sweepIn,
  type FolderHousekeepingParts,
  type GivingUpParts,
  type HousekeptFolder,
} from './folder-housekeeping.ts'
import type { FolderUse } from './folder-use.ts'
import type { HeldForOthers } from './held-for-others.ts'
import { add, NOTHING, type Housekept } from './housekept.ts'
import { isLeftToOthers } from './left-folders.ts'
import { StrayFiles } from './stray-files.ts'
import { stepper } from './stepper.ts'
import { ARCHIVE_REST_MS } from './setting-notes.ts'
import { sweepPending } from './sweep-pending.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** How often it is looked whether something is to be done. */
const LOOK_MS = 10 * MINUTE_MS
/** After so long without a run the clock may have leapt, and be set right again soon. */
const LEAP_MS = 30 * DAY_MS
/** Files that nobody knows are removed when they are as old as this: younger ones may be being written. */
const STRAY_MS = DAY_MS
/** Of a folder whose blocks may be the only ones. */
const LEFT =
  'this device left it, and it is not known whether other devices have all of it; if they are to, join it again, and leave it when it is protected'
/** Of one whose index this device never had, or has no longer, and whose blocks others put here. */
const HELD = 'its blocks are held for other devices, which say what of them may go'
/** What is told of one whose blocks are held for others. */
const STANDING: Record<FolderUse, string> = {
  taken: HELD,
  read: 'no device has it on a disk, and one may read it out of the blocks that are held here: they stay until all have left it, or may not read it any more',
  none: 'no device takes part in it any more; its blocks go for good with: holdfast gc --abandoned',
  foreign:
    'it is of a group that this device is not in any more: in that again (holdfast join CODE) its blocks are of use, else they go for good with: holdfast gc --abandoned',
}
/** When the last run ended, ms. */
const LAST_KEY = 'housekeeping'
/** When one last ended that freed what nothing needs, ms: that it was put off, or failed in a folder, changes nothing here. */
const FREED_KEY = 'freed'

export interface HousekeepingParts extends GivingUpParts {
  device: DeviceId
  registry: { readonly folders: readonly HousekeptFolder[] }
  blocks: Sweepable & { totals(): Promise<{ blocks: number; bytes: number }> }
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  sealings(): readonly FolderSealing[]
  clock: Clock
  logger: Logger
  /** What is to be retained of a folder's versions. */
  retention(folder: FolderId): FolderRetention
  /** How long a block stays that nothing needs, ms. */
  grace(): number
  /** Does another device take part in a folder, as far as is known? */
  isElsewhere(folder: FolderId): boolean
  /** What is here of folders that this device takes no part in, and others count on. */
  held: Pick<HeldForOthers, 'took' | 'isFor' | 'isAny'>
  /** Of what use it is. */
  use(folder: FolderId): FolderUse
  /** Tells others what of that which they hold may go. */
  judge: Pick<DropJudge, 'judge'>
  /** Is sync at work? It goes first. */
  isBusy(): boolean
}

export interface HousekeepingOptions {
  isDry: boolean
  /** Only what is not needed is freed: nothing is forgotten. */
  isSweepOnly?: boolean
  /** Blocks of folders that no device takes part in any more are freed as well. */
  isAbandonedToo?: boolean
  /** Versions whose content is on no device any more are forgotten as well. */
  isLostToo?: boolean
  signal: AbortSignal
}

/**
 * Forgets versions by the folders' policies and frees what nothing needs any more, or what an archive has beside the stores: once a day, soon after a policy has changed, and
 * when it is asked for. One run at a time.
 */
export class Housekeeping {
  readonly #parts: HousekeepingParts
  readonly #strays: StrayFiles
  readonly #queue = new Queue()
  readonly #stop = new AbortController()
  #looking: Timer | null = null
  /** How many wait for a run. */
  #awaited = 0

  constructor(parts: HousekeepingParts) {
    this.#parts = parts
    this.#strays = new StrayFiles(parts)
  }

  start(): void {
    const { clock, logger } = this.#parts
    const failed = (error: unknown): void => {
      if (!this.#stop.signal.aborted) logger.warn({ error }, 'housekeeping failed')
    }
    this.#looking = every(clock, LOOK_MS, () => this.look(), failed)
  }

  async stop(): Promise<void> {
    this.#looking?.cancel()
    this.#stop.abort(new HoldfastError('offline', 'Holdfast is being stopped', { reason: 'stopping' }))
    await this.#queue.run(() => Promise.resolve())
  }

  /** When what nothing needs was freed last, ms; null where that is not known. */
  async last(): Promise<number | null> {
    const text = await this.#parts.store.setting(FREED_KEY)
    return text === null ? null : Number(text)
  }

  /** Does what there is to do, if its time has come. */
  async look(): Promise<void> {
    const { registry, store, clock, retention } = this.#parts
    const now = clock.now()
    const last = Number((await store.setting(LAST_KEY)) ?? -Infinity)
    // What one that is years ahead takes for old is forgotten for good: where it goes on so, the next run is a day later.
    if (Number.isFinite(last) && now - last > LEAP_MS) return store.putSetting(LAST_KEY, String(now))
    // A clock that was set back must not keep it from ever coming.
    let isDue = now - last >= DAY_MS || last > now
    for (const folder of registry.folders) isDue ||= await isToForget(store, folder, retention(folder.stored.id))
    const { signal } = this.#stop
    await this.#queue.run<unknown>(() => (isDue ? this.#run({ isDry: false, signal }) : this.#between(signal)))
  }

  /** The same now, for somebody who waits for it; `isDry`: only tells what would be freed. Rejects when `signal` aborts. */
  async run(options: HousekeepingOptions): Promise<Housekept> {
    this.#awaited++
    try {
      const signal = AbortSignal.any([options.signal, this.#stop.signal])
      return await this.#queue.run(() => this.#run({ ...options, signal }))
    } finally {
      this.#awaited--
    }
  }

  /** Tells these devices, which are to hold nothing any more, what of that which they hold is elsewhere. */
  async relieve(devices: readonly DeviceId[]): Promise<void> {
    const { signal } = this.#stop
    await this.#queue.run(async () => {
      const parts = this.#folderParts(null, signal)
      for (const folder of this.#parts.registry.folders)
        await this.#judge(parts, folder, { isDry: false, isPendingOnly: false, of: devices, signal })
    })
  }

  /** What there is to do between two runs: others may have said what may go here, or what must not elsewhere. */
  async #between(signal: AbortSignal): Promise<void> {
    const { registry, blocks, clock, grace, held } = this.#parts
    const parts = this.#folderParts(null, signal)
    await this.#dropArchived(parts.step, { isDry: false, signal })
    const options = { now: clock.now(), grace: grace(), isDry: false }
    const own = new Set(registry.folders.map(({ stored }) => stored.id))
    // Where nothing is held, the store's thread may rest.
    for (const folder of held.isAny ? await blocks.folders() : [])
      if (!own.has(folder) && held.isFor(folder)) await sweepPending({ folder, ...parts }, options)
    for (const folder of registry.folders) await this.#judge(parts, folder, { isDry: false, isPendingOnly: true, signal })
  }

  async #run({
    isDry,
    signal,
    isSweepOnly = false,
    isAbandonedToo = false,
    isLostToo = false,
  }: HousekeepingOptions): Promise<Housekept> {
    const { registry, blocks, store, clock, logger, retention } = this.#parts
    signal.throwIfAborted()
    const now = clock.now()
    const total: Housekept = {
      ...NOTHING,
      forgotten: 0,
      lost: 0,
      undecided: [],
      archivedFiles: 0,
      strays: { files: 0, bytes: 0 },
      obstacles: [],
      elsewhere: [],
    }
    const parts = this.#folderParts((await blocks.totals()).blocks, signal)
    const options = { now, grace: this.#parts.grace(), isDry, isAbandonedToo }
    const folders = new Set(await blocks.folders())
    let isSwept = true
    const attempt = async (folder: FolderId, work: () => Promise<Swept>): Promise<void> => {
      const swept = await work().catch((error: unknown) => {
        signal.throwIfAborted()
        logger.warn({ error, folder }, 'the blocks of a folder could not be swept')
        isSwept = false
        return { ...NOTHING, obstacle: messageOf(error) }
      })
      add(total, swept)
      if (swept.obstacle !== null) total.obstacles.push({ folder: this.#parts.called(folder), message: swept.obstacle })
    }
    for (const folder of registry.folders) {
      const { id } = folder.stored
      await attempt(id, async () => {
        if (isLostToo) await forgetLostIn(this.#parts, folder, { isDry, signal }, total)
        if (!isSweepOnly) total.forgotten += await forgetIn(parts, folder, retention(id), options)
        return folders.delete(id) ? sweepIn(parts, folder, options, () => retention(id)) : { ...NOTHING, obstacle: null }
      })
      folders.delete(id)
      total.elsewhere.push(...(await this.#judge(parts, folder, { isDry, isPendingOnly: false, signal })))
    }
    if (isSweepOnly) return total
    const archived = await this.#dropArchived(parts.step, { isDry, signal })
    total.archivedFiles += archived.files
    total.bytes += archived.bytes
    for (const folder of folders) await attempt(folder, () => this.#sweepLeft(parts, folder, options))
    if (!isDry) {
      const tidied = await this.#strays.tidy({ ...options, before: now - STRAY_MS, step: () => parts.step(0) })
      total.bytes += tidied.bytes
      total.blocks += tidied.blocks
      total.strays = tidied.strays
      for (const key of isSwept ? [LAST_KEY, FREED_KEY] : [LAST_KEY]) await store.putSetting(key, String(now))
      const { forgotten, archivedFiles, blocks: count, bytes: freed, obstacles } = total
      logger.info({ forgotten, archivedFiles, blocks: count, bytes: freed, obstacles }, 'what is no longer needed was removed')
    }
    return total
  }

  /** Drops from the archives what the stores have. A folder whose disk fails does not keep it from the others. */
  async #dropArchived(
    step: (blocks: number) => Promise<void>,
    { isDry, signal }: { isDry: boolean; signal: AbortSignal },
  ): Promise<DroppedFiles> {
    const { registry, clock, logger, grace } = this.#parts
    const total: DroppedFiles = { files: 0, bytes: 0 }
    const rest = Math.min(ARCHIVE_REST_MS, grace())
    for (const folder of registry.folders) {
      try {
        const dropped = await dropStored(folder, { now: clock.now(), rest, isDry, logger, step: () => step(0) })
        total.files += dropped.files
        total.bytes += dropped.bytes
      } catch (error) {
        signal.throwIfAborted()
        logger.warn({ error, folder: folder.stored.id }, 'the archive of a folder could not be gone through')
      }
    }
    return total
  }

  /** Blocks of a folder that this device takes no part in. */
  async #sweepLeft(
    { blocks, store, step }: FolderHousekeepingParts,
    folder: FolderId,
    options: { now: number; grace: number; isDry: boolean; isAbandonedToo?: boolean },
  ): Promise<Swept> {
    const { registry, isElsewhere, use, held } = this.#parts
    const isUsed = (): boolean => use(folder) === 'taken' || use(folder) === 'read'
    const isToGo = options.isAbandonedToo === true && !isUsed()
    const isLeft = (await isLeftToOthers(store, folder)) && isElsewhere(folder)
    if (!isToGo && !isLeft) {
      if (!held.isFor(folder)) return { ...NOTHING, obstacle: LEFT }
      const swept = await sweepPending({ folder, blocks, step }, options)
      return { ...swept, obstacle: STANDING[use(folder)] }
    }
    const obstacle = (): string | null => {
      if (isToGo ? isUsed() : held.took(folder)) return HELD
      return registry.folders.some(({ stored }) => stored.id === folder) ? 'it was joined meanwhile' : null
    }
    return sweep({ folder, index: null, store: blocks, obstacle, step }, options)
  }

  /** A folder that fails keeps no other from it. */
  async #judge(
    parts: FolderHousekeepingParts,
    folder: HousekeptFolder,
    options: Pick<JudgeOptions, 'isDry' | 'isPendingOnly' | 'of' | 'signal'>,
  ): Promise<Housekept['elsewhere']> {
    const { judge, retention, called, logger } = this.#parts
    const { id } = folder.stored
    try {
      const judged = await judgeIn(parts, folder, judge, options, () => retention(id))
      return judged.map((each) => ({ ...each, folder: called(id) }))
    } catch (error) {
      options.signal.throwIfAborted()
      logger.warn({ error, folder: id }, 'what other devices hold of a folder could not be judged')
      return []
    }
  }

  #folderParts(total: number | null, signal: AbortSignal): FolderHousekeepingParts {
    const { device, blocks, store } = this.#parts
    return { device, blocks, store, step: stepper({ ...this.#parts, isAwaited: () => this.#awaited > 0 }, total, signal) }
  }
}
