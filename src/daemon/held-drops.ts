import { z } from 'zod'
import { Queue, type Clock } from '#base'
import type { DeviceStore } from '#db'
import type { DropDesk, DropList } from '#exchange'
import { adoptHlc, byChain, chainKey, mayWrite, type DeviceId, type FolderId, type RecordPlace } from '#model'
import type { GroupState } from '#peers'
import type { Sweepable } from '#store'

const Told = z.object({
  /** The time of the last list. */
  hlc: z.number(),
  /** How far it has seen; null: it has not said so. */
  upTo: z.array(z.tuple([z.string(), z.number(), z.number()])).nullable(),
})
/** Author, epoch and sequence. */
type Place = [string, number, number]
const AllTold = z.record(z.string(), Told)
type AllTold = z.infer<typeof AllTold>

export interface HeldDropsParts {
  group: { readonly device: DeviceId; readonly state: Pick<GroupState, 'devices' | 'role' | 'cut'> }
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  store: Pick<Sweepable, 'note'>
  clock: Pick<Clock, 'now'>
}

/**
 * Takes drop lists of folders that this device cannot read. A list counts if its author has seen, of each chain, all that any other device has that
 * counts on a block here: so nobody judges a chunk by less than is known of it. Which records there are this device does not know; those who
 * count on it say how far they have seen before they do.
 */
export class HeldDrops implements DropDesk {
  readonly #parts: HeldDropsParts
  readonly #told = new Map<FolderId, AllTold>()
  /** One after the other: nobody may begin to count on what a list is being judged by. */
  readonly #queue = new Queue()

  constructor(parts: HeldDropsParts) {
    this.#parts = parts
  }

  /** One that counts on what is here without a word on how far it has seen, as of an older version, keeps all of it here, until it says so. */
  async counted(folder: FolderId, device: DeviceId, isTold: boolean): Promise<void> {
    if (isTold || this.#told.get(folder)?.[device]?.upTo === null) return
    await this.#queue.run(async () => {
      const told = await this.#of(folder)
      const { hlc, upTo } = told[device] ?? { hlc: 0 }
      if (upTo !== null) await this.#note(folder, { ...told, [device]: { hlc, upTo: null } })
    })
  }

  take(list: DropList): ReturnType<DropDesk['take']> {
    return this.#queue.run(async () => {
      const { folder, author, kind, ids, horizon } = list
      const { group, store, clock } = this.#parts
      if (list.holder !== group.device) return { outcome: 'refused', hlc: 0 }
      const told = await this.#of(folder)
      const { hlc, upTo } = told[author] ?? { hlc: 0, upTo: null }
      const isNew = list.hlc > hlc && adoptHlc(hlc, list.hlc, clock.now()) === list.hlc
      const places = horizon.map((place): Place => [place.author, place.epoch, place.seq])
      if (kind === 'keep') {
        // What it knew it may know no longer, where its index was lost: but not by an old list that has come again.
        const now = isNew ? { hlc: list.hlc, upTo: places } : { hlc, upTo: further(upTo ?? [], places) }
        await this.#note(folder, { ...told, [author]: now })
        await store.note(folder, { unneeded: new Uint8Array(0), needed: ids }, clock.now())
        return { outcome: 'taken', hlc: now.hlc }
      }
      if (!isNew) return { outcome: 'stale', hlc }
      const isJudge = this.#covers(folder, horizon, { ...told, [author]: { hlc, upTo: upTo ?? [] } })
      const known = told[author] === undefined ? [] : upTo
      await this.#note(folder, { ...told, [author]: { hlc: list.hlc, upTo: isJudge ? places : known } })
      if (isJudge) await store.note(folder, { unneeded: ids, needed: new Uint8Array(0) }, clock.now())
      return { outcome: isJudge ? 'taken' : 'behind', hlc: list.hlc }
    })
  }

  /** Does a horizon have all records that count, of those that were told of? */
  #covers(folder: FolderId, horizon: readonly RecordPlace[], told: AllTold): boolean {
    const { devices } = this.#parts.group.state
    const seen = byChain(horizon)
    return Object.entries(told).every(([device, { upTo }]) => {
      const isThere = devices.some((each) => each.device === device)
      if (upTo === null) return !isThere
      // Of one that was removed its own records count, up to the cut.
      const counting = upTo.map(placeOf).filter(({ author }) => isThere || author === device)
      return counting.every((place) => (seen.get(chainKey(place)) ?? 0) >= this.#countOf(folder, place))
    })
  }

  /** Of an author's records up to `seq` the last one that counts. */
  #countOf(folder: FolderId, { author, epoch, seq }: RecordPlace): number {
    const { state } = this.#parts.group
    if (mayWrite(state.role(folder, author))) return seq
    const cut = state.cut(folder, author)
    if (cut === null) return 0
    if (epoch < cut.before) return seq
    return Math.min(seq, cut.places.find((place) => place.epoch === epoch)?.seq ?? 0)
  }

  async #of(folder: FolderId): Promise<AllTold> {
    const known = this.#told.get(folder)
    if (known !== undefined) return known
    const told = AllTold.parse(JSON.parse((await this.#parts.notes.setting(toldKey(folder))) ?? '{}'))
    this.#told.set(folder, told)
    return told
  }

  async #note(folder: FolderId, told: AllTold): Promise<void> {
    await this.#parts.notes.putSetting(toldKey(folder), JSON.stringify(told))
    this.#told.set(folder, told)
  }
}

/** The setting that says how far those have seen that count on blocks of a folder here. */
function toldKey(folder: FolderId): string {
  return `told.${folder}`
}

function placeOf([author, epoch, seq]: Place): RecordPlace {
  return { author: author as DeviceId, epoch, seq }
}

/** Of each chain the later place. */
function further(some: readonly Place[], others: readonly Place[]): Place[] {
  const all = new Map<string, Place>()
  for (const place of [...some, ...others]) {
    const chain = chainKey(placeOf(place))
    if ((all.get(chain)?.[2] ?? 0) < place[2]) all.set(chain, place)
  }
  return [...all.values()]
}
