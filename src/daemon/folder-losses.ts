import { every, orAborted, sleep, type Clock, type Logger } from '#base'
import type { DeviceStore, FolderIndex, KeepItem } from '#db'
import type { Exchange } from '#exchange'
import type { DeviceId, FolderId, RecordPlace } from '#model'
import { tallySince, type ChunkFinder, type Keeper } from '#replication'
import { AskedDevices } from './asked-devices.ts'
import type { FolderGone } from './folder-gone.ts'
import type { FolderHolders } from './folder-holders.ts'
import type { FolderReplicas } from './folder-replicas.ts'
import type { Haste } from './haste.ts'
import { LostSeeker } from './lost-seeker.ts'

/** A look for what is lost takes so long at most, ms, and so much of it what is brought to devices that hold blocks only. */
const LOOK_MS = 60_000
const BRING_MS = 10_000
/** Where devices are at work, so that nothing can be told, it is tried again so often, ms, and for so long. */
const AGAIN_MS = 1_000
const AT_WORK_MS = 15_000
const PROGRESS_MS = 250
/** Lost versions asked for in one call, and told to others at most. */
const PAGE = 256
const MOST = 10_000

export interface FolderLossesParts {
  folder: FolderId
  group: { readonly state: { readonly devices: readonly { readonly device: DeviceId; readonly added: number }[] } }
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  /** null where sync does not run. */
  sync(): {
    readonly exchange: { readonly peers: readonly { readonly device: DeviceId; readonly state: object | null }[] }
  } | null
  index: Pick<FolderIndex, 'lost' | 'forgetLost' | 'remember' | 'recordsAt' | 'records' | 'keeping'>
  exchange: Pick<Exchange, 'connection'>
  gone: Pick<FolderGone, 'sought'>
  keeper: Pick<Keeper, 'between' | 'keepAll' | 'lookAt'>
  replicas: Pick<FolderReplicas, 'askAnew' | 'bringAll' | 'count'>
  holders(): Pick<FolderHolders, 'away'>
  haste: Haste
  find: ChunkFinder['find']
  /** This device keeps content of it: not where the folder has no place on its disk. */
  isKeeping: boolean
  /** Looks by the layout as it is now whether all that was kept is there still. */
  recheck(): Promise<unknown>
  /** Counts anew what is protected and lost. */
  count(): Promise<void>
  review(): void
  clock: Clock
  logger: Logger
}

/** What a look for what is lost could not tell. */
export interface Undecided {
  /** Versions that lack content here which was neither found nor found to be nowhere. */
  versions: number
  /** Devices that may have it, and are not connected. */
  away: readonly DeviceId[]
  /** false: it was ended before it had come to all. */
  isWhole: boolean
}

/** What a look came to. */
export interface Looked {
  /** What is lost, by its records: it was looked for now, and found nowhere. */
  nowhere: number[]
  undecided: Undecided
}

/** How far it was looked on other devices for what counts as lost. */
interface Search {
  /** All that did when it began, and how much of that was looked for, by its records. */
  lost: ReadonlySet<number>
  there: Set<number>
  nowhere: Set<number>
  /** The connections that there were then. */
  asked: ReadonlySet<number>
}

/** What of a folder is lost: it is looked for on devices that connect, and given up where the user of this one says so. */
export class FolderLosses {
  readonly #parts: FolderLossesParts
  readonly #seeker: LostSeeker

