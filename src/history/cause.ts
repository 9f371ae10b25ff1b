import { byPrecedence, isLive, sameContent, type Version } from '#model'

/** Why a version was written, as far as it tells: what stood before it at the path. */
export type Cause = 'added' | 'edited' | 'deleted' | 'restored'

/** `older`: the versions before it, the newest first. */
export function causeOf(version: Version, older: readonly Version[]): Cause {
  if (!isLive(version)) return 'deleted'
  const [before] = older.toSorted(byPrecedence)
  if (before === undefined) return 'added'
  if (older.some((each) => isLive(each) && each !== before && sameContent(each, version))) return 'restored'
  return isLive(before) ? 'edited' : 'added'
}
