import { every, orAborted, sleep, type Clock, type Logger } from '#base'
import type { FolderIndex, KeepItem } from '#db'
import type { Exchange } from '#exchange'
import type { DeviceId, RecordPlace } from '#model'
import { tallySince, type ChunkFinder, type Keeper } from '#replication'
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
  group: { readonly state: { readonly devices: readonly { readonly device: DeviceId }[] } }
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

/** What of a folder is lost: it is looked for on devices that connect, and given up where its user says so, here or on another device. */
export class FolderLosses {
  readonly #parts: FolderLossesParts
  readonly #seeker: LostSeeker

  constructor(parts: FolderLossesParts) {
    const { group, exchange, keeper, index, replicas, review } = parts
    this.#parts = parts
    this.#seeker = new LostSeeker({
      ...parts,
      devices: () => group.state.devices.map(({ device }) => device),
      connection: (device) => exchange.connection(device),
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

  /** Looks at once whether more is lost, for a minute at most; `progress` hears of versions. Rejects when `signal` aborts. */
  async look(progress: (of: { done: number; total: number }) => void, signal: AbortSignal): Promise<Undecided> {
    const { index, haste, clock, logger, holders, replicas } = this.#parts
    const total = (await index.records()) * (1 + replicas.count) + (await index.keeping())
    const before = { ...haste.tally }
    const tell = (): void => progress({ done: Math.min(total, tallySince(haste.tally, before).versions), total })
    const telling = every(clock, PROGRESS_MS, tell, (error) => logger.debug({ error }, 'progress could not be told'))
    const ends = [haste.begin(), () => telling.cancel()]
    const over = new AbortController()
    try {
      const own = this.#lookHere(over.signal).then(() => true)
      const others = Promise.race([replicas.bringAll(false).then(() => true), after(clock, BRING_MS, over.signal)])
      const looked = Promise.all([own, others]).then((all) => all.every(Boolean))
      const isWhole = await orAborted(Promise.race([looked, after(clock, LOOK_MS, over.signal)]), signal)
      await this.#parts.count()
      return { versions: await index.keeping(), away: holders().away, isWhole }
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

  /** Gives up for good what is lost; which versions. */
  async giveUp(): Promise<{ count: number; places: RecordPlace[] }> {
    const places = await this.places()
    const count = await this.#parts.index.forgetLost()
    this.#parts.review()
    return { count, places }
  }

  /** Another device has found these to be nowhere: what of them is not here is looked for soon. Those that its user has given up here. */
  async heard(places: readonly RecordPlace[]): Promise<RecordPlace[]> {
    const givenUp: RecordPlace[] = []
    for await (const items of this.#at(places)) {
      await this.#parts.keeper.lookAt(items.filter(({ isForgotten }) => !isForgotten))
      givenUp.push(...items.filter(({ isGivenUp }) => isGivenUp).map(({ version }) => version))
    }
    return givenUp
  }

  /** The user of another device has given these up: so are those of them that are lost here. How many; the others are looked for soon. */
  async heardGivenUp(places: readonly RecordPlace[]): Promise<number> {
    let count = 0
    for await (const items of this.#at(places)) {
      await this.#parts.keeper.lookAt(items.filter(({ isForgotten }) => !isForgotten))
      count += await this.#parts.index.forgetLost(items.map(({ record }) => record))
    }
    if (count === 0) return 0
    await this.#parts.count()
    this.#parts.review()
    return count
  }

  async #lookHere(over: AbortSignal): Promise<void> {
    const { isKeeping, keeper, index, holders, clock } = this.#parts
    if (!isKeeping) return
    // What counts as lost may be so of a time when nobody was there.
    if (this.#seeker.isUnsure) await this.#seeker.seek()
    await this.#parts.recheck()
    await keeper.keepAll()
    const since = clock.monotonic()
    while (clock.monotonic() - since < AT_WORK_MS && holders().away.length === 0 && (await index.keeping()) > 0) {
      await sleep(clock, AGAIN_MS, over).catch(() => undefined)
      if (over.aborted) return
      await keeper.keepAll()
    }
  }

  async *#at(places: readonly RecordPlace[]): AsyncGenerator<KeepItem[]> {
    for (let left = places; left.length > 0;) {
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
