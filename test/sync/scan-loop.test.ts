import { expect, it } from 'vitest'
import { ScanLoop } from '../../src/sync/scan-loop.ts'
import type { ScanOutcome } from '../../src/sync/scanner.ts'
import { HandClock } from '../base/hand-clock.ts'

const QUIET: ScanOutcome = { changed: 0, problems: [], held: 0, unsettled: [], ignoreChanged: false, needsAll: false }

/** A loop whose scans end as `outcomes` say, the last for all that follow; and what each looked at. */
function loop(...outcomes: Partial<ScanOutcome>[]) {
  const clock = new HandClock()
  const looks: (readonly string[] | null)[] = []
  const held: number[] = []
  const scans = new ScanLoop({
    clock,
    signal: new AbortController().signal,
    ready: () => true,
    scan: async (scopes) => {
      looks.push(scopes)
      return { ...QUIET, ...outcomes[Math.min(looks.length, outcomes.length) - 1] }
    },
    scanned: async () => undefined,
    held: (entries) => held.push(entries),
    failed: (error) => {
      throw error
    },
    changed: () => undefined,
  })
  return { clock, scans, looks, held }
}

it('looks at everything when one place does not tell enough', async () => {
  const { scans, looks } = loop({ needsAll: true }, {})
  scans.hint(['a'])
  await scans.idle()
  await scans.idle()
  expect(looks).toEqual([['a'], null])
})

it('looks once more, after a while, when much was missing: it may have been on its way elsewhere', async () => {
  const { clock, scans, looks } = loop({ held: 100 }, { held: 100 })
  scans.hint(null)
  await scans.idle()
  expect([looks, scans.held]).toEqual([[null], 100])
  clock.pass(3_000)
  await scans.idle()
  expect(looks).toEqual([null, null])
  clock.pass(60_000)
  await scans.idle()
  expect(looks).toEqual([null, null])
})

it('says once that much is held, and again when it is so anew', async () => {
  const { scans, held } = loop({ held: 100 }, { held: 120 }, {}, { held: 30 })
  for (let look = 0; look < 4; look++) await scans.scan()
  expect(held).toEqual([100, 30])
})
