import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, type ChunkId } from '#model'
import { partitionOf, place, type Holders, type PlacedDevice, type PlacementInput } from '#replication'
import { compare, device, PARTITIONS, table } from './comparison.ts'
import { anchorsOf, bestCapacity, bestWholeCapacity, capacityOf, cheaperMoves, counts, moved, unavoidable } from './measure.ts'
import { referencePlace } from './reference.ts'
import { retable } from './retable.ts'

const GIB = 2 ** 30

const capacities = (least: number, most: number): fc.Arbitrary<number[]> =>
  fc.oneof(
    fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: least, maxLength: most }),
    fc.array(fc.constantFrom(1, 2, 4, 8, 1000), { minLength: least, maxLength: most }),
  )

const devicesOf = (gibs: readonly number[]): PlacedDevice[] =>
  gibs.map((gib, at) => ({ device: device(at), capacity: gib * GIB }))
const to = (devices: readonly PlacedDevice[], replicas: number, last: Holders | null = null): Holders =>
  place({ devices, replicas, partitions: PARTITIONS, last })

/** A history: each list of devices, from some on, is another by a join, a leave or another capacity. */
const histories = fc
  .tuple(
    capacities(3, 12),
    fc.array(fc.tuple(fc.constantFrom('join', 'leave', 'change', 'away'), fc.nat(), fc.integer({ min: 1, max: 5000 }))),
  )
  .map(([first, changes]) => {
    let next = first.length
    const history = [devicesOf(first)]
    for (const [what, where, gib] of changes.slice(0, 4)) {
      const devices = history.at(-1)!
      const at = where % devices.length
      const changed = {
        join: () => [...devices, { device: device(next++), capacity: gib * GIB }],
        leave: () => (devices.length > 3 ? devices.toSpliced(at, 1) : devices),
        change: () => devices.with(at, { ...devices[at]!, capacity: gib * GIB }),
        away: () => devices.with(at, { ...devices[at]!, away: devices[at]!.away !== true }),
      }
      history.push(changed[what as keyof typeof changed]())
    }
    return history
  })

/** Each layout of a history, with the devices that it is for and the layout before. */
function* layouts(history: readonly PlacedDevice[][], replicas: number): Generator<[PlacedDevice[], Holders, Holders | null]> {
  let last: Holders | null = null
  for (const devices of history) {
    const holders = to(devices, replicas, last)
    yield [devices, holders, last]
    last = holders
  }
}

const isHere = ({ away }: PlacedDevice): boolean => away !== true

