import { createHash } from 'node:crypto'
import { devicePublicKey, type DeviceId } from '#model'
import type { Holders, PlacementInput } from '#replication'

// Placement once more, straight from the text of docs/format/layout.md, step by step and slowly.

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

function fill(weights: number[], from: number[], bounds: number[], seats: number): number[] {
  const given = [...from]
  const claim = (at: number): number => weights[at]! / (given[at]! + 1)
  while (sum(given) < seats) {
    const open = [...weights.keys()].filter((at) => weights[at]! > 0 && given[at]! < bounds[at]!)
    if (open.length === 0) break
    given[open.reduce((best, at) => (claim(at) > claim(best) ? at : best))]!++
  }
  return given
}

function share(weights: number[], caps: number[], former: number[], seats: number): number[] {
  const none = weights.map(() => 0)
  const first = fill(weights, none, caps, seats)
  const load = Math.max(0, ...weights.map((weight, at) => (weight > 0 ? first[at]! / weight : 0)))
  const bounds = weights.map((weight, at) => {
    let bound = weight > 0 ? caps[at]! : 0
    while (bound > 0 && bound / weight > load) bound--
    return bound
  })
  const kept = former.map((count, at) => Math.min(count, bounds[at]!))
  const loadOf = (at: number): number => kept[at]! / weights[at]!
  while (sum(kept) > seats) {
    const some = [...kept.keys()].filter((at) => kept[at]! > 0)
    kept[some.reduce((worst, at) => (loadOf(at) >= loadOf(worst) ? at : worst))]!--
  }
  return fill(weights, kept, bounds, seats)
}

type Pairs = readonly Set<number>[]
type Way = readonly [cost: number, steps: number]

function assign(
  [partitions, each]: [number, number],
  quotas: readonly number[],
  allowed: (device: number, partition: number) => boolean,
  former: Pairs,
  score: (device: number, partition: number) => number,
): Pairs {
  const devices = [...quotas.keys()]
  const room = [...quotas]
  const lack = Array.from({ length: partitions }, () => each)
  const held = quotas.map(() => new Set<number>())
  const all = devices.flatMap((device) => lack.map((_, partition): [number, number] => [device, partition]))

  function takeInOrder(pairs: [number, number][]): void {
    for (const [device, at] of pairs.toSorted((a, b) => score(...a) - score(...b) || a[0] - b[0] || a[1] - b[1])) {
      if (room[device] === 0 || lack[at] === 0 || held[device]!.has(at) || !allowed(device, at)) continue
      held[device]!.add(at)
      room[device]!--
      lack[at]!--
    }
  }

  /** From -1, who is nobody. */
  function step(from: number, to: number): { cost: number; partition: number } | undefined {
    const possible = [...lack.keys()].filter(
      (at) => from !== to && (from < 0 ? lack[at]! > 0 : held[from]!.has(at)) && !held[to]!.has(at) && allowed(to, at),
    )
    const cost = (at: number): number => (former[to]!.has(at) ? 0 : 1) - (from < 0 || former[from]!.has(at) ? 0 : 1)
    const partition = possible.toSorted((a, b) => cost(a) - cost(b) || a - b)[0]
    return partition === undefined ? undefined : { partition, cost: cost(partition) }
  }

  function takePath(most: number): boolean {
    const steps = [-1, ...devices].map((from) => devices.map((to) => step(from, to)))
    const stepOf = (from: number, to: number) => steps[from + 1]![to]
    const ways: (Way | undefined)[] = devices.map(() => undefined)
    let costs = devices.map((to) => stepOf(-1, to)?.cost ?? Infinity)
    for (let count = 1; count <= devices.length; count++) {
      const now = costs
      for (const to of devices) if (now[to]! < (ways[to]?.[0] ?? Infinity)) ways[to] = [now[to]!, count]
      costs = devices.map((to) => Math.min(...devices.map((from) => now[from]! + (stepOf(from, to)?.cost ?? Infinity))))
    }
    const ends = devices.filter((device) => room[device]! > 0 && ways[device] !== undefined)
    const better = ([a, b]: Way, [c, d]: Way): boolean => a < c || (a === c && b < d)
    if (ends.length === 0) return false
    let to = ends.reduce((best, end) => (better(ways[end]!, ways[best]!) ? end : best))
    if (ways[to]![0] > most) return false
    room[to]!--
    const moves: [from: number, to: number, partition: number][] = []
    while (to >= 0) {
      const [cost, count] = ways[to]!
      const from = [-1, ...devices].find((giver) => {
        const before = giver < 0 ? ([0, 0] as const) : ways[giver]
        const last = stepOf(giver, to)
        return before !== undefined && last !== undefined && before[0] + last.cost === cost && before[1] + 1 === count
      })!
      moves.push([from, to, stepOf(from, to)!.partition])
      to = from
    }
    for (const [from, into, at] of moves) {
      held[into]!.add(at)
      if (from < 0) lack[at]!--
      else held[from]!.delete(at)
    }
    return true
  }

  takeInOrder(all.filter(([device, at]) => former[device]!.has(at)))
  while (sum(lack) > 0 && takePath(0));
  takeInOrder(all)
  while (sum(lack) > 0) if (!takePath(Infinity)) for (const device of devices) room[device]!++
  return held
}

