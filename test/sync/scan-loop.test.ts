import { describe, expect, it, vi } from 'vitest'
import { REST_MS } from '../../src/sync/running-deletions.ts'
import { ScanLoop } from '../../src/sync/scan-loop.ts'
import type { ScanOutcome } from '../../src/sync/scanner.ts'
import { HandClock } from '../base/hand-clock.ts'

const QUIET: ScanOutcome = {
  ...{ changed: 0, problems: [], held: 0, vanishing: [], unsettled: [], ignoreChanged: false, needsAll: false },
}

/** A loop whose scans end as `outcomes` say, the last for all that follow; and what each looked at. */
function loop(...outcomes: (Partial<ScanOutcome> | Error)[]) {
  let isReady = true
  const clock = new HandClock()
  const looks: (readonly string[] | null)[] = []
  const held: number[] = []
  const failures: unknown[] = []
  const scans = new ScanLoop({
    clock,
    signal: new AbortController().signal,
    ready: () => isReady,
    scan: async (scopes) => {
      looks.push(scopes)
      const outcome = outcomes[Math.min(looks.length, outcomes.length) - 1]
      if (outcome instanceof Error) throw outcome
      return { ...QUIET, ...outcome }
    },
    scanned: async () => undefined,
    held: (entries) => held.push(entries),
    failed: (error) => failures.push(error),
    changed: () => undefined,
  })
  return { clock, scans, looks, held, failures, setReady: (value: boolean) => (isReady = value) }
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

it('looks at what is missing with whatever it looks at next, and after a while, until no more vanishes', async () => {
  const { clock, scans, looks } = loop({ vanishing: ['a', 'a/1', 'b/1'] }, { vanishing: ['a', 'a/1', 'b/1'] }, {})
  scans.hint(['a', 'b'])
  await scans.idle()
  expect(scans.vanishing).toBe(3)
  clock.pass(1_000)
  scans.hint(['c'])
  await scans.idle()
  clock.pass(REST_MS - 1)
  await scans.idle()
  expect(looks).toEqual([
    ['a', 'b'],
    ['a', 'b/1', 'c'],
  ])
  clock.pass(1)
  await scans.idle()
  expect(looks.at(-1)).toEqual(['a', 'b/1'])
  expect(scans.vanishing).toBe(0)
  clock.pass(60_000)
  await scans.idle()
  expect(looks).toHaveLength(3)
})

it('still waits for what is missing when one place does not tell enough', async () => {
  const { scans } = loop({ vanishing: ['a/1'] }, { needsAll: true }, { vanishing: ['a/1', 'b'] })
  scans.hint(['a'])
  await scans.idle()
  const seen: number[] = []
  scans.hint(['b'])
  for (let look = 0; look < 2; look++) {
    await scans.idle()
    seen.push(scans.vanishing)
  }
  expect(seen).toEqual([1, 2])
})

it('looks at everything after a look that failed, and nothing waits for what that one was to see', async () => {
  const fault = new Error('the disk is away')
  const { scans, looks, failures } = loop({ vanishing: ['a/1'] }, fault, {})
  scans.hint(['a'])
  await scans.idle()
  scans.hint(['b'])
  await scans.idle()
  expect([scans.vanishing, failures]).toEqual([0, [fault]])
  scans.hint(['c'])
  await scans.idle()
  expect(looks.at(-1)).toBeNull()
})

describe('asked to scan, it', () => {
  it('looks until no more vanishes, and counts all that was found', async () => {
    const { clock, scans, looks } = loop({ changed: 2, vanishing: ['a'] }, { vanishing: ['a', 'b'] }, { changed: 30 })
    let found: number | null = null
    const ended = scans.scan().then((changed) => (found = changed))
    for (let look = 1; look < 3; look++) {
      await vi.waitFor(() => expect(scans.vanishing).toBe(look))
      expect(found).toBeNull()
      clock.pass(REST_MS)
    }
    await vi.waitFor(() => expect(scans.vanishing).toBe(0))
    clock.pass(REST_MS)
    await ended
    expect(found).toBe(32)
    expect(looks).toEqual([null, ['a'], ['a', 'b']])
  })

  it('looks no more when who asked has gone', async () => {
    const { scans, looks } = loop({ changed: 2, vanishing: ['a'] })
    const asked = new AbortController()
    const scan = scans.scan(asked.signal)
    await vi.waitFor(() => expect(scans.vanishing).toBe(1))
    asked.abort()
    expect(await scan).toBe(2)
    expect(looks).toEqual([null])
  })
})

it('keeps no places while it may not look, since it will look everywhere', async () => {
  const { scans, looks, setReady } = loop({})
  setReady(false)
  scans.hint(null)
  const before = process.memoryUsage().heapUsed
  for (let at = 0; at < 300_000; at++) scans.hint([`a directory/of temporary files/${at}`])
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(12 * 1024 * 1024)
  setReady(true)
  scans.hint(['b'])
  await scans.idle()
  expect(looks).toEqual([null])
})

it('puts what thousands of places tell together at once', async () => {
  const paths = Array.from({ length: 4_000 }, (_, at) => `some directory/another one/${at}`)
  const problems = paths.map((path) => ({ path, code: 'unreadable' as const, message: '' }))
  const { scans } = loop({ problems: [...problems, { path: 'other', code: 'special', message: '' }] }, { problems })
  await scans.scan()
  scans.hint(paths)
  const before = performance.now()
  await scans.idle()
  expect(performance.now() - before).toBeLessThan(100)
  expect(scans.problems).toHaveLength(4_001)
})
