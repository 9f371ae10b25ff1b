import type { Change } from '#api/contract'

/** The changes of one day, by this computer's clock; the newest first. */
export interface Day {
  /** When the newest was written. */
  time: string
  changes: Change[]
}

/** Groups changes by day and keeps their order. */
export function daysOf(changes: readonly Change[]): Day[] {
  const days: Day[] = []
  for (const change of changes) {
    const last = days.at(-1)
    if (last !== undefined && dayOf(last.time) === dayOf(change.time)) last.changes.push(change)
    else days.push({ time: change.time, changes: [change] })
  }
  return days
}

function dayOf(time: string): string {
  return new Date(time).toDateString()
}

/** What identifies a change. */
export function keyOf({ version, path }: Pick<Change, 'version' | 'path'>): string {
  return `${version} ${path}`
}

/** The newest changes, put before those that are known already; what is not connected to these by any change takes their place. */
export function mergedChanges(known: readonly Change[], newest: readonly Change[]): { changes: Change[]; connected: boolean } {
  const last = newest.at(-1)
  const at = last === undefined ? -1 : known.findIndex((change) => keyOf(change) === keyOf(last))
  if (at < 0) return { changes: [...newest], connected: false }
  // What was the current version of a path may have been followed by another one.
  const followed = new Set(newest.filter(({ current }) => current).map(({ path }) => path))
  const older = known.slice(at + 1).map((change) => (followed.has(change.path) ? { ...change, current: false } : change))
  return { changes: [...newest, ...older], connected: true }
}
