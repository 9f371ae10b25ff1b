import type { PastVersion } from '#db'
import type { Version, VersionId } from '#model'
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
interface Retainable extends RetainableVersion {
  readonly past: PastVersion
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
 * Which versions of one path a folder keeps, and which it would forget. `all` of them that are known; heads stay. `now`, ms, is the
 * time of the decision.
 */
export function judge(retention: FolderRetention, all: readonly PastVersion[], now: number): Decision<Retainable> {
  const versions = all.map(({ version }) => version)
  const candidates = all.map((past): Retainable => {
    const { id, hlc, kind } = past.version
    return { id, time: hlc / 1024, kind, current: past.isHead, past }
  })
  return decide(retention.policy, candidates, { ...protectionsOf(retention, versions), now })
}
