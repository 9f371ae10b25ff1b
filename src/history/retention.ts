import { isLive, type Kind, type VersionId } from '#model'
import { before, periodOf } from './periods.ts'
import { COUNT_RULES, isEmptyPolicy, isEmptySpan, spanWord, UNLIMITED, type CountRule, type RetentionPolicy } from './policy.ts'

/** What a decision needs to know of a version of the path. */
export interface RetainableVersion {
  readonly id: VersionId
  /**
   * When it was made, in ms since 1970, a date. May have a fraction: an HLC / 1024 has its counter there, so that versions of
   * the same millisecond stand in their order. Of the same time the greater id counts as the newer one.
   */
  readonly time: number
  /** Its place among the versions of the path, the last one's is the greatest; where left out, its time says that. */
  readonly order?: number
  readonly kind: Kind
  /** It is a head of the path. */
  readonly current: boolean
}

/** What stands above every policy. */
export interface Protections {
  readonly pins?: ReadonlySet<VersionId>
  /** Names of the snapshots that a version is in. */
  readonly snapshots?: ReadonlyMap<VersionId, readonly string[]>
  /**
   * The time (ms) of the decision, where it is known: versions after it, of a clock that was wrong, are not what `within`
   * counts from. Otherwise one version of the year 2099 would have all the others forgotten.
   */
  readonly now?: number
}

/** A version and why: at least one reason. */
export interface Verdict<V> {
  readonly version: V
  readonly reasons: readonly string[]
}

/** Every version is in one of the two, the newest first. */
export interface Decision<V> {
  readonly keep: readonly Verdict<V>[]
  readonly forget: readonly Verdict<V>[]
}

/** What keeps each version, and why rules do not. */
interface Findings {
  readonly kept: Map<RetainableVersion, string[]>
  readonly missed: Map<RetainableVersion, string[]>
}

/**
 * Which of the versions of one path, given in any order, a policy keeps. The rules are restic's (`restic forget`): a count keeps
 * the newest version of that many periods, the latest ones that have versions; while a count is not used up the oldest
 * version is kept as well; `within` keeps what is younger than that, seen from the latest version. What any rule keeps is
 * kept. The empty policy keeps all, and under every policy stay: the newest version, the heads, what is pinned or in a
 * snapshot. These take part in the rules like the others, and are beyond the counts where the rules do not want them.
 *
 * Rules look at live versions only. A tombstone has no content, and as a day's newest version it would push out what was
 * deleted that day; and `within` counts from the latest live version, or a deletion would at once take along what had not
 * changed for long. So the last content of a deleted path stays as the last content of any path does. What a tombstone does say
 * is that the version before it ended there: each kept version keeps its first tombstone with it, other tombstones go.
 *
 * To decide again over what was kept forgets nothing. Counts do not mind either how often one decides: over what was kept and what
 * came after it, they keep what they would have kept of all. `within` does so for days and hours; for months and years only
 * away from the ends of months (see before).
 *
 * Reasons to keep: `last`, `hourly`, … `yearly`, `oldest daily` (and so on), `within 30d`, `current`, `pinned`,
 * `snapshot NAME`, `ends ID` (of a tombstone), `newest`, `policy is empty`. Reasons to forget: one for each rule, what kept it
 * from keeping this version. Throws RangeError where a time is no date.
 */