  constructor(parts: FolderLossesParts) {
    const { folder, notes, group, exchange, keeper, index, replicas, review, sync } = parts
    this.#parts = parts
    this.#seeker = new LostSeeker({
      ...parts,
      devices: () => group.state.devices.map(({ device }) => device),
      connection: (device) => exchange.connection(device),
      // Who has not said yet what it has has not opened the folder.
      peers: () => (sync()?.exchange.peers ?? []).flatMap(({ device, state }) => (state === null ? [] : [device])),
      asked: new AskedDevices({ folder, notes, members: () => group.state.devices }),
      async found(records) {
        await keeper.between(() => index.remember(records))
        replicas.askAnew()
        review()
      },
    })
  }

  /** See LostSeeker. */
  get isUnsure(): boolean {
    return this.#seeker.isUnsure
  }

  /** A device may have come. Cheap. */
  review(): void {
    this.#seeker.review()
  }

  stop(): void {
    this.#seeker.stop()
  }

  /**
   * Looks at once for what counts as lost on all devices, and whether more is, for a minute at most; `progress` hears of versions. Rejects when `signal`
   * aborts.
   */
  async look(progress: (of: { done: number; total: number }) => void, signal: AbortSignal): Promise<Looked> {
    const { index, haste, clock, logger, holders, replicas } = this.#parts
    const total = (await index.records()) * (1 + replicas.count) + (await index.keeping())
    const before = { ...haste.tally }
    const tell = (): void => progress({ done: Math.min(total, tallySince(haste.tally, before).versions), total })
    const telling = every(clock, PROGRESS_MS, tell, (error) => logger.debug({ error }, 'progress could not be told'))
    const ends = [haste.begin(), () => telling.cancel()]
    const over = new AbortController()
    let search: Search | null = null
    try {
      const looked = this.#lookAll((last) => (search = last), over.signal)
      const isWhole = await orAborted(Promise.race([looked, after(clock, LOOK_MS, over.signal)]), signal)
      await this.#parts.count()
      const lost = await this.#lost()
      const nowhere = lost.filter(this.#judgeOf(search))
      const versions = (await index.keeping()) + lost.length - nowhere.length
      return { nowhere, undecided: { versions, away: holders().away, isWhole } }
    } finally {
      over.abort()
      for (const end of ends) end()
    }
  }

  /** Where what is lost stands, as far as that is told to others. */
  async places(): Promise<RecordPlace[]> {
    const found: RecordPlace[] = []
    for (let from = 0; found.length < MOST;) {
      const page = await this.#parts.index.lost(from, PAGE)
      const last = page.at(-1)
      if (last === undefined) break
      found.push(...page.map(({ version: { author, epoch, seq } }) => ({ author, epoch, seq })))
      from = last.record
    }
    return found
  }

  /** Gives up for good what is lost of these, by their records, on this device alone; how many that are. */
  async giveUp(records: readonly number[]): Promise<number> {
    const count = await this.#parts.index.forgetLost(records)
    this.#parts.review()
    return count
  }

  /** Another device has found these to be nowhere: what of them is not here is looked for soon. */
  async heard(places: readonly RecordPlace[]): Promise<void> {
    for await (const items of this.#at(places)) await this.#parts.keeper.lookAt(items.filter(({ isForgotten }) => !isForgotten))
  }

  /** Is all looked for to the end? `begun` hears of each search on other devices; null: it failed. */
  async #lookAll(begun: (search: Search | null) => void, over: AbortSignal): Promise<boolean> {
    const { replicas, clock } = this.#parts
    // What counts as lost may be so of a time when nobody was there, or another disk.
    let search = await this.#seek(begun, over)
    const own = this.#lookHere(over).then(() => true)
    const others = Promise.race([replicas.bringAll(false).then(() => true), after(clock, BRING_MS, over)])
    const all = await Promise.all([own, others])
    while (search !== null && !this.#isOfNow(search) && !over.aborted) search = await this.#seek(begun, over)
    return search !== null && all.every(Boolean)
  }

  async #seek(begun: (search: Search | null) => void, over: AbortSignal): Promise<Search | null> {
    const asked = this.#seeker.connections
    try {
      const search: Search = { lost: new Set(await this.#lost()), there: new Set(), nowhere: new Set(), asked }
      begun(search)
      await this.#seeker.seek(({ there, nowhere }) => {
        for (const record of there) search.there.add(record)
        for (const record of nowhere) search.nowhere.add(record)
      }, over)
      return search
    } catch (error) {
      if (!over.aborted) begun(null)
      this.#parts.logger.debug({ error }, 'what is lost could not be looked for')
      return null
    }
  }

  /** Were all devices asked that are connected now? */
  #isOfNow({ asked }: Search): boolean {
    return this.#seeker.connections.isSubsetOf(asked)
  }

  /** Of what is lost after a search, and the look that followed: is it known to be nowhere? */
  #judgeOf(search: Search | null): (record: number) => boolean {
    if (search === null || !this.#isOfNow(search)) return () => false
    const { lost, there, nowhere } = search
    // What was not lost before, or not any more, was found to be so by the look.
    return (record) => nowhere.has(record) || there.has(record) || !lost.has(record)
  }

  async #lookHere(over: AbortSignal): Promise<void> {
    const { isKeeping, keeper, index, holders, clock } = this.#parts
    if (!isKeeping) return
    await this.#parts.recheck()
    await keeper.keepAll()
    const since = clock.monotonic()
    while (clock.monotonic() - since < AT_WORK_MS && holders().away.length === 0 && (await index.keeping()) > 0) {
      await sleep(clock, AGAIN_MS, over).catch(() => undefined)
      if (over.aborted) return
      await keeper.keepAll()
    }
  }

  async #lost(): Promise<number[]> {
    const found: number[] = []
    for (let from = 0; ;) {
      const page = await this.#parts.index.lost(from, PAGE)
      found.push(...page.map(({ record }) => record))
      if (page.length === 0) return found
      from = page.at(-1)!.record
    }
  }

  async *#at(places: readonly RecordPlace[]): AsyncGenerator<KeepItem[]> {
    const unique = new Map(places.map((place) => [`${place.author} ${place.epoch} ${place.seq}`, place]))
    for (let left = [...unique.values()]; left.length > 0;) {
      const items = await this.#parts.index.recordsAt(left)
      const last = items.at(-1)?.version
      if (last === undefined) return
      yield items
      left = left.slice(1 + left.findIndex((place) => isSame(place, last)))
    }
  }
}

function isSame(a: RecordPlace, b: RecordPlace): boolean {
  return a.author === b.author && a.epoch === b.epoch && a.seq === b.seq
}

/** false, after so long. */
async function after(clock: Clock, ms: number, signal: AbortSignal): Promise<false> {
  await sleep(clock, ms, signal).catch(() => undefined)
  return false
}
