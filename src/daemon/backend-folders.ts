import { basename } from 'node:path'
import { HoldfastError, shellWord } from '#base'
import type { Backend } from '#api'
import type { FolderRole, FolderShare, FolderStatus, Problem as ToldProblem } from '#api/contract'
import { mayRead, pathKey, takesChanges, type FolderId, type Role } from '#model'
import { count, faultValues, reasonOf, told, type FolderSync, type Standing } from '#sync'
import { isoTime, type BackendContext } from './backend-context.ts'
import { countedIn } from './counted.ts'
import type { Problem } from '#db'
import { detailed } from './details.ts'
import { findDevice } from './find-device.ts'
import { notOpen } from './folder-faults.ts'
import type { OpenFolder } from './folder-opener.ts'
import { percentOf } from './least-protected.ts'
import { lieProblems } from './lie-problems.ts'
import { lostProblems } from './lost-problems.ts'
import { problemHint } from './problem-hints.ts'
import { outOfReachIn, reachNotes, reachProblems } from './reach-words.ts'
import { copiesOf, safetyNotes } from './safety.ts'

type FolderOperations = Pick<
  Backend,
  | 'folders'
  | 'createFolder'
  | 'shareFolder'
  | 'folderRoles'
  | 'joinFolder'
  | 'leaveFolder'
  | 'pauseFolder'
  | 'resumeFolder'
  | 'approveFolder'
  | 'rejectFolder'
  | 'unblockFolder'
  | 'revertFolder'
  | 'problems'
  | 'archive'
  | 'restoreArchived'
>

const LIMITS_OF_CONSISTENCY = 'only `eventual` is in this version of Holdfast yet'

export function folderOperations(context: BackendContext): FolderOperations {
  const { registry, network, clock } = context
  const { group } = network
  const state = (folder: OpenFolder): { id: FolderId; state: FolderStatus['state'] } => ({
    id: folder.stored.id,
    state: folderStatus(context, folder).state,
  })
  return {
    async folders() {
      const mine = registry.folders.map((folder) => ({
        id: folder.stored.id,
        name: folder.stored.name,
        path: folder.stored.path,
        role: group.state.role(folder.stored.id, group.device),
        offered: false,
        ...copiesOf(context, folder),
        outOfReach: outOfReachIn(context, folder),
      }))
      const offered = registry.offered.map(({ id, name }) => ({
        id,
        name,
        path: null,
        role: group.state.role(id, group.device),
        offered: true,
        copies: null,
        wantedCopies: null,
        outOfReach: [],
      }))
      return [...mine, ...offered]
    },
    async createFolder({ path, name, history, consistency }) {
      if (consistency !== 'eventual') throw new HoldfastError('unsupported', `${consistency}: ${LIMITS_OF_CONSISTENCY}`)
      const stored = await registry.create(path, { name: name ?? basename(path), history, consistency })
      return { id: stored.id, name: stored.name, path: stored.path }
    },
    async shareFolder({ folder, device, role }) {
      const found = registry.find(folder)
      const { stored, index } = found
      const whom = device === 'all' ? 'all' : findDevice(device, group.state.devices)
      // Without the index nobody could say how far those count that may no longer write.
      if (index === null) opened(found)
      await group.shareFolder(stored.id, whom, role, index === null ? new Map() : await countedIn(index))
      return { id: stored.id, device: whom, role, kept: whom === 'all' ? keptRoles(context, stored.id, role) : [] }
    },
    folderRoles: async ({ folder }) => rolesIn(context, registry.find(folder).stored.id),
    async joinFolder({ folder, path }) {
      const stored = await registry.join(folder, path)
      return { id: stored.id, name: stored.name, path: stored.path }
    },
    leaveFolder: async ({ folder }) => ({ id: await registry.leave(folder) }),
    pauseFolder: async ({ folder, forSeconds }) => ({
      id: await registry.pause(folder, forSeconds === null ? null : clock.now() + forSeconds * 1000),
    }),
    async resumeFolder({ folder }) {
      const id = await registry.resume(folder)
      opened(registry.find(id))
      return { id }
    },
    async approveFolder({ folder }) {
      const found = registry.find(folder)
      const changed = await opened(found).actions.approve()
      return { ...state(found), changed }
    },
    async rejectFolder({ folder }) {
      const found = registry.find(folder)
      const changed = await opened(found).actions.reject()
      return { ...state(found), changed }
    },
    async unblockFolder({ folder }) {
      const isBlocked = !(await isWell(registry.find(folder)))
      if (isBlocked) await registry.unblock(folder)
      return { ...state(registry.find(folder)), changed: isBlocked ? 1 : 0 }
    },
    async revertFolder({ folder }) {
      const found = registry.find(folder)
      const sync = opened(found)
      if (!mayRead(group.state.role(found.stored.id, group.device)))
        throw new HoldfastError(
          'denied',
          `${found.stored.name} is not synced here, so nothing can take the place of local edits`,
          { reason: 'not-synced-here', values: { folder: found.stored.name }, hint: hintsIn(context, found)('local-edit') },
        )
      const changed = await sync.actions.revert()
      return { ...state(found), changed }
    },
    problems: ({ folder }) => folderProblems(context, registry.find(folder)),
    async archive({ folder, path: wanted }) {
      const { disk } = registry.find(folder)
      const all = (await disk?.archived()) ?? []
      const found = wanted === undefined ? all : all.filter(({ path }) => isWithin(path, wanted))
      return found.map(({ name, path, time, size }) => ({ name, path, time: isoTime(time), size }))
    },
    async restoreArchived({ folder, name, to }) {
      const { disk, sync, stored } = registry.find(folder)
      const word = shellWord(stored.name)
      if (disk === null)
        throw new HoldfastError('not-found', `${stored.name} has no place on this disk, and so no archive`, {
          hint: `holdfast folder join ${word} PATH gives it one`,
        })
      const path = await disk.restore(name, to).catch((error: unknown) => {
        throw restoreFault(error, word, name)
      })
      sync?.hint(null)
      return { path }
    },
  }
}

