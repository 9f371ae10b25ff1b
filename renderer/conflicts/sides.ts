import type { Conflict, PastVersion } from '#api/contract'

/** A path in conflict: every entry of the daemon's list that is of it. */
export interface Disputed {
  /** The folder's name. */
  folder: string
  path: string
  conflicts: Conflict[]
}

/** One of the versions that somebody has to choose between. */
export interface ConflictSide {
  /** Its author; null: nobody that is known. */
  device: string | null
  by: string | null
  /** The name that it shows at, beside the path; null: at the path itself. */
  beside: string | null
  /** null where it is not known here, or is no version yet. */
  version: PastVersion | null
}

/** By folder, then by path, in order. */
export function disputes(conflicts: readonly Conflict[]): Disputed[] {
  const found = new Map<string, Disputed>()
  for (const conflict of conflicts) {
    const { folder, path } = conflict
    const key = `${folder}/${path}`
    const known = found.get(key)
    if (known === undefined) found.set(key, { folder, path, conflicts: [conflict] })
    else known.conflicts.push(conflict)
  }
  return [...found.values()].toSorted((a, b) => a.folder.localeCompare(b.folder) || a.path.localeCompare(b.path))
}

/** What shows at the path first, then the others, each with its version: of one device's, that of the time that the list tells. */
export function sidesOf({ conflicts }: Disputed, versions: readonly PastVersion[]): ConflictSide[] {
  const left = versions.filter(({ current }) => current)
  const take = (device: string | null, time: string | null): PastVersion | null => {
    const own = left.filter((version) => version.device === device)
    const found = own.find((version) => version.time === time) ?? own[0]
    if (found !== undefined) left.splice(left.indexOf(found), 1)
    return found ?? null
  }
  const others = conflicts.map(({ device, by, time, with: beside }) => ({ device, by, beside, version: take(device, time) }))
  const [first] = conflicts
  if (first === undefined) return others
  const { shownDevice, shownBy } = first
  return [{ device: shownDevice, by: shownBy, beside: null, version: take(shownDevice, null) }, ...others]
}
