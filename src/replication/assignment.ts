import { allPartitions, drop, has, lowest, noPartitions, put, type PartitionSet } from './partition-set.ts'

export interface AssignmentInput {
  readonly partitions: number
  /** So many devices for each partition. */
  readonly each: number
  /** How many partitions each device takes at most. */
  readonly quotas: readonly number[]
  /** The partitions that each device may have. */
  readonly allowed: readonly PartitionSet[]
  /** Those that it had so far. */
  readonly former: readonly PartitionSet[]
  /** For each device the scores of its partitions: the least goes first. */
  readonly scores: readonly Float64Array[]
}

/** One device takes a partition of another, or of nobody. */
interface Step {
  /** What it costs (1 for a pair that is new, less 1 for a new one that ends) in units above the steps of any path, and 1 for itself. */
  readonly length: number
  readonly partition: number
}

const NO_STEP: Step = { length: Infinity, partition: -1 }

/**
 * Gives each partition its devices, with the fewest pairs (partition, device) that were not there so far: a minimum-cost flow, made
 * by successive shortest paths (Jewell 1958; Busacker and Gowen 1960) over the devices alone. Where no path is left all quotas grow by 1.
 * docs/format/layout.md says which of several equal answers it gives.
 */
export function assign(input: AssignmentInput): readonly PartitionSet[] {
  return new Assignment(input).run()
}

class Assignment {
  readonly #input: AssignmentInput
  readonly #devices: number
  readonly #room: number[]
  /** What each device has; the last one is nobody, who has the partitions that lack a device. */
  readonly #held: PartitionSet[]
  /** What each device had; nobody's pairs cost nothing, as if they were former ones. */
  readonly #former: readonly PartitionSet[]
  readonly #lacking: Uint16Array
  /** For each two devices the shortest step from one to the other; empty where it has to be looked for again. */
  readonly #steps: (Step | undefined)[][]
  readonly #unit: number
  #left: number

  constructor(input: AssignmentInput) {
    this.#input = input
    this.#devices = input.quotas.length
    this.#room = [...input.quotas]
    const all = allPartitions(input.partitions)
    this.#held = [...input.quotas.map(() => noPartitions(input.partitions)), all]
    this.#former = [...input.former, all.slice()]
    this.#lacking = new Uint16Array(input.partitions).fill(input.each)
    this.#steps = this.#held.map(() => [])
    this.#unit = this.#devices + 2
    this.#left = input.partitions * input.each
  }

  run(): readonly PartitionSet[] {
    this.#takeInOrder((device, partition) => has(this.#former[device]!, partition))
    while (this.#left > 0 && this.#takeAround(0));
    this.#takeInOrder(() => true)
    while (this.#left > 0) {
      if (!this.#takeAround(Infinity)) this.#room.forEach((room, device) => (this.#room[device] = room + 1))
    }
    return this.#held.slice(0, this.#devices)
  }

  /** Pairs by score, each that is still possible. */
  #takeInOrder(wanted: (device: number, partition: number) => boolean): void {
    const { partitions, scores } = this.#input
    const pairs: number[] = []
    const ofPairs = new Float64Array(this.#devices * partitions)
    for (let device = 0; device < this.#devices; device++) {
      for (let at = 0; at < partitions; at++) {
        if (!this.#canTake(device, at) || !wanted(device, at)) continue
        const pair = device * partitions + at
        pairs.push(pair)
        ofPairs[pair] = scores[device]![at]!
      }
    }
    for (const pair of pairs.sort((a, b) => ofPairs[a]! - ofPairs[b]! || a - b)) {
      const device = Math.floor(pair / partitions)
      if (!this.#canTake(device, pair % partitions)) continue
      this.#move(this.#devices, device, pair % partitions)
      this.#room[device]!--
    }
  }

  #canTake(device: number, partition: number): boolean {
    return (
      this.#room[device]! > 0 &&
      this.#lacking[partition]! > 0 &&
      has(this.#input.allowed[device]!, partition) &&
      !has(this.#held[device]!, partition)
    )
  }

  /** Along the cheapest path, of those the shortest, from a partition that lacks a device to a device with room; false if none. */
  #takeAround(most: number): boolean {
    const nobody = this.#devices
    const lengths = this.#lengths()
    let to = -1
    for (let device = 0; device < nobody; device++) {
      if (this.#room[device]! > 0 && lengths[device]! < (lengths[to] ?? Infinity)) to = device
    }
    if (to < 0 || Math.floor(lengths[to]! / this.#unit) > most) return false
    this.#room[to]!--
    const moves: [from: number, to: number, partition: number][] = []
    while (to !== nobody) {
      let from = nobody
      if (this.#step(nobody, to).length !== lengths[to]) {
        from = 0
        while (lengths[from]! + this.#step(from, to).length !== lengths[to]) from++
      }
      moves.push([from, to, this.#step(from, to).partition])
      to = from
    }
    for (const move of moves) this.#move(...move)
    return true
  }

  /** From nobody to each device (Bellman and Ford): there are negative lengths, and no cycle of them. */
  #lengths(): number[] {
    const lengths = this.#room.map((_, device) => this.#step(this.#devices, device).length)
    for (let changed = true; changed;) {
      changed = false
      for (let from = 0; from < this.#devices; from++) {
        if (lengths[from] === Infinity) continue
        for (let to = 0; to < this.#devices; to++) {
          const length = lengths[from]! + this.#step(from, to).length
          if (length >= lengths[to]!) continue
          lengths[to] = length
          changed = true
        }
      }
    }
    return lengths
  }

  #step(from: number, to: number): Step {
    const known = this.#steps[from]![to]
    if (known !== undefined) return known
    const found = from === to ? NO_STEP : this.#findStep(from, to)
    this.#steps[from]![to] = found
    return found
  }

  /** The cheapest, of those the one with the lowest partition. */
  #findStep(from: number, to: number): Step {
    const [given, taken] = [this.#held[from]!, this.#held[to]!]
    const [formerFrom, formerTo, allowed] = [this.#former[from]!, this.#former[to]!, this.#input.allowed[to]!]
    let cost = 2
    let partition = -1
    for (let word = 0; word < given.length && cost > -1; word++) {
      const possible = given[word]! & ~taken[word]! & allowed[word]!
      if (possible === 0) continue
      const saved = possible & ~formerFrom[word]! & formerTo[word]!
      const even = possible & ~(formerFrom[word]! ^ formerTo[word]!)
      const here = saved !== 0 ? -1 : even !== 0 ? 0 : 1
      if (here >= cost) continue
      cost = here
      partition = 32 * word + lowest(saved || even || possible)
    }
    return partition < 0 ? NO_STEP : { length: cost * this.#unit + 1, partition }
  }

  #move(from: number, to: number, partition: number): void {
    put(this.#held[to]!, partition)
    this.#forget(to)
    if (from === this.#devices) {
      this.#left--
      if (--this.#lacking[partition]! > 0) return
    }
    drop(this.#held[from]!, partition)
    this.#forget(from)
  }

  #forget(device: number): void {
    this.#steps[device] = []
    for (const steps of this.#steps) steps[device] = undefined
  }
}