/** What to do about problems of a folder, by their codes. */
function hintsIn({ network, membership }: BackendContext, found: OpenFolder): (code: Problem['code']) => string {
  const { group } = network
  const { id, name } = found.stored
  const isHeld = opened(found).standing.state === 'held'
  const mayNotRead = !mayRead(group.state.role(id, group.device))
  return (code) => problemHint(code, name, { isHeld, roleless: mayNotRead ? membership.reference(group.device) : null })
}

/** All of a folder that does not sync, or is not as safe as it should be, path by path. */
export async function folderProblems(context: BackendContext, found: OpenFolder): Promise<ToldProblem[]> {
  const { network, clock, membership } = context
  const problems = await opened(found).problems.list()
  found.problems.note(problems, clock.now())
  const hint = hintsIn(context, found)
  const own = problems.map((problem) => ({
    folder: found.stored.name,
    path: problem.path,
    code: problem.code,
    message: problem.message,
    hint: hint(problem.code),
    ...detailed(problem.message),
    since: isoTime(found.problems.since(problem) ?? clock.now()),
  }))
  const isAlone = network.group.state.devices.length === 1
  const lost = await lostProblems(found, isAlone)
  return [...lost, ...reachProblems(context, found), ...lieProblems(found, membership.called()), ...own]
}

/** Members that a role given to all has not reached: each has one of its own. */
function keptRoles(context: BackendContext, folder: FolderId, role: Role): FolderShare['kept'] {
  return rolesIn(context, folder)
    .filter((item) => item.role !== role)
    .map(({ device, name, role: kept }) => ({ device, name, role: kept }))
}

function rolesIn({ network, membership }: BackendContext, folder: FolderId): FolderRole[] {
  const { state } = network.group
  const called = membership.called()
  return state.devices
    .filter((item) => item.role !== 'storage')
    .map(({ device }) => ({
      ...{ device, name: called(device), role: state.role(folder, device) },
      own: state.hasOwnRole(folder, device),
    }))
}

/** Is it that path, or one below it? As paths are compared: in NFC. */
function isWithin(path: string, wanted: string): boolean {
  const [key, under] = [pathKey(path), pathKey(wanted.replace(/\/+$/, ''))]
  return key === under || key.startsWith(`${under}/`)
}

