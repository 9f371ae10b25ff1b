import { byPrecedence, compareVectors, mergeVectors, sameContent, type Vector, type Version, type VersionBody } from '#model'

/** A record of a path with the number that it has in the database. */
export interface Head<V extends VersionBody = VersionBody> {
  readonly record: number
  readonly version: V
}

/**
 * The heads after `arrival` has come to `heads`: what its vector is newer than goes, and it stays unless one of them is newer.
 * Since "newer" is transitive, the same records give the same heads in whatever order they come.
 */
export function withArrival<H extends Head>(heads: readonly H[], arrival: H): { heads: H[]; gone: H[]; stays: boolean } {
  const kept: H[] = []
  const gone: H[] = []
  let stays = true
  for (const head of heads) {
    const order = compareVectors(arrival.version.vector, head.version.vector)
    if (order === 'newer') gone.push(head)
    else kept.push(head)
    if (order === 'older') stays = false
  }
  if (stays) kept.push(arrival)
  return { heads: kept, gone, stays }
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

/** The least vector that has seen all of `heads`. */
export function mergedVector(heads: readonly Head[]): Vector {
  return mergeVectors(...heads.map((head) => head.version.vector))
}
