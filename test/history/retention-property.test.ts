import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, isEmptyPolicy, type Decision, type Protections, type RetainableVersion, type RetentionPolicy } from '#history'
import type { VersionId } from '#model'
import { anyPolicy } from './any-policy.ts'
import { idOf } from './made-at.ts'

const RUNS = { numRuns: 500 }
const RULES = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
const HOUR_MS = 3_600_000

interface History {
  versions: RetainableVersion[]
  protections: Protections
}

/** Times that meet in hours, days, weeks, months and years, around the end of a leap year's February and of a year. */
const anyTime = fc
  .tuple(
    fc.constantFrom('2023-12-31', '2024-02-29', '2024-03-31', '2026-12-28', '2026-12-31'),
    fc.constantFrom(0, 1, 24, 24 * 7, 24 * 31, 24 * 366),
    fc.nat({ max: 3 }),
    fc.nat({ max: 3 }),
  )
  .map(([day, hours, times, ms]) => Date.parse(`${day}T22:30Z`) + hours * times * HOUR_MS + ms)

/** Up to 24 versions of a path, some of them heads, pinned or in snapshots; some of the same time. */
const anyHistory: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      time: anyTime,
      kind: fc.constantFrom('file', 'file', 'file', 'symlink', 'directory', 'tombstone', 'tombstone'),
      how: fc.nat({ max: 19 }),
    }),
    { maxLength: 24 },
  )
  .map((list) => {
    const versions = list.map(({ time, kind, how }, at) => ({ id: idOf(`v${at}`), time, kind, current: how === 0 }))
    const where = (wanted: number): VersionId[] => versions.filter((_, at) => list[at]?.how === wanted).map(({ id }) => id)
    return { versions, protections: { pins: new Set(where(1)), snapshots: new Map(where(2).map((id) => [id, ['S']])) } }
  })

/** With the time of the decision, or without. */
const anyNow: fc.Arbitrary<Pick<Protections, 'now'>> = fc.oneof(fc.constant({}), fc.record({ now: anyTime }))

const ids = (list: readonly { version: RetainableVersion }[]): VersionId[] => list.map(({ version }) => version.id)
const missing = (from: readonly VersionId[], of: readonly VersionId[]): VersionId[] => of.filter((id) => !from.includes(id))
const versionsOf = (list: Decision<RetainableVersion>['keep']): RetainableVersion[] => list.map(({ version }) => version)

/** The times a rule is named as a reason, also for the oldest. */
const named = ({ keep }: Decision<RetainableVersion>, rule: string): number =>
  keep.filter(({ reasons }) => reasons.some((reason) => reason === rule || reason === `oldest ${rule}`)).length

/** A policy that keeps at least as much in each rule. */
const more = (policy: RetentionPolicy): fc.Arbitrary<RetentionPolicy> => {
  const count = (of: number): fc.Arbitrary<number> => (of < 0 ? fc.constant(-1) : fc.constantFrom(of, of + 1, of + 3, -1))
  const part = (of: number): fc.Arbitrary<number> => fc.constantFrom(of, of + 1, of + 30)
  const { years, months, days, hours } = policy.within
  return fc.record({
    last: count(policy.last),
    hourly: count(policy.hourly),
    daily: count(policy.daily),
    weekly: count(policy.weekly),
    monthly: count(policy.monthly),
    yearly: count(policy.yearly),
    within: fc.record({ years: part(years), months: part(months), days: part(days), hours: part(hours) }),
  })
}

