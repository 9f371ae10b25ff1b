import type { Activity } from '#api/contract'

/** So many are kept of what came by itself. */
const MOST = 500

/** The list, newest first, with what has just happened. As it was where that is in it, or is older. What somebody asked for beyond `MOST` stays. */
export function withNewest(list: Activity[], item: Activity): Activity[] {
  if ((list[0]?.number ?? 0) >= item.number) return list
  return [item, ...list].slice(0, Math.max(MOST, list.length))
}

/** The list with older ones after it, of which some may be in it already. */
export function withOlder(list: Activity[], older: readonly Activity[]): Activity[] {
  const last = list.at(-1)?.number ?? Infinity
  return [...list, ...older.filter(({ number }) => number < last)]
}

/** The newest as they are told now, with the older ones that were known, unless some between them are not. */
export function withKnown(newest: Activity[], known: readonly Activity[]): Activity[] {
  const last = newest.at(-1)?.number ?? Infinity
  return known.some(({ number }) => number === last) ? withOlder(newest, known) : newest
}
