import {
  bumpVector,
  byDot,
  byPrecedence,
  counterOf,
  dotOf,
  hasSeen,
  mergeVectors,
  sameContent,
  supersedes,
  type AuthoredVersion,
  type DeviceId,
  type Hlc,
  type Version,
  type VersionBody,
} from '#model'

/** A record of a path with the number that it has in the database. */
export interface Head {
  readonly record: number
  readonly version: AuthoredVersion
}

/**
 * The heads after `arrival` has come to `heads`: what it supersedes goes, and it stays unless a known version supersedes it. So
 * the same records give the same heads in whatever order they come. Mostly a head tells; `others` gives all versions known of
 * the path, for when none does: a device whose database was restored may have superseded what it has not seen.
 */
export function withArrival<H extends Head>(
  heads: readonly H[],
  arrival: H,
  others: () => Iterable<Head>,
): { heads: H[]; gone: H[]; stays: boolean } {
  const gone = heads.filter((head) => supersedes(arrival.version, head.version))
  const kept = heads.filter((head) => !gone.includes(head))
  let stays = !kept.some((head) => supersedes(head.version, arrival.version))
  if (stays && kept.length > 0) {
    for (const { version } of others()) if (supersedes(version, arrival.version)) stays = false
  }
  return { heads: stays ? [...kept, arrival] : kept, gone, stays }
}

/** Heads in order of precedence, those of the same content joined into the first of them, with the vectors merged. */
export function joinHeads(versions: readonly Version[]): Version[] {
  const joined: Version[] = []
  for (const version of versions.toSorted(byPrecedence)) {
    const at = joined.findIndex((other) => sameContent(other, version))
    const same = joined[at]
    if (same === undefined) joined.push(version)
    else joined[at] = { ...same, vector: mergeVectors(same.vector, version.vector) }
  }
  return joined
}

type Seen = Pick<VersionBody, 'vector' | 'beside'>

/**
 * The vector of a version that `device` writes at `hlc` in place of `replaced`, while `others` stay heads. A vector alone covers too
 * much: all that the device has written before, along whichever branch. What it covers without having been seen is named.
 */
export function nextVector(
  replaced: readonly Seen[],
  others: readonly AuthoredVersion[],
  { device, hlc }: { device: DeviceId; hlc: Hlc },
): Pick<VersionBody, 'vector' | 'beside'> {
  const [only, ...more] = replaced
  if (others.length === 0 && more.length === 0) {
    const beside = only?.beside ?? []
    const vector = bumpVector(only?.vector ?? [], device, hlc)
    return beside.length === 0 ? { vector } : { vector, beside }
  }
  const own = others.reduce((last, { vector }) => Math.max(last, counterOf(vector, device)), 0)
  const vector = bumpVector(mergeVectors(...replaced.map((version) => version.vector)), device, Math.max(hlc, own + 1))
  const unseen = [...others.map(dotOf), ...replaced.flatMap(({ beside = [] }) => beside)]
    .filter((dot) => hasSeen({ vector }, dot) && !replaced.some((version) => hasSeen(version, dot)))
    .toSorted(byDot)
  const beside = unseen.filter((dot, at) => byDot(dot, unseen[at + 1] ?? ['' as DeviceId, 0]) !== 0)
  return beside.length === 0 ? { vector } : { vector, beside }
}
