import { deviceIdOf, sha256, type DeviceId } from '#model'
import { place, type Holders, type PlacedDevice } from '#replication'
import {
  anchorsOf,
  anchorSpread,
  bestCapacity,
  bestWholeCapacity,
  capacityOf,
  moved,
  unavoidable,
  unavoidableAnchors,
} from './measure.ts'
import { weightedRendezvous, xorNearness } from './rivals.ts'

export const PARTITIONS = 1024
const GIB = 2 ** 30
const SIZES = [3, 5, 10, 20]

const disks: Readonly<Record<string, (at: number) => number>> = {
  equal: () => 500 * GIB,
  '1:2:4': (at) => 250 * GIB * 2 ** (at % 3),
  'one huge': (at) => (at === 1 ? 20_000 : 500) * GIB,
  random: (at) => (10 + (Buffer.from(sha256(Buffer.from(`disk ${at}`))).readUInt16BE(0) % 2000)) * GIB,
}

export interface Row {
  readonly replicas: number
  readonly disks: string
  readonly count: number
  /** Of what the disks can take at best, for placement, weighted rendezvous and XOR nearness. */
  readonly usable: Ways
  /** Of what they can take at best in whole partitions. */
  readonly usableWhole: number
  /** Pairs that move when the last device joins, one leaves, one gets half as large, for each that has to; 0 where none has to. */
  readonly join: Ways
  readonly leave: Ways
  readonly shrink: number
  /** Anchors that move, of the three the most for each that has to. */
  readonly anchorsMoved: number
  readonly anchors: readonly [least: number, greatest: number]
}

type Ways = readonly [placement: number, rendezvous: number, xor: number]

export function device(at: number): DeviceId {
  return deviceIdOf(sha256(Buffer.from(`device ${at}`)))
}

export function compare(): Row[] {
  return [2, 3].flatMap((replicas) =>
    Object.entries(disks).flatMap(([name, capacity]) =>
      SIZES.map((count) => {
        const devices = Array.from({ length: count }, (_, at) => ({ device: device(at), capacity: capacity(at) }))
        return { replicas, disks: name, count, ...measure(devices, replicas) }
      }),
    ),
  )
}

function measure(devices: readonly PlacedDevice[], replicas: number): Omit<Row, 'replicas' | 'disks' | 'count'> {
  const each = (of: readonly PlacedDevice[]): number => Math.min(replicas, of.length)
  const to = (of: readonly PlacedDevice[], last: Holders | null): Holders =>
    place({ devices: of, replicas, partitions: PARTITIONS, last })
  const capacities = devices.map(({ capacity }) => capacity)
  const first = to(devices, null)
  const change = (before: readonly PlacedDevice[], after: readonly PlacedDevice[]) => {
    const was = to(before, null)
    const is = to(after, was)
    const needed = unavoidable(was, after, each(after))
    const pairs = (from: Holders, into: Holders): number => moved(from, into) / (needed || 1)
    const rival = (way: typeof xorNearness): number =>
      pairs(way(before, each(before), PARTITIONS), way(after, each(after), PARTITIONS))
    const ways: Ways = [pairs(was, is), rival(weightedRendezvous), rival(xorNearness)]
    return { pairs: ways, anchors: moved(anchorsOf(was), anchorsOf(is)) / (unavoidableAnchors(was, is, after) || 1) }
  }
  const middle = Math.floor(devices.length / 2)
  const join = change(devices.slice(0, -1), devices)
  const leave = change(devices, devices.toSpliced(middle, 1))
  const shrink = change(devices, devices.with(middle, { ...devices[middle]!, capacity: devices[middle]!.capacity / 2 }))
  const usable = (holders: Holders): number => capacityOf(holders, devices) / bestCapacity(capacities, each(devices))
  return {
    usable: [
      usable(first),
      usable(weightedRendezvous(devices, each(devices), PARTITIONS)),
      usable(xorNearness(devices, each(devices), PARTITIONS)),
    ],
    usableWhole: capacityOf(first, devices) / bestWholeCapacity(capacities, each(devices), PARTITIONS),
    join: join.pairs,
    leave: leave.pairs,
    shrink: shrink.pairs[0],
    anchorsMoved: Math.max(join.anchors, leave.anchors, shrink.anchors),
    anchors: anchorSpread(first, devices),
  }
}

const percent = (value: number): string => (100 * value).toFixed(1)
const ratio = (value: number): string => value.toFixed(2)

/** The rows as a table in Markdown. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.replicas,
    row.disks,
    row.count,
    ...row.usable.map(percent),
    ...row.join.map(ratio),
    ...row.leave.map(ratio),
    ratio(row.shrink),
    row.anchors.map(ratio).join('–'),
    ratio(row.anchorsMoved),
  ])
  const head = ['R', 'disks', 'devices', 'usable %', 'HRW', 'XOR', 'join', 'HRW', 'XOR', 'leave', 'HRW', 'XOR', 'half as large']
  return [[...head, 'anchors', 'anchors moved'], Array.from({ length: head.length + 2 }, () => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
