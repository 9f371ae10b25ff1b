import { afterAll, describe, expect, test } from 'vitest'
import { protectedWords, simulate, type SimReport } from './simulate.ts'

const A_TEST = 10

const total = { seeds: 0, edits: 0, faults: 0, conflicts: 0, messages: 0, hours: 0, protectedMs: [] as number[] }

async function run(seed: number): Promise<SimReport> {
  const report = await simulate({ seed })
  total.seeds++
  total.edits += report.edits
  total.faults += faultsOf(report)
  total.conflicts += report.conflicts
  total.messages += report.messages
  total.protectedMs.push(report.protectedMs)
  total.hours += report.simulated / 3_600_000
  return report
}

function faultsOf({ faults }: SimReport): number {
  return Object.values(faults).reduce((sum, count) => sum + count, 0)
}

/** Tests that all promises hold with the seeds `from` to `to`; the totals are printed at the end. */
export function holdWithSeeds(from: number, to: number): void {
  describe('whatever happens to a cluster, its promises hold', () => {
    for (let first = from; first <= to; first += A_TEST) {
      test(`seeds ${first} to ${first + A_TEST - 1}`, { timeout: 120_000 }, async () => {
        for (let seed = first; seed < first + A_TEST; seed++) {
          const report = await run(seed)
          expect(report.failure, `replay: npm run sim -- --seed ${seed}`).toBeNull()
          expect(report.edits).toBeGreaterThanOrEqual(100)
          expect(faultsOf(report)).toBeGreaterThanOrEqual(5)
          expect(report.conflicts).toBeGreaterThanOrEqual(3)
        }
      })
    }

    afterAll(() => {
      const { seeds, edits, faults, conflicts, messages, hours, protectedMs } = total
      console.log(
        `simulated: ${seeds} seeds, ${edits} edits, ${faults} faults, ${conflicts} true conflicts, ` +
          `${messages} messages, ${hours.toFixed(1)} hours; ${protectedWords(protectedMs)}`,
      )
    })
  })
}
