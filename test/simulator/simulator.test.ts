import { describe, expect, test } from 'vitest'
import { IN_STORES, PLANTED, type PlantedFault } from './planted.ts'
import { simulate } from './simulate.ts'

/** Seeds that a planted fault may live through, from the first one on or a later one: runs in which nothing comes of it take long. */
const SEEDS: Record<PlantedFault, number> = {
  'no re-stat': 12,
  'no archive': 6,
  'fsync skipped': 12,
  'the clock decides': 6,
  'unsigned batch accepted': 25,
  'sweep without mark': 6,
  'receipt before durable': 12,
  'damaged block served': 12,
  'held in memory alone': 12,
  'dropped before the receipt': 20,
}

const FIRST: Partial<Record<PlantedFault, number>> = { 'receipt before durable': 49 }

test('two runs of a seed are the same in every step', async () => {
  const [first, second, other] = [await simulate({ seed: 7 }), await simulate({ seed: 7 }), await simulate({ seed: 8 })]
  expect(second).toEqual(first)
  expect(other.hash).not.toBe(first.hash)
})

test('two runs of a seed about stores are the same in every step', async () => {
  const [first, second] = [await simulate({ seed: 3, about: 'stores' }), await simulate({ seed: 3, about: 'stores' })]
  expect(second).toEqual(first)
})

test('a run makes at least 100 edits, 5 faults and 3 conflicts', async () => {
  const { edits, faults, conflicts } = await simulate({ seed: 3 })
  expect(edits).toBeGreaterThanOrEqual(100)
  expect(Object.values(faults).reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBeGreaterThanOrEqual(5)
  expect(conflicts).toBeGreaterThanOrEqual(3)
})

describe('a planted fault is found', () => {
  for (const fault of Object.keys(PLANTED) as PlantedFault[]) {
    test(`${fault}, within ${SEEDS[fault]} seeds`, async () => {
      const first = FIRST[fault] ?? 1
      for (let seed = first; seed < first + SEEDS[fault]; seed++) {
        const about = IN_STORES.has(fault) ? 'stores' : 'trees'
        const { failure } = await simulate({ seed, about, planted: PLANTED[fault] })
        // A simulator that broke over the fault has not seen that a promise did.
        if (failure?.startsWith('promise ') === true) return
      }
      expect.fail(`none of ${SEEDS[fault]} seeds from ${first} broke a promise`)
    })
  }
})