function hashNumber(device: DeviceId, partition: number): number {
  const index = Buffer.alloc(4)
  index.writeUInt32BE(Math.floor(partition / 8))
  const hash = createHash('sha256').update('holdfast/v1/placement\0').update(devicePublicKey(device)).update(index).digest()
  return hash.readUInt32BE(4 * (partition % 8))
}

export function referencePlace({ devices, replicas, partitions, last }: PlacementInput): Holders {
  const able = devices.filter(({ capacity }) => capacity > 0)
  const all = (able.length > 0 ? able : devices.map((each) => ({ ...each, capacity: 1 }))).toSorted((a, b) =>
    Buffer.compare(devicePublicKey(a.device), devicePublicKey(b.device)),
  )
  const each = Math.min(replicas, all.length)
  const here = all.map(({ away }) => away !== true || all.every((other) => other.away))
  const count = here.filter(Boolean).length
  const lists = last ?? Array.from({ length: partitions }, () => [])
  const had = all.map(({ device }) => lists.filter((list) => list.includes(device)).length)
  const caps = all.map(() => partitions)
  const weights = (of: boolean): number[] => all.map(({ capacity }, at) => (here[at] === of ? capacity : 0))
  const ofHere = share(weights(true), caps, had, Math.min(each, count) * partitions)
  const ofAway = share(weights(false), caps, had, Math.max(0, each - count) * partitions)
  const ofAnchors = share(
    ofHere,
    ofHere,
    ofHere.map(() => 0),
    partitions,
  )
  const kept = [...all.keys()].filter((at) => ofHere[at]! + ofAway[at]! > 0)
  const ids = kept.map((at) => all[at]!.device)
  const shares = kept.map((at) => ofHere[at]! + ofAway[at]!)
  const anchorShares = kept.map((at) => ofAnchors[at]!)

  const numbers = ids.map((id) => lists.map((_, partition) => hashNumber(id, partition)))
  const score = (device: number, at: number): number => {
    const x = 2 * numbers[device]![at]! + 1
    return (x * (partitions - shares[device]!)) / ((2 ** 33 - x) * shares[device]!)
  }
  const rank = (device: number, at: number): number => numbers[device]![at]! % 2 ** 16
  const where = (fits: (list: readonly DeviceId[], id: DeviceId) => boolean): Pairs =>
    ids.map((id) => new Set([...lists.keys()].filter((at) => fits(lists[at]!, id))))
  const anchored = where((list, id) => list[0] === id)
  const special = anchored.map((set, device) => {
    const order = [...set].toSorted((a, b) => score(device, a) - score(device, b) || a - b)
    return new Map(order.map((partition, at) => [partition, at < anchorShares[device]! ? -1 : 2 ** 50]))
  })
  const held = assign(
    [partitions, each],
    shares,
    () => true,
    where((list, id) => list.includes(id)),
    (device, at) => special[device]!.get(at) ?? score(device, at),
  )
  const anchors = assign([partitions, 1], anchorShares, (device, at) => held[device]!.has(at), anchored, rank)
  const order = (device: number, at: number): number => (anchors[device]!.has(at) ? -1 : rank(device, at))
  return lists.map((_, at) =>
    [...ids.keys()]
      .filter((device) => held[device]!.has(at))
      .toSorted((a, b) => order(a, at) - order(b, at) || a - b)
      .map((device) => ids[device]!),
  )
}
