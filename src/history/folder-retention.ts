import type { PastVersion } from '#db'
import { byPrecedence, dotOf, hlcExactTime, supersedes, type DeviceId, type Version, type VersionId } from '#model'
import { headsAt, type Moment } from './moment.ts'
import type { RetentionPolicy } from './policy.ts'
import { decide, type Decision, type Protections, type RetainableVersion } from './retention.ts'

/** What is to be kept of a folder's past. */
export interface FolderRetention {
  policy: RetentionPolicy
  pins: ReadonlySet<VersionId>
  /** By name. */
  snapshots: ReadonlyMap<string, Moment>
}

/** A version of a path as a decision takes it. */
interface Retainable<P> extends RetainableVersion {
  readonly past: P
}

/** What stands above the policy among the versions of a path, which have to be all that are known. */
export function protectionsOf(
  { pins, snapshots }: Pick<FolderRetention, 'pins' | 'snapshots'>,
  versions: readonly Version[],
): Required<Pick<Protections, 'pins' | 'snapshots'>> {
  const inSnapshots = new Map<VersionId, string[]>()
  const names = snapshots.keys()
  for (const heads of headsAt(versions, snapshots.values())) {
    const name = names.next().value!
    for (const { id } of heads) {
      const known = inSnapshots.get(id)
      if (known === undefined) inSnapshots.set(id, [name])
      else known.push(name)
    }
  }
  return { pins, snapshots: inSnapshots }
}

/**
 * Which versions of one path a folder keeps, and which it would forget. `all` of them that are known; heads stay. Those that are
 * forgotten already have no say and are in neither, but for what has been pinned or is in a snapshot since, which is kept, unless it was lost and given up, or is in a snapshot and was never kept; what is
 * lost is judged as if it were there. `now`, ms, is the time of the decision.
 */
export function judge<P extends PastVersion>(
  retention: FolderRetention,
  all: readonly P[],
  now: number,
): Decision<Retainable<P>> {
  const protections = protectionsOf(
    retention,
    all.map(({ version }) => version),
  )
  const order = new Map(inOrder(all.map(({ version }) => version)).map(({ id }, at) => [id, at]))
  const isProtected = ({ version: { id }, isGivenUp, isNeverKept }: PastVersion): boolean =>
    isGivenUp !== true && (protections.pins.has(id) || (isNeverKept !== true && protections.snapshots.has(id)))
  const candidates = all.flatMap((past): Retainable<P>[] => {
    const { id, hlc, kind } = past.version
    return past.isForgotten && past.isLost !== true && !isProtected(past)
      ? []
      : [{ id, time: hlcExactTime(hlc), order: order.get(id)!, kind, current: past.isHead, past }]
  })
  return decide(retention.policy, candidates, { ...protections, now })
}

/** Versions of a path, the oldest first: by their times, but none after one that supersedes it, however wrong a clock was. */
function inOrder(versions: readonly Version[]): Version[] {
  const ordered: Version[] = []
  /** The greatest counter of each device that one of them has. */
  const seen = new Map<DeviceId, number>()
  for (const version of versions.toSorted((a, b) => byPrecedence(b, a))) {
    const [author, own] = dotOf(version)
    const before = (seen.get(author) ?? 0) < own ? -1 : ordered.findIndex((other) => supersedes(other, version))
    ordered.splice(before < 0 ? ordered.length : before, 0, version)
    for (const [device, counter] of version.vector) seen.set(device, Math.max(seen.get(device) ?? 0, counter))
  }
  return ordered
}
