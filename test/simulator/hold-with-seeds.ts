import { afterAll, describe, expect, test } from 'vitest'
import { protectedWords, simulate, type SimReport } from './simulate.ts'

type About = 'trees' | 'stores'

const A_TEST = 10
/** What each run has at least: of one about stores a loss in either of its two rounds. */
const LEAST: Readonly<Record<About, { edits: number; faults: number; conflicts: number }>> = {
  trees: { edits: 100, faults: 5, conflicts: 3 },
  stores: { edits: 24, faults: 2, conflicts: 0 },
}

const total = { seeds: 0, edits: 0, faults: 0, conflicts: 0, messages: 0, hours: 0, reports: [] as SimReport[] }

async function run(seed: number, about: About): Promise<SimReport> {
  const report = await simulate({ seed, about })
  total.seeds++
  total.edits += report.edits
  total.faults += faultsOf(report)
  total.conflicts += report.conflicts
  total.messages += report.messages
  total.reports.push(report)
  total.hours += report.simulated / 3_600_000
  return report
}

function faultsOf({ faults }: SimReport): number {
  return Object.values(faults).reduce<number>((sum, count) => sum + (count ?? 0), 0)
}

/** Tests that all promises hold with the seeds `from` to `to`; the totals are printed at the end. */
export function holdWithSeeds(from: number, to: number, about: About = 'trees'): void {
  const least = LEAST[about]
  describe(`whatever happens to a cluster's ${about}, its promises hold`, () => {
    for (let first = from; first <= to; first += A_TEST) {
      test(`seeds ${first} to ${first + A_TEST - 1}`, async () => {
        for (let seed = first; seed < first + A_TEST; seed++) {
          const report = await run(seed, about)
          expect(report.failure, `replay: npm run sim -- --about ${about} --seed ${seed}`).toBeNull()
          expect(report.edits).toBeGreaterThanOrEqual(least.edits)
          expect(faultsOf(report)).toBeGreaterThanOrEqual(least.faults)
          expect(report.conflicts).toBeGreaterThanOrEqual(least.conflicts)
        }
      })
    }

    afterAll(() => {
      const { seeds, edits, faults, conflicts, messages, hours, reports } = total
      console.log(
        `simulated (${about}): ${seeds} seeds, ${edits} edits, ${faults} faults, ${conflicts} true conflicts, ` +
          `${messages} messages, ${hours.toFixed(1)} hours; ${protectedWords(reports)}`,
      )
    })
  })
}
