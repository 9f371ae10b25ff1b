import type { FolderStatus, Problem, Transfers } from '#api/contract'
import type { Snapshot } from './state.ts'

type Transfer = Transfers['transfers'][number]
type Known = Pick<Snapshot, 'transfers' | 'problems'>

/** What of a folder is to come, as every part of the page shows it. Bytes. */
export interface Coming {
  /** Here already: whole files, and what has come of those that are on their way. */
  done: number
  left: number
  bytesPerSecond: number
}

/** Is there no room on the disk of a folder for what is to come? */
export function isDiskFull(snapshot: Pick<Snapshot, 'problems'>, folder: string): boolean {
  return snapshot.problems[folder]?.some(({ code }) => code === 'full') ?? false
}

/** What comes on: what a problem keeps back is tried again now and then, and is not on its way for that. */
export function moving(snapshot: Known): Transfer[] {
  const hindered = new Map<string, ReadonlySet<string>>()
  const hinderedIn = (folder: string): ReadonlySet<string> => {
    const known = hindered.get(folder) ?? new Set(snapshot.problems[folder]?.map(({ path }) => path))
    hindered.set(folder, known)
    return known
  }
  return snapshot.transfers.transfers.filter(
    ({ folder, path, bytes }) => bytes > 0 || !(isDiskFull(snapshot, folder) || hinderedIn(folder).has(path)),
  )
}

/** What keeps files of a folder from being synced; what was in the way of one that comes by now is over. */
export function hindering(snapshot: Known, folder: string): Problem[] {
  const coming = new Set(moving(snapshot).flatMap((transfer) => (transfer.folder === folder ? [transfer.path] : [])))
  return (snapshot.problems[folder] ?? []).filter(({ code, path }) => code === 'full' || !coming.has(path))
}

export function coming(snapshot: Known, { name, bytes, needBytes }: Pick<FolderStatus, 'name' | 'bytes' | 'needBytes'>): Coming {
  const transfers = moving(snapshot).filter(({ folder, direction }) => folder === name && direction === 'receive')
  const sum = (of: (transfer: Transfer) => number): number => transfers.reduce((total, transfer) => total + of(transfer), 0)
  // The two figures are told apart from each other: a file that is whole may still be counted as needed.
  const come = Math.min(
    needBytes,
    sum((transfer) => transfer.bytes),
  )
  return { done: bytes + come, left: needBytes - come, bytesPerSecond: sum((transfer) => transfer.bytesPerSecond) }
}
