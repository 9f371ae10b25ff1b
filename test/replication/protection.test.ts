import { describe, expect, test } from 'vitest'
import type { DeviceId } from '#model'
import { hasKept, keptUpTo, protectedPercent, unprotected, upToOf, type KeptBy } from '#replication'

const [a, b] = ['a', 'b'] as DeviceId[]
const have = [
  { author: a!, epoch: 1, seq: 100 },
  { author: b!, epoch: 7, seq: 300 },
]
const keptBy = (records: typeof have, behind: typeof have): KeptBy => keptUpTo(upToOf(records, behind))
const place = (seq: number) => ({ author: b!, epoch: 7, seq })

describe('what a device has kept', () => {
  test('is all of the records it has but those behind', () => {
    const kept = keptBy(have, [place(299)])
    expect([hasKept(kept, place(299)), hasKept(kept, place(300)), hasKept(kept, { author: a!, epoch: 1, seq: 100 })]).toEqual([
      true,
      false,
      true,
    ])
    expect(hasKept(kept, { author: a!, epoch: 2, seq: 1 })).toBe(false)
    expect(hasKept(undefined, place(1))).toBe(false)
  })
})

describe('what is protected', () => {
  const of = (...kept: (KeptBy | undefined)[]) => [have, [a!, b!], (device: DeviceId) => kept[device === a ? 0 : 1]] as const

  test('is what all holders have', () => {
    const all = keptBy(have, [])
    expect(protectedPercent(...of(all, all))).toBe(100)
    expect(unprotected(...of(all, all))).toEqual([])
    expect(protectedPercent(...of(all, undefined))).toBe(0)
    expect(unprotected(...of(all, undefined))).toEqual([{ device: b, records: 400 }])
    expect(protectedPercent(...of(keptBy(have, [{ author: a!, epoch: 1, seq: 0 }]), keptBy(have, [place(100)])))).toBe(25)
    expect(protectedPercent([], [a!], () => undefined)).toBe(100)
  })

  test('is never said to be all while a single version is not', () => {
    const many = [{ author: a!, epoch: 1, seq: 1_000_000 }]
    expect(protectedPercent(many, [a!], () => keptBy(many, [{ author: a!, epoch: 1, seq: 999_999 }]))).toBe(99.9)
  })
})