describe('a placement', () => {
  it('gives each partition as many distinct holders as are asked for and there are', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 5 }), (history, replicas) => {
        for (const [devices, holders] of layouts(history, replicas)) {
          expect(holders.length).toBe(PARTITIONS)
          const known = new Set(devices.map((each) => each.device))
          const wrong = holders.filter(
            (list) =>
              list.length !== Math.min(replicas, devices.length) ||
              new Set(list).size !== list.length ||
              !list.every((each) => known.has(each)),
          )
          expect(wrong).toEqual([])
        }
      }),
      { numRuns: 20 },
    )
  })

  it('is the same for the same devices in any order', () => {
    const shuffled = histories.chain((history) =>
      fc.tuple(fc.constant(history), fc.shuffledSubarray(history.at(-1)!, { minLength: history.at(-1)!.length })),
    )
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: 4 }), ([history, order], replicas) => {
        const [, holders, last] = [...layouts(history, replicas)].at(-1)!
        expect(to(order, replicas, last)).toEqual(holders)
      }),
      { numRuns: 12 },
    )
  })

  it('lets the disks take all that they can in whole partitions, and nearly all that they can at all', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 4 }), (history, replicas) => {
        for (const [all, holders] of layouts(history, replicas)) {
          const devices = all.filter(isHere)
          const sizes = devices.map(({ capacity }) => capacity)
          if (devices.length === 0) continue
          const each = Math.min(replicas, devices.length)
          const capacity = capacityOf(holders, devices)
          expect(capacity / bestWholeCapacity(sizes, each, PARTITIONS)).toBeGreaterThan(1 - 1e-6)
          // A partition for each device is the most that whole partitions cost.
          expect(capacity / bestCapacity(sizes, each)).toBeGreaterThan(1 - devices.length / PARTITIONS)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('moves no more than has to move for each device to hold what it is to hold', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 4 }), (history, replicas) => {
        for (const [devices, holders, last] of layouts(history, replicas)) {
          if (last !== null) expect(cheaperMoves(last, holders, devices)).toBe(false)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('is what docs/format/layout.md says, step by step', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 4 }), (history, replicas) => {
        let last: Holders | null = null
        for (const devices of history) {
          const input: PlacementInput = { devices, replicas, partitions: 64, last }
          last = place(input)
          expect(last).toEqual(referencePlace(input))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('stays as it is while nothing changes', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 4 }), (history, replicas) => {
        const [devices, holders] = [...layouts(history, replicas)].at(-1)!
        expect(to(devices, replicas, holders)).toEqual(holders)
      }),
      { numRuns: 12 },
    )
  })

  it('takes from nobody but the newcomer’s givers when one joins, and gives only to those who stay when one leaves', () => {
    const devices = devicesOf([100, 300, 200, 500, 250])
    const before = to(devices.slice(1), 3)
    const joined = to(devices, 3, before)
    const [newcomer] = counts(joined, devices)
    expect(moved(before, joined)).toBe(newcomer)
    const left = to(devices.slice(1), 3, joined)
    expect(moved(joined, left)).toBe(newcomer)
  })

  it('moves one holder for each partition that has one too few or one too many when the replicas change', () => {
    const devices = devicesOf([100, 300, 200, 500, 250])
    const two = to(devices, 2)
    const three = to(devices, 3, two)
    expect(moved(two, three)).toBe(unavoidable(two, devices, 3))
    const again = to(devices, 2, three)
    expect(moved(three, again)).toBe(unavoidable(three, devices, 2))
    expect(again.every((list) => list.length === 2)).toBe(true)
  })

  it('has anchors in proportion to what each device holds', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 4 }), (history, replicas) => {
        for (const [all, holders] of layouts(history, replicas)) {
          const devices = all.filter(isHere)
          if (devices.length === 0) continue
          const held = counts(holders, devices)
          const anchors = counts(anchorsOf(holders), devices)
          // Whoever has most of them for what it holds would not have more than any other one with one more: no whole numbers are nearer.
          const most = Math.max(...anchors.map((count, at) => count / Math.max(1, held[at]!)))
          const next = anchors.map((count, at) => (count < held[at]! ? (count + 1) / held[at]! : Infinity))
          expect(most).toBeLessThanOrEqual(Math.min(...next) + Number.EPSILON)
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('devices', () => {
  it('without capacity hold nothing', () => {
    const devices = devicesOf([100, 0, 200, 300])
    expect(counts(to(devices, 3), devices)).toEqual([PARTITIONS, 0, PARTITIONS, PARTITIONS])
    expect(to(devices, 4)[0]).toHaveLength(3)
  })

  it('without capacity hold all alike where none has any', () => {
    const devices = devicesOf([0, 0, 0, 0])
    expect(counts(to(devices, 2), devices)).toEqual([512, 512, 512, 512])
  })

  it('that are away are replaced where others can take their place', () => {
    const devices = devicesOf([100, 100, 100, 100]).map((each, at) => ({ ...each, away: at === 2 }))
    const before = to(devicesOf([100, 100, 100, 100]), 3)
    const after = to(devices, 3, before)
    expect(counts(after, devices)).toEqual([PARTITIONS, PARTITIONS, 0, PARTITIONS])
  })

  it('that are away stay holders where nobody else is left, and anchors of nothing', () => {
    const devices = devicesOf([100, 100, 100]).map((each, at) => ({ ...each, away: at === 2 }))
    const before = to(devicesOf([100, 100, 100]), 3)
    const after = to(devices, 3, before)
    expect(moved(before, after)).toBe(0)
    expect(counts(anchorsOf(after), devices)).toEqual([512, 512, 0])
  })

  it('without capacity do not stand for those that are away', () => {
    const devices = devicesOf([100, 0, 200]).map((each, at) => ({ ...each, away: at === 2 }))
    expect(counts(to(devices, 2), devices)).toEqual([PARTITIONS, 0, PARTITIONS])
  })

  it('that are all away stay what they are', () => {
    const devices = devicesOf([100, 200, 100, 300])
    const before = to(devices, 2)
    expect(
      to(
        devices.map((each) => ({ ...each, away: true })),
        2,
        before,
      ),
    ).toEqual(before)
  })

  it('that are none leave each partition without a holder', () => {
    expect(to([], 3)).toEqual(Array.from({ length: PARTITIONS }, () => []))
  })

  it('are placed in any number of partitions that is a power of two', () => {
    for (const partitions of [1, 2, 16, 32, 4096]) {
      const holders = place({ devices: devicesOf([100, 200, 300, 400]), replicas: 2, partitions, last: null })
      expect(holders.length).toBe(partitions)
      expect(holders.every((list) => new Set(list).size === 2)).toBe(true)
    }
  })

  it('are refused with values that make no sense', () => {
    const devices = devicesOf([1, 2, 3])
    const input = { devices, replicas: 2, partitions: 64, last: null }
    const refused = expect.objectContaining({ code: 'usage' }) as Error
    for (const partitions of [0, 3, 1000, 1.5, 131_072]) expect(() => place({ ...input, partitions })).toThrow(refused)
    for (const replicas of [0, -1, 1.5, NaN]) expect(() => place({ ...input, replicas })).toThrow(refused)
    for (const capacity of [-1, 0.5, NaN, 2 ** 53]) {
      expect(() => place({ ...input, devices: [{ device: device(0), capacity }] })).toThrow(refused)
    }
    expect(() => place({ ...input, devices: [...devices, devices[0]!] })).toThrow(refused)
    expect(() => place({ ...input, last: [[]] })).toThrow(refused)
  })
})

describe('the comparison in docs/format/layout.md', () => {
  const rows = compare()

  it('shows what placement does now (else: npm run placement -- --write)', async () => {
    const text = await readFile(join(import.meta.dirname, '../../docs/format/layout.md'), 'utf8')
    expect(text).toBe(retable(text, table(rows)))
  })

  it.each(rows)('holds the bounds with R = $replicas, disks $disks, $count devices', (row) => {
    expect(row.usable[0]).toBeGreaterThanOrEqual(0.99)
    expect(row.usableWhole).toBeGreaterThan(1 - 1e-6)
    expect(Math.max(row.join[0], row.leave[0], row.shrink)).toBeLessThanOrEqual(1.15)
    expect(row.anchorsMoved).toBeLessThanOrEqual(1.2)
    expect(row.anchors[0]).toBeGreaterThan(0.9)
    expect(row.anchors[1]).toBeLessThan(1.05)
  })
})

describe('placing 20 devices', () => {
  it('takes less than 50 ms of CPU time', () => {
    const devices = devicesOf(Array.from({ length: 20 }, (_, at) => 100 * 2 ** (at % 3)))
    const times = Array.from({ length: 8 }, () => {
      const before = process.cpuUsage()
      to(devices, 3)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    })
    expect(Math.min(...times)).toBeLessThan(50)
  })
})

describe('a chunk', () => {
  it('is in the partition that its first bits say', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0xab : at === 1 ? 0xcd : 0xff))
    const found = [1, 2, 16, 256, 1024, 65_536].map((partitions) => partitionOf(bytes, partitions))
    expect(found).toEqual([0, 1, 0xa, 0xab, 0b10_1010_1111, 0xabcd])
    expect(partitionOf(toHex(bytes) as ChunkId, 1024)).toBe(found[4])
  })
})
