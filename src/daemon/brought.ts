import { Queue } from '#base'
import type { DeviceStore, Have } from '#db'
import { chainKey, fromHex, toHex, type DeviceId, type FolderId, type RecordPlace } from '#model'
import { hasKept, keptUpTo, partitionOf, type Holders } from '#replication'

/** Of so many sets of partitions it is remembered what one device had of them; two of the first ones are taken together then. */
const MOST_SETS = 8

/** What was once found to be on a device that holds blocks: of these partitions all up to there. */
interface Held {
  device: DeviceId
  upTo: readonly Have[]
  /** A bit for each of so many, in hex; null: all of them. */
  of: string | null
  partitions: number
}

/** What devices that hold blocks of a folder for this one were ever known to have of it, whatever became of it since. */
export class Brought {
  readonly #key: string
  readonly #notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  readonly #queue = new Queue()
  /** null until it was read. */
  #all: readonly Held[] | null = null

  constructor(folder: FolderId, notes: Pick<DeviceStore, 'setting' | 'putSetting'>) {
    this.#key = `brought.${folder}`
    this.#notes = notes
  }

  /** A device was found to have all up to these records of what it is to have by a layout. */
  note(device: DeviceId, holders: Holders, upTo: readonly Have[]): Promise<void> {
    return this.#queue.run(async () => {
      const all = await this.#read()
      const [of, partitions] = [setOf(device, holders), holders.length]
      const isThis = (each: Held): boolean => each.device === device && each.of === of && each.partitions === partitions
      const before = all.find(isThis)
      const after = furthest(before?.upTo ?? [], upTo)
      if (after === null) return
      const others = all.filter((each) => each.device === device && each !== before)
      const rest = all.filter((each) => each.device !== device)
      this.#all = [...rest, ...fewer(others), { device, upTo: after, of, partitions }]
      await this.#notes.putSetting(this.#key, JSON.stringify(this.#all))
    })
  }

  /** Did any of them have a chunk (32 bytes) of a version? */
  async had(place: RecordPlace, chunk: Uint8Array): Promise<boolean> {
    const isOf = ({ of, partitions }: Held): boolean => {
      const partition = partitionOf(chunk, partitions)
      return of === null || ((fromHex(of)[partition >> 3]! >> (partition & 7)) & 1) === 1
    }
    return (await this.#read()).some((each) => isOf(each) && hasKept(keptUpTo(each.upTo), place))
  }

  async #read(): Promise<readonly Held[]> {
    if (this.#all !== null) return this.#all
    const noted = JSON.parse((await this.#notes.setting(this.#key)) ?? '[]') as (Held | Have)[]
    const old = noted.filter((each) => 'author' in each)
    const held = noted.filter((each) => 'device' in each)
    // As it was noted before partitions were: of no device in particular.
    if (old.length > 0) held.unshift({ device: '' as DeviceId, upTo: old, of: null, partitions: 1 })
    return (this.#all ??= held)
  }
}

/** The partitions of which a device is a holder, in hex. */
function setOf(device: DeviceId, holders: Holders): string {
  const bits = new Uint8Array(Math.ceil(holders.length / 8))
  holders.forEach((each, partition) => {
    if (each.includes(device)) bits[partition >> 3]! |= 1 << (partition & 7)
  })
  return toHex(bits)
}

/** Of each chain the later one; null where that is what was known before. */
function furthest(known: readonly Have[], more: readonly Have[]): readonly Have[] | null {
  const kept = keptUpTo(known)
  const further = more.filter((place) => !hasKept(kept, place))
  if (further.length === 0) return null
  const chains = new Set(further.map(chainKey))
  return [...known.filter((place) => !chains.has(chainKey(place))), ...further]
}

/** The same sets with room for one more. */
function fewer(sets: readonly Held[]): readonly Held[] {
  const [one, other, ...rest] = sets
  if (sets.length < MOST_SETS || one === undefined || other === undefined) return sets
  const upTo = furthest(one.upTo, other.upTo) ?? one.upTo
  const isAll = one.of === null || other.of === null || one.partitions !== other.partitions
  return [isAll ? { ...one, upTo, of: null } : { ...one, upTo, of: union(one.of!, other.of!) }, ...rest]
}

function union(one: string, other: string): string {
  const bits = fromHex(other)
  return toHex(fromHex(one).map((byte, at) => byte | bits[at]!))
}