describe('a decision', () => {
  it('has every version once, the newest first, with a reason', () => {
    fc.assert(
      fc.property(anyPolicy, anyHistory, (policy, { versions, protections }) => {
        const { keep, forget } = decide(policy, versions, protections)
        expect([...ids(keep), ...ids(forget)].toSorted()).toEqual(versions.map(({ id }) => id).toSorted())
        for (const list of [keep, forget]) {
          for (const { reasons } of list) expect(reasons.join('')).not.toBe('')
          const times = list.map(({ version }) => version.time)
          expect(times).toEqual(times.toSorted((a, b) => b - a))
        }
      }),
      RUNS,
    )
  })

  it('does not depend on the order in which versions are given', () => {
    const shuffled = anyHistory.chain((history) =>
      fc.tuple(fc.constant(history), fc.shuffledSubarray(history.versions, { minLength: history.versions.length })),
    )
    fc.assert(
      fc.property(anyPolicy, shuffled, (policy, [{ versions, protections }, other]) => {
        expect(decide(policy, other, protections)).toEqual(decide(policy, versions, protections))
      }),
      RUNS,
    )
  })

  it('keeps the newest version, the newest content, heads, pins and what snapshots have', () => {
    fc.assert(
      fc.property(anyPolicy, anyHistory, anyNow, (policy, { versions, protections }, now) => {
        const decision = decide(policy, versions, { ...protections, ...now })
        const kept = ids(decision.keep)
        const newestFirst = versions.toSorted((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1))
        const must = [
          ...newestFirst.slice(0, 1),
          ...newestFirst.filter(({ kind }) => kind !== 'tombstone').slice(0, 1),
          ...versions.filter(({ current }) => current),
        ].map(({ id }) => id)
        expect(missing(kept, [...must, ...(protections.pins ?? []), ...(protections.snapshots?.keys() ?? [])])).toEqual([])
        if (isEmptyPolicy(policy)) expect(decision.forget).toEqual([])
      }),
      RUNS,
    )
  })

  it('forgets no more where each rule keeps more; only to leave out all rules keeps more than that', () => {
    const pair = anyPolicy
      .filter((policy) => !isEmptyPolicy(policy))
      .chain((policy) => fc.tuple(fc.constant(policy), more(policy)))
    fc.assert(
      fc.property(pair, anyHistory, ([less, greater], { versions, protections }) => {
        const kept = ids(decide(less, versions, protections).keep)
        expect(missing(ids(decide(greater, versions, protections).keep), kept)).toEqual([])
      }),
      RUNS,
    )
  })

  it('over what was kept forgets nothing, and names the same rules', () => {
    fc.assert(
      fc.property(anyPolicy, anyHistory, anyNow, (policy, { versions, protections: given }, now) => {
        const protections = { ...given, ...now }
        const once = decide(policy, versions, protections)
        const twice = decide(policy, versionsOf(once.keep), protections)
        expect(twice.forget).toEqual([])
        for (const [at, { reasons }] of once.keep.entries()) {
          expect(twice.keep[at]?.reasons.filter((reason) => !reason.startsWith('oldest'))).toEqual(
            expect.arrayContaining(reasons.filter((reason) => !reason.startsWith('oldest') && !reason.startsWith('newest'))),
          )
        }
      }),
      RUNS,
    )
  })

  it('over what was kept and what came after it keeps all that deciding at once keeps', () => {
    // Months and years of `within` apart, whose far end may go back a little as time goes on (see before).
    const policies = anyPolicy.map((policy) => ({ ...policy, within: { ...policy.within, years: 0, months: 0 } }))
    const split = fc.tuple(anyHistory, anyTime)
    fc.assert(
      fc.property(policies, split, (policy, [{ versions, protections }, time]) => {
        const [early, late] = [versions.filter((one) => one.time <= time), versions.filter((one) => one.time > time)]
        const kept = versionsOf(decide(policy, early, protections).keep)
        const atOnce = ids(decide(policy, versions, protections).keep)
        expect(missing(ids(decide(policy, [...kept, ...late], protections).keep), atOnce)).toEqual([])
      }),
      RUNS,
    )
  })

  it('keeps no more by a rule than its count, and no more tombstones than versions they end', () => {
    fc.assert(
      fc.property(anyPolicy, anyHistory, (policy, { versions, protections }) => {
        const decision = decide(policy, versions, protections)
        for (const rule of RULES) if (policy[rule] >= 0) expect(named(decision, rule)).toBeLessThanOrEqual(policy[rule])
        const ends = decision.keep.flatMap(({ reasons }) => reasons.filter((reason) => reason.startsWith('ends ')))
        expect(new Set(ends).size).toBe(ends.length)
        for (const end of ends) expect(ids(decision.keep)).toContain(end.slice('ends '.length))
      }),
      RUNS,
    )
  })

  it('keeps the newest of as many periods as a count asks for and there are', () => {
    fc.assert(
      fc.property(anyHistory, fc.integer({ min: 1, max: 4 }), (history, daily) => {
        const none = { last: 0, hourly: 0, weekly: 0, monthly: 0, yearly: 0, within: { years: 0, months: 0, days: 0, hours: 0 } }
        const live = history.versions.filter(({ kind }) => kind !== 'tombstone')
        const days = new Set(live.map(({ time }) => new Date(time).toISOString().slice(0, 10)))
        const { keep } = decide({ ...none, daily }, live)
        expect(keep.filter(({ reasons }) => reasons.includes('daily'))).toHaveLength(Math.min(days.size, daily))
      }),
      RUNS,
    )
  })
})
