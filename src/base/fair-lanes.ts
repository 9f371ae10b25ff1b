/** What waits for its turn in one matter, in order. */
export interface Lane<T> {
  readonly items: T[]
  /** Bytes that had their turn, or could have had it while nothing waited. */
  used: number
}

/**
 * Queues that share something: while several have something waiting, each gets as many bytes as any other. A start-time fair queue, see
 * Goyal, Vin, Cheng: Start-time Fair Queueing (SIGCOMM 1996). What lanes are for is told by any objects.
 */
export class FairLanes<T> {
  readonly #lanes = new WeakMap<object, Lane<T>>()
  readonly #waiting = new Set<Lane<T>>()
  /** How far the lane was whose turn it was last. */
  #time = 0

  /** Items that wait. */
  get length(): number {
    let sum = 0
    for (const { items } of this.#waiting) sum += items.length
    return sum
  }

  /** `first`: before all others of its lane. */
  add(of: object, item: T, first = false): void {
    const lane = this.#of(of)
    if (first) lane.items.unshift(item)
    else lane.items.push(item)
    this.#waiting.add(lane)
  }

  /** Something had its turn that need not wait. */
  passed(of: object, bytes: number): void {
    this.took(this.#of(of), bytes)
  }

  /** The lanes in which something waits, that first whose turn it is. What is taken out of one is to be told by `took`. */
  inTurn(): Lane<T>[] {
    for (const lane of this.#waiting) if (lane.items.length === 0) this.#waiting.delete(lane)
    return [...this.#waiting].sort((a, b) => a.used - b.used)
  }

  took(lane: Lane<T>, bytes: number): void {
    this.#time = Math.max(this.#time, lane.used)
    lane.used += bytes
  }

  #of(of: object): Lane<T> {
    const lane = this.#lanes.get(of) ?? { items: [], used: 0 }
    this.#lanes.set(of, lane)
    // What did not wait has missed no turn.
    if (lane.items.length === 0) lane.used = Math.max(lane.used, this.#time)
    return lane
  }
}
