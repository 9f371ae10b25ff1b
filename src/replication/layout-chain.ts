import { HoldfastError } from '#base'
import type { DeviceId, GroupId } from '#model'
import { checkLayout, compareLayouts, verifyLayout, type Layout } from './layout.ts'

/** How far a layout's number may be above that of the current one: no device is to use all numbers up. */
export const MAX_COUNTERS_AHEAD = 1_000_000

/** What a layout has to be of, to count at all. */
export interface LayoutRules {
  readonly group: GroupId
  readonly partitions: number
  /** Is the device a member of the group, or was it one once? */
  wasMember(device: DeviceId): boolean
}

/** The layout that counts, and the one that it was made from: with both, whoever gets them can work it out again. */
export class LayoutChain {
  #current: Layout | null = null
  #previous: Layout | null = null

  get current(): Layout | null {
    return this.#current
  }

  get previous(): Layout | null {
    return this.#previous
  }

  /** A layout counts now. `last`: the one that it names as that. */
  put(current: Layout | null, last: Layout | null): void {
    this.#current = current
    this.#previous = last
  }

  /** Is it one of the two? */
  knows(bytes: Uint8Array): Layout | undefined {
    return (
      [this.#current, this.#previous].find((layout) => layout !== null && Buffer.compare(layout.bytes, bytes) === 0) ?? undefined
    )
  }

  /**
   * Takes a layout that another device sends, if it is greater than the current one and can be proven, from one of the two or from `before`, which
   * that device sent before it. Whoever signs a layout vouches for the one that it names by its hash, so nothing else is asked about that. True
   * when it counts now; throws `corrupt` for one that must never count. This takes time.
   */
  offer(layout: Layout, before: Layout | null, rules: LayoutRules): boolean {
    if (layout.group !== rules.group) return false
    if (layout.partitions !== rules.partitions)
      throw bad(`has ${layout.partitions} partitions, and the group ${rules.partitions}`)
    if (this.#current !== null && compareLayouts(layout, this.#current) <= 0) return false
    // One without any has to take what the group has come to.
    if (this.#current !== null && layout.counter - this.#current.counter > MAX_COUNTERS_AHEAD)
      throw bad(`has the number ${layout.counter}`)
    if (!rules.wasMember(layout.author)) throw bad(`is by ${layout.author}, which never was a member of the group`)
    if (!verifyLayout(layout)) throw bad(`is not signed by ${layout.author}`)
    const last = layout.counter === 1 ? null : this.#named(layout, before)
    if (last === undefined) return false
    checkLayout(layout, last)
    this.put(layout, last)
    return true
  }

  /**
   * Lets go of what may not count any more: layouts of another group, and one by a device that turns out never to have been let in. True
   * when there was such a one.
   */
  review({ group, wasMember }: LayoutRules): boolean {
    const isOurs = (layout: Layout): boolean => layout.group === group && wasMember(layout.author)
    if (this.#current === null || isOurs(this.#current)) return false
    this.put(this.#previous !== null && isOurs(this.#previous) ? this.#previous : null, null)
    return true
  }

  #named(layout: Layout, before: Layout | null): Layout | undefined {
    for (const known of [this.#current, this.#previous, before])
      if (known !== null && Buffer.compare(known.hash, layout.last) === 0) return known
    return undefined
  }
}

function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `a layout ${what}`)
}
