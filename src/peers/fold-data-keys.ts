import { toHex, type DeviceId } from '#model'
import type { DataKeyName, WrappedDataKey } from './operation-body.ts'

/** How often one device may ask for data keys of one folder again. */
export const MAX_KEY_ASKS = 16

/** A data key as all members know it. */
export interface KnownDataKey extends DataKeyName {
  maker: DeviceId
}

/** Who gives a data key, and what it and the receiver may do. */
interface Giving {
  author: DeviceId
  writes: boolean
  makes: boolean
  /** May the receiver read the folder? */
  reads: boolean
}

/** What one device was given of one key. */
interface Given {
  wraps: WrappedDataKey[]
  by: Set<DeviceId>
  asked: boolean
}

/** The data keys of one folder as the log has them: who made which, and for whom each was wrapped by whom. */
export class FoldedDataKeys {
  readonly #keys = new Map<string, KnownDataKey & { number: number }>()
  /** By device first: one that is let in again has nothing, however many keys there are. */
  readonly #given = new Map<DeviceId, Map<string, Given>>()
  /** Keys that were wrapped for a device that may not read. */
  readonly #leaked = new Set<string>()
  /** How many keys there were when a device last lost the right to read. */
  #known = 0
  readonly #asks = new Map<DeviceId, number>()

  has(key: DataKeyName): boolean {
    return this.#keys.has(nameOf(key))
  }

  /** In their order: the last one is to seal. */
  all(): KnownDataKey[] {
    return [...this.#keys.values()].sort(byAge)
  }

  /**
   * Takes a wrap. A key that is not known yet is made by it, where its author may make one (`makes`). A device that may not read gets
   * nothing by it that counts; where a writer wrapped a key for it, who may not have heard, the key is one that it knows. Others could
   * say so of any key, for ever. True when it made a key.
   */
  take(wrap: WrappedDataKey, { author, writes, makes, reads }: Giving): boolean {
    const name = nameOf(wrap)
    const isNew = !this.#keys.has(name)
    if (isNew && !makes) return false
    if (isNew) this.#keys.set(name, { id: wrap.id, hlc: wrap.hlc, maker: author, number: this.#keys.size })
    if (reads) this.#give(name, wrap, author)
    else if (writes) this.#leaked.add(name)
    return isNew
  }

  /** Of one author one wrap of a key for a device counts, and another one when the device has asked. */
  #give(name: string, wrap: WrappedDataKey, by: DeviceId): void {
    let mine = this.#given.get(wrap.device)
    if (mine === undefined) this.#given.set(wrap.device, (mine = new Map()))
    const given = mine.get(name)
    if (given === undefined) mine.set(name, { wraps: [wrap], by: new Set([by]), asked: false })
    else if (!given.by.has(by)) {
      given.by.add(by)
      given.wraps.push(wrap)
    }
  }

  ask(device: DeviceId, keys: readonly DataKeyName[]): void {
    const asks = this.#asks.get(device) ?? 0
    if (asks >= MAX_KEY_ASKS) return
    this.#asks.set(device, asks + 1)
    const mine = this.#given.get(device)
    for (const name of keys.map(nameOf)) if (mine?.has(name) === true) mine.set(name, { wraps: [], by: new Set(), asked: true })
  }

  /** Its own key may be new: it needs the data keys wrapped again. */
  letIn(device: DeviceId): void {
    this.#given.delete(device)
  }

  /** A device may read no longer. Whether it has the keys does not matter: a member that has not heard may still give them to it. */
  spend(): void {
    this.#known = this.#keys.size
  }

  /** The wraps of a key for a device, oldest first. */
  wraps(key: DataKeyName, device: DeviceId): readonly WrappedDataKey[] {
    return this.#given.get(device)?.get(nameOf(key))?.wraps ?? []
  }

  /** Has nobody wrapped the key for the device, or has it asked again and `wrapper` not wrapped it since? */
  lacks(key: DataKeyName, device: DeviceId, wrapper: DeviceId): boolean {
    const given = this.#given.get(device)?.get(nameOf(key))
    return given === undefined || given.wraps.length === 0 || (given.asked && !given.by.has(wrapper))
  }

  /** May a device know the key that may not read the folder (any more), so that new data needs another one? */
  isSpent(key: DataKeyName): boolean {
    const name = nameOf(key)
    return (this.#keys.get(name)?.number ?? 0) < this.#known || this.#leaked.has(name)
  }
}

/** The order of data keys: by time, then id. */
export function byAge(a: DataKeyName, b: DataKeyName): number {
  return a.hlc - b.hlc || Buffer.compare(a.id, b.id)
}

/** By both, for the log alone cannot tell whether the id is of that time. */
export function nameOf({ id, hlc }: DataKeyName): string {
  return `${hlc}-${toHex(id)}`
}
