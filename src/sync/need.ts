import { HoldfastError, shellWord } from '#base'
import { takesChanges } from '#model'
import type { FolderSyncParts } from './folder-parts.ts'
import { hindranceOf, type Hindrance } from './hindrance.ts'
import type { Kept } from './messages.ts'
import type { FolderState } from './standing.ts'

/** What this device's records are and what its disk needs to show them, as others are told. */
export interface Need {
  needEntries: number
  needBytes: number
  materialised: boolean
  superseded: number
}

/** What others are told of a device's folder beside the records that it has. */
export interface StateNow extends Need {
  compared: boolean
  scanning: boolean
  hindrance?: Hindrance | undefined
  kept?: Kept | undefined
}

/** A device that takes no changes, or has no disk for the folder, needs nothing. */
export async function needOf({ disk, index, role }: Pick<FolderSyncParts, 'disk' | 'index' | 'role'>): Promise<Need> {
  const materialised = disk !== null
  const { needEntries, needBytes, superseded } = await index.totals()
  if (!materialised || !takesChanges(role())) return { needEntries: 0, needBytes: 0, materialised, superseded }
  return { needEntries, needBytes, materialised, superseded }
}

/** All that others are told beside the records. */
export async function stateNow(
  parts: Pick<FolderSyncParts, 'disk' | 'index' | 'role' | 'kept'>,
  { isNew, scans, state }: { isNew: boolean; scans: { busy: boolean } | undefined; state: FolderState },
): Promise<StateNow> {
  const now = { compared: !isNew, scanning: scans?.busy === true, hindrance: hindranceOf(state), kept: parts.kept() }
  return { ...(await needOf(parts)), ...now }
}

const ROOT_MISSING = 'root-missing'
const ROOT_NO_DIRECTORY = 'root-no-directory'
const ROOT_REPLACED = 'root-replaced'
/** True where nothing at the folder's path can be taken for the folder: there is none, or something else than a directory. */
export function isRootless(reasonCode: unknown): boolean {
  return reasonCode === ROOT_MISSING || reasonCode === ROOT_NO_DIRECTORY
}

/** Of what is at the path of a blocked folder. */
const UNKEPT = 'what is edited there meanwhile is not synced, and in no store'

type HealthParts = Pick<FolderSyncParts, 'disk' | 'identity' | 'name' | 'restored'> & Partial<Pick<FolderSyncParts, 'members'>>

/** Rejects with `blocked`, its cause the reason's code, when the tree on the disk is not the one we know. */
export async function needHealthy(folder: HealthParts): Promise<void> {
  const { disk, identity } = folder
  if (disk === null || identity === null) return
  const health = await disk.check(identity)
  if (health.ok) return
  const { reason, reasonCode } = health
  throw new HoldfastError('blocked', reason, { hint: whatHelps(reasonCode, folder), cause: reasonCode, reason: reasonCode })
}

function whatHelps(reasonCode: string, { name, restored, members }: HealthParts): string {
  const [word, otherwise] = [shellWord(name), wayOut(reasonCode, name)]
  if (reasonCode === ROOT_MISSING)
    return `bring it back (mount its disk, or move it back), and it goes on by itself; ${otherwise}`
  if (reasonCode === ROOT_NO_DIRECTORY)
    return `move away what is there, and bring the directory back, and it goes on by itself; ${otherwise}`
  const back = 'bring the former one back, and it goes on by itself'
  if (reasonCode !== ROOT_REPLACED || (members?.() ?? []).length === 0) return `${UNKEPT}; ${back}; ${otherwise}`
  const again = `holdfast folder leave ${word}, then holdfast folder join ${word} PATH (it is compared with the other devices then)`
  return restored === true
    ? `so was this device's home; ${UNKEPT}; if both are of one backup: holdfast folder unblock ${word} (what is newer comes from the other devices then); if not: ${again}`
    : `${UNKEPT}; ${back}; if it is from a backup: ${again}; ${otherwise}`
}

/** What is to be done in a blocked folder whose directory does not come back; `reasonCode` as in its standing. */
export function wayOut(reasonCode: string, name: string): string {
  const word = shellWord(name)
  return isRootless(reasonCode)
    ? `if it is gone for good: holdfast folder leave ${word}`
    : `if it is meant to be as it is now: holdfast folder unblock ${word} (files missing there count as deleted then, other ones as edited)`
}

/** True when the tree on the disk is the one we know. */
export async function isHealthy(folder: HealthParts): Promise<boolean> {
  return needHealthy(folder).then(
    () => true,
    () => false,
  )
}

/** What is at a path is not what whoever asked had seen there. */
export function changedFault(path: string): HoldfastError {
  return new HoldfastError('conflict', `${path} was changed since: it stays as it is`, {
    reason: 'changed-since',
    values: { path },
    hint: 'its versions have what it was before: restore the one that you want',
  })
}

/** Why nothing is done in a folder that its user has paused. */
export function pausedFault(name: string): HoldfastError {
  return new HoldfastError('blocked', `the folder ${name} is paused`, {
    reason: 'paused-folder',
    values: { folder: name },
    hint: `holdfast folder resume ${shellWord(name)} ends the pause`,
  })
}
