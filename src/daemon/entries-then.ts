import type { PastVersion } from '#db'
import { headsThen, shownOf, type Moment, type Past } from '#history'
import { isLive, parentPath, pathKey, sameContent, type Version } from '#model'
import { wantedEntries } from '#sync'

/** An entry that a folder showed: at the path of its version, or beside it where several were in conflict. */
export interface ThenEntry {
  path: string
  version: Version
  /** No device has its content any more, as far as is known here. Left out: that is not so. */
  isGone?: boolean
}

/** What became of one path then: what it showed, conflict files under their derived names; or that it was deleted. */
export interface PathThen {
  /** What was at the path itself comes last; none where it was deleted. */
  entries: { path: string; past: PastVersion }[]
  deleted: PastVersion | null
}

interface Range {
  /** At or below it; '' = all. */
  under: string
  after: string
}

/** What a folder showed at a moment or a time (ms) at a path and below ('' = all), in the order of the versions' paths. */
export async function* entriesThen(past: Past, at: Moment | number, under = ''): AsyncGenerator<ThenEntry> {
  for await (const { entries } of pathsThen(past, at, { under, after: '' }))
    for (const { path, past: shown } of entries.toReversed())
      yield { path, version: shown.version, ...(isGone(shown) && { isGone: true }) }
}

/** The same path by path, with those that were deleted; of paths of which nothing was known then nothing. */
export async function* pathsThen(past: Past, at: Moment | number, { under, after }: Range): AsyncGenerator<PathThen> {
  const living = new LivingBelow(past, at)
  for await (const all of past.histories(under, after)) {
    const of = new Map(all.map((each) => [each.version.id, each]))
    const versions = all.map(({ version }) => version)
    const known = headsThen(versions, at)
    const live = known.filter(isLive)
    const heads = live.filter((head, place) => live.findIndex((other) => sameContent(other, head)) === place)
    const path = (live[0] ?? all[0]!.version).path
    const isBelow =
      known.length > 0 && all[0]!.hasBelow === true && shownOf(live)?.kind !== 'directory' && (await living.has(path))
    // A directory that is there for what is below it is what it was last.
    const implied = isBelow ? directoryOf(versions, at) : undefined
    const row = { path, heads, below: isBelow, shown: [], directory: parentPath(path) }
    const entries = wantedEntries(row).flatMap((wanted) => {
      const version = wanted.version ?? implied
      return version === undefined ? [] : [{ path: wanted.path, past: of.get(version.id)! }]
    })
    const gone = shownOf(known)
    if (entries.length > 0) yield { entries: entries.toReversed(), deleted: null }
    else if (gone !== undefined) yield { entries, deleted: of.get(gone.id)! }
  }
}

export function isGone({ isGivenUp, isNeverKept }: Pick<PastVersion, 'isGivenUp' | 'isNeverKept'>): boolean {
  return (isGivenUp ?? isNeverKept) === true
}

/** The last directory that a path was up to then. */
function directoryOf(versions: readonly Version[], at: Moment | number): Version | undefined {
  return headsThen(
    versions.filter(({ kind }) => kind === 'directory'),
    at,
  )[0]
}

/** Knows below which paths something lived then. Asked in the order of the paths it looks at most of them once. */
class LivingBelow {
  readonly #past: Past
  readonly #at: Moment | number
  readonly #living = new Set<string>()
  /** Below it nothing lived. */
  #dead: string | null = null

  constructor(past: Past, at: Moment | number) {
    this.#past = past
    this.#at = at
  }

  async has(path: string): Promise<boolean> {
    const key = pathKey(path)
    if (this.#living.has(key)) return true
    if (this.#dead !== null && key.startsWith(`${this.#dead}/`)) return false
    for await (const all of this.#past.histories(path)) {
      const found = pathKey(all[0]!.version.path)
      const versions = all.map(({ version }) => version)
      if (found === key || !headsThen(versions, this.#at).some(isLive)) continue
      for (let above = parentPath(found); above !== ''; above = parentPath(above)) this.#living.add(above)
      return true
    }
    this.#dead = key
    return false
  }
}