/** Why nothing was restored, with the command that goes on from there. */
function restoreFault(error: unknown, folder: string, name: string): unknown {
  if (!(error instanceof HoldfastError)) return error
  const { code, message } = error
  if (code === 'not-found' && error.hint === undefined)
    return new HoldfastError(code, message, {
      hint: `holdfast folder archive ${folder} lists what there is; what is gone from it may be a version still: holdfast versions ${folder}/PATH`,
      cause: error,
    })
  if (code !== 'exists') return error
  const hint = `move it away first, or bring it elsewhere: holdfast folder archive ${folder} --restore ${shellWord(name)} --to FILE`
  return new HoldfastError(code, message, { hint, cause: error })
}

/** True when the folder is open and on the directory that it is known to be on. */
async function isWell({ sync, disk, stored }: OpenFolder): Promise<boolean> {
  if (sync === null || sync.standing.state === 'blocked') return false
  return disk === null || stored.marker === null || (await disk.check(stored.marker)).ok
}

/** A folder's synchronisation; throws what kept it from being opened. */
export function opened({ sync, fault, stored }: OpenFolder): FolderSync {
  if (sync !== null) return sync
  throw fault ?? notOpen(stored.name)
}

/** How a folder of this device stands. */
export function folderStatus(context: BackendContext, folder: OpenFolder): FolderStatus {
  const { network, membership, mender } = context
  const { stored, sync, keeping, fault } = folder
  const totals = sync?.totals ?? null
  const role = network.group.state.role(stored.id, network.group.device)
  const isOnline = stored.path === null
  const comesHere = takesChanges(role) && !isOnline
  const wrong = fault ?? notOpen(stored.name)
  const standing = sync?.standing ?? { state: 'error', reasonCode: wrong.code, reason: told(wrong), ...faultValues(wrong) }
  return {
    id: stored.id,
    name: stored.name,
    path: stored.path,
    foldsCase: folder.foldsCase ?? false,
    role,
    ...standing,
    ...(standing.state === 'paused' && stored.pausedUntil > 0 ? untilThen(isoTime(stored.pausedUntil)) : {}),
    ...(membership.removal === null ? {} : unattended(standing, isOnline ? null : (totals?.needEntries ?? 0), membership)),
    // Of an online-only folder all that there is would have to be brought.
    entries: (isOnline ? totals?.needEntries : totals?.entries) ?? 0,
    bytes: (isOnline ? totals?.needBytes : totals?.bytes) ?? 0,
    // What the role keeps from this disk is not to come.
    needEntries: comesHere ? (totals?.needEntries ?? 0) : 0,
    needBytes: comesHere ? (totals?.needBytes ?? 0) : 0,
    conflicts: totals?.conflicts ?? 0,
    heldEntries: sync?.actions.held ?? 0,
    problems: sync?.problems.count ?? 0,
    protectedPercent: percentOf(keeping),
    ...copiesOf(context, folder),
    lost: keeping?.lost ?? 0,
    outOfReach: outOfReachIn(context, folder),
    damaged: mender.damagedIn(stored.id),
    notes: [...safetyNotes(context, folder), ...reachNotes(context, folder)],
  }
}

function untilThen(until: string): Pick<Standing, 'reason' | 'values'> {
  return { reason: reasonOf('paused', { until }), values: { until } }
}

/**
 * What is different about a folder whose device was put out of its group: nobody is to come; who did that goes with the code. `need`, null: it is
 * online-only.
 */
function unattended(
  { reasonCode, values }: Standing,
  need: number | null,
  membership: Pick<BackendContext['membership'], 'removal' | 'putOut' | 'called'>,
): Partial<Standing> {
  const { removal, putOut } = membership
  const named = putOut === null ? {} : { values: { ...values, removedBy: membership.called()(putOut.by) } }
  switch (reasonCode) {
    case 'alone':
      return { reason: `${need === null ? 'Online-only, and' : 'Up to date, but'} synced with nobody: ${removal}.`, ...named }
    case 'no-device': {
      const entries = `${count(need ?? 0, 'entry is', 'entries are')} missing here`
      return {
        state: 'idle',
        reason: `${entries}, and nobody brings ${need === 1 ? 'it' : 'them'} until this device joins again: ${removal}.`,
        ...named,
      }
    }
    default:
      return {}
  }
}