export function decide<V extends RetainableVersion>(
  policy: RetentionPolicy,
  versions: readonly V[],
  protections: Protections = {},
): Decision<V> {
  for (const { id, time } of versions) {
    if (!(time >= 0 && time <= 8.64e15)) throw new RangeError(`version ${id} has a time that is no date: ${time}`)
  }
  const newestFirst = versions.toSorted((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1))
  const findings: Findings = {
    kept: new Map(newestFirst.map((version) => [version, protectedBy(version, protections)])),
    missed: new Map(newestFirst.map((version) => [version, []])),
  }
  if (isEmptyPolicy(policy)) for (const reasons of findings.kept.values()) reasons.push('policy is empty')
  else {
    const live = newestFirst.filter(isLive)
    const lastFirst = newestFirst.toSorted((a, b) => (b.order ?? 0) - (a.order ?? 0))
    for (const rule of COUNT_RULES) applyCount(rule, policy[rule], rule === 'last' ? lastFirst.filter(isLive) : live, findings)
    if (!isEmptySpan(policy.within)) applyWithin(policy, live, protections.now, findings)
    applyTombstones(newestFirst, findings)
    const [newest] = lastFirst
    if (newest && !isKept(newest, findings)) findings.kept.get(newest)?.push('newest')
  }
  return verdicts(newestFirst, findings)
}

function protectedBy({ id, current }: RetainableVersion, { pins, snapshots }: Protections): string[] {
  const reasons: string[] = []
  if (current) reasons.push('current')
  if (pins?.has(id)) reasons.push('pinned')
  for (const name of snapshots?.get(id) ?? []) reasons.push(`snapshot ${name}`)
  return reasons
}

function applyCount(rule: CountRule, count: number, live: readonly RetainableVersion[], { kept, missed }: Findings): void {
  if (count === 0) return
  const oldest = live.at(-1)
  let left = count === UNLIMITED ? Infinity : count
  let last: { period: string; winner: VersionId } | undefined
  // Periods lie one after the other, so beyond the last one that counts no more of its versions can come.
  let beyond = false
  for (const version of live) {
    const period = beyond || rule === 'last' ? version.id : periodOf(rule, version.time)
    if (left > 0 && period !== last?.period) {
      left--
      last = { period, winner: version.id }
      kept.get(version)?.push(rule)
    } else if (left > 0 && version === oldest) kept.get(version)?.push(`oldest ${rule}`)
    else if (period === last?.period) missed.get(version)?.push(`${rule}: ${period} is kept by ${last.winner}`)
    else {
      beyond = true
      missed.get(version)?.push(`${rule}: beyond the newest ${count}`)
    }
  }
}

function applyWithin(
  { within }: RetentionPolicy,
  live: readonly RetainableVersion[],
  now: number | undefined,
  { kept, missed }: Findings,
): void {
  const latest = live.find(({ time }) => now === undefined || time <= now)
  const start = latest === undefined ? -Infinity : before(latest.time, within)
  const word = spanWord(within)
  for (const version of live) {
    if (version.time > start) kept.get(version)?.push(`within ${word}`)
    else missed.get(version)?.push(`within: not after ${new Date(start).toISOString()}`)
  }
}

/** After all rules, since which tombstones stay follows from which live versions do. */
function applyTombstones(newestFirst: readonly RetainableVersion[], findings: Findings): void {
  let open: RetainableVersion | undefined
  let end: RetainableVersion | undefined
  for (const version of newestFirst.toReversed()) {
    if (isLive(version)) {
      if (isKept(version, findings)) [open, end] = [version, undefined]
    } else if (open === undefined) findings.missed.get(version)?.push('tombstone: no version before it is kept')
    else if (end === undefined) {
      findings.kept.get(version)?.push(`ends ${open.id}`)
      end = version
    } else findings.missed.get(version)?.push(`tombstone: ${open.id} is ended by ${end.id}`)
  }
}

function isKept(version: RetainableVersion, { kept }: Findings): boolean {
  return (kept.get(version) ?? []).length > 0
}

function verdicts<V extends RetainableVersion>(newestFirst: readonly V[], findings: Findings): Decision<V> {
  const decision: { keep: Verdict<V>[]; forget: Verdict<V>[] } = { keep: [], forget: [] }
  for (const version of newestFirst) {
    if (isKept(version, findings)) decision.keep.push({ version, reasons: findings.kept.get(version) ?? [] })
    else decision.forget.push({ version, reasons: findings.missed.get(version) ?? [] })
  }
  return decision
}
