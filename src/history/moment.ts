import type { Have, PastVersion } from '#db'
import { byPrecedence, hlcTime, isLive, sameContent, supersedes, type DeviceId, type RecordPlace, type Version } from '#model'

/** The records up to some of each author: for each of its epochs the last one. Of an epoch that is not there, none. */
export type Moment = ReadonlyMap<DeviceId, ReadonlyMap<number, number>>

export function momentOf(places: readonly (readonly [DeviceId, readonly Omit<Have, 'author'>[]])[]): Moment {
  return new Map(places.map(([author, last]) => [author, new Map(last.map(({ epoch, seq }) => [epoch, seq]))]))
}

/** The same places as `have` names them, by author. */
export function placesOf(have: readonly Have[]): [DeviceId, Omit<Have, 'author'>[]][] {
  const places = Map.groupBy(have, ({ author }) => author)
  return [...places].map(([author, list]) => [author, list.map(({ epoch, seq }) => ({ epoch, seq }))])
}

function isWithin(moment: Moment, { author, epoch, seq }: RecordPlace): boolean {
  return seq <= (moment.get(author)?.get(epoch) ?? 0)
}

/** Are there records up to the moment that are not among those that a device has? */
export function isMissing(moment: Moment, have: readonly Have[]): boolean {
  const known = momentOf(placesOf(have))
  return [...moment].some(([author, last]) => [...last].some(([epoch, seq]) => !isWithin(known, { author, epoch, seq })))
}

/**
 * What a path had then, at a moment or a time (ms): of its versions (all of them, in any order) the heads among those up to it, in order of
 * precedence.
 */
export function headsThen<V extends Version>(versions: readonly V[], at: Moment | number): V[] {
  return headsOf(versions.filter((version) => (typeof at === 'number' ? hlcTime(version.hlc) <= at : isWithin(at, version))))
}

/** The same at several moments, with less work where one after the other has the same versions: they mostly do. */
export function* headsAt<V extends Version>(versions: readonly V[], moments: Iterable<Moment>): Generator<readonly V[]> {
  let [last, heads]: [V[], readonly V[]] = [[], []]
  for (const moment of moments) {
    const then = versions.filter((version) => isWithin(moment, version))
    if (then.length !== last.length || then.some((version, at) => version !== last[at])) heads = headsOf(then)
    last = then
    yield heads
  }
}

function headsOf<V extends Version>(versions: readonly V[]): V[] {
  const heads = versions.filter((version) => !versions.some((other) => other !== version && supersedes(other, version)))
  return heads.toSorted(byPrecedence)
}

/** Of the heads of a path, in order of precedence, the one that is shown at it: a directory keeps the name, and what was edited stays beside a deletion. */
export function shownOf(heads: readonly Version[]): Version | undefined {
  return heads.find(({ kind }) => kind === 'directory') ?? heads.find(isLive) ?? heads[0]
}

/** What makes a path again what it was: a version of it, or (null) a deletion. */
export interface Change extends Pick<PastVersion, 'isForgotten' | 'isLost' | 'isGivenUp' | 'isNeverKept'> {
  path: string
  version: Version | null
}

/**
 * What makes a path what it showed then, at a moment or a time (ms); null where it shows that. `all`: its versions, as they stand now. A
 * conflict of then comes back as what was shown at the path.
 */
export function changeBack(all: readonly PastVersion[], at: Moment | number): Change | null {
  const then = headsThen(
    all.map(({ version }) => version),
    at,
  )
  const now = all.filter(({ isHead }) => isHead).map(({ version }) => version)
  const shown = shownOf(then.filter(isLive))
  if (shown === undefined) {
    const there = now.find(isLive)
    return there === undefined ? null : { path: there.path, version: null, isForgotten: false }
  }
  if (now.length === then.length && now.every(({ id }) => then.some((head) => head.id === id))) return null
  const [only, other] = now
  const isSame = only !== undefined && other === undefined && showsSame(only, shown)
  return isSame ? null : { path: shown.path, ...all.find(({ version }) => version === shown)! }
}

function showsSame(a: Version, b: Version): boolean {
  return sameContent(a, b) && a.mode === b.mode && (a.kind === 'directory' || a.mtime === b.mtime) && a.path === b.path
}
