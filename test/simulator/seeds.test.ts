import { afterAll, describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'

const SEEDS = 200
const A_TEST = 10
const total = { seeds: 0, edits: 0, faults: 0, conflicts: 0, messages: 0, hours: 0 }

describe('whatever happens to a cluster, its promises hold', () => {
  for (let first = 1; first <= SEEDS; first += A_TEST) {
    test(`seeds ${first} to ${first + A_TEST - 1}`, { timeout: 120_000 }, async () => {
      for (let seed = first; seed < first + A_TEST; seed++) {
        const { failure, edits, faults, conflicts, messages, simulated } = await simulate({ seed })
        total.seeds++
        total.edits += edits
        total.faults += Object.values(faults).reduce((sum, count) => sum + count, 0)
        total.conflicts += conflicts
        total.messages += messages
        total.hours += simulated / 3_600_000
        expect(failure, `replay: npm run sim -- --seed ${seed}`).toBeNull()
        expect(edits).toBeGreaterThanOrEqual(100)
        expect(Object.values(faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(5)
        expect(conflicts).toBeGreaterThanOrEqual(3)
      }
    })
  }

  afterAll(() => {
    const { seeds, edits, faults, conflicts, messages, hours } = total
    console.log(
      `simulated: ${seeds} seeds, ${edits} edits, ${faults} faults, ${conflicts} true conflicts, ${messages} messages, ${hours.toFixed(1)} hours`,
    )
  })
})
