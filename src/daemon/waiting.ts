import { HoldfastError, shellWord } from '#base'
import { mayRead, type DeviceId } from '#model'
import type { BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import type { OpenFolder } from './folder-opener.ts'

/** How long between two looks when nothing is announced. */
const LOOK_MS = 250

/**
 * Resolves when a folder is synced: at least one other device that has the folder is connected, and every connected one has all
 * we have and we all they have. A folder nobody else has, or has any more, is synced as soon as this device is settled.
 */
export async function untilSynced(context: BackendContext, folder: OpenFolder, signal: AbortSignal): Promise<void> {
  const sync = opened(folder)
  for (;;) {
    await refuseRemoved(context, folder)
    await refuseWithoutRole(context, folder)
    if (await isSynced(context, folder)) return
    const { state, reason } = sync.standing
    if (state === 'blocked' || state === 'held' || state === 'paused') throw waitsForUser(state, folder.stored.name, reason)
    await sync.whenChanged(LOOK_MS, signal)
  }
}

/** What only the user can end, with the command that does. */
export function waitsForUser(state: 'blocked' | 'held' | 'paused', name: string, reason: string): HoldfastError {
  const word = shellWord(name)
  const hint = {
    blocked: `if its directory is meant to be as it is now: holdfast folder unblock ${word}`,
    held: `holdfast folder approve ${word} lets the deletions go out, holdfast folder reject ${word} brings the files back`,
    paused: `holdfast folder resume ${word} ends the pause`,
  }[state]
  return new HoldfastError(state === 'held' ? 'held' : 'blocked', `${name}: ${reason}`, { hint })
}

/** Nobody else is there to wait for, but not because nobody else had the folder. */
async function refuseRemoved({ network, membership }: BackendContext, folder: OpenFolder): Promise<void> {
  const { removal } = membership
  if (removal === null || (await everWithFolder(folder)).every((device) => device === network.group.device)) return
  throw new HoldfastError('denied', `${folder.stored.name} is synced with nobody: ${removal}`, {
    hint: 'to be in it again: holdfast invite on one of its devices, then here holdfast join CODE; to go on alone: holdfast leave',
  })
}

/** A device whose role keeps from it what the others have would wait for ever, or say that it has all. */
async function refuseWithoutRole(context: BackendContext, folder: OpenFolder): Promise<void> {
  const { group } = context.network
  const { id, name } = folder.stored
  if (mayRead(group.state.role(id, group.device)) || (await othersWithFolder(context, folder)).length === 0) return
  throw new HoldfastError('denied', `${name} is not synced here: this device has the role none in it`, {
    hint: `on a device with the role sync: holdfast folder share ${shellWord(name)} ${group.device.slice(-8)} --role sync`,
  })
}

async function isSynced(context: BackendContext, folder: OpenFolder): Promise<boolean> {
  const sync = opened(folder)
  if (!(await sync.settled())) return false
  const sharing = sync.exchange.peers.filter(({ state }) => state?.materialised === true)
  if (sharing.length === 0) {
    const without = sync.exchange.peers.filter(({ state }) => state?.materialised === false).map(({ device }) => device)
    return (await othersWithFolder(context, folder)).every((device) => without.includes(device))
  }
  for (const { device } of sharing) if (!(await sync.inSyncWith(device))) return false
  return true
}

/** Other members that have, or had, the folder: its creator, and the authors of its records. */
async function othersWithFolder({ network }: BackendContext, folder: OpenFolder): Promise<DeviceId[]> {
  const { group } = network
  const members = new Set(group.state.devices.map(({ device }) => device))
  const creator = group.state.folders.find(({ id }) => id === folder.stored.id)?.creator
  const known = new Set(await everWithFolder(folder))
  if (creator !== undefined) known.add(creator)
  return [...known].filter((device) => device !== group.device && members.has(device))
}

/** Devices that have, or had, the folder, whatever group they are in: the authors of its records, and others that have told so. */
async function everWithFolder({ index, takers }: OpenFolder): Promise<DeviceId[]> {
  return [...takers, ...((await index?.have()) ?? []).map(({ author }) => author)]
}
