import { shellWord } from '#base'
import type { DeviceId } from '#model'
import { count, hinderedWords } from '#sync'
import type { BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import type { OpenFolder } from './folder-opener.ts'
import { stillHas } from './still-has.ts'

/** What keeps a folder from being synced, and the command that tells more of it. */
export interface Obstacle {
  what: string
  look: string
}

/**
 * None when a folder is synced: at least one other device that has the folder is connected, and every connected one has all we have
 * and we all they have. A folder nobody else has, or has any more, is synced as soon as this device is settled.
 */
export async function obstacles(context: BackendContext, folder: OpenFolder): Promise<Obstacle[]> {
  const sync = opened(folder)
  const between = await among(context, folder)
  // Asked last: what has come meanwhile is to be shown, too.
  return (await sync.settled()) ? between : [here(folder), ...between]
}

function here(folder: OpenFolder): Obstacle {
  const { state, reason } = opened(folder).standing
  return { what: state === 'idle' ? 'This device is at work.' : reason, look: problemsOf(folder) }
}

/** What keeps this device and the others from having the same. */
async function among(context: BackendContext, folder: OpenFolder): Promise<Obstacle[]> {
  const { exchange } = opened(folder)
  const called = context.membership.called()
  const sharing = exchange.peers.filter(({ state }) => state?.materialised === true)
  if (sharing.length === 0) {
    const without = exchange.peers.filter(({ state }) => state?.materialised === false).map(({ device }) => device)
    const others = (await othersWithFolder(context, folder)).filter((device) => !without.includes(device))
    return others.length === 0 ? [] : [{ what: nobody(context, others.map(called), others), look: 'holdfast devices' }]
  }
  const found: Obstacle[] = []
  for (const { device, state } of sharing) {
    const gap = await exchange.gap(device)
    if (gap === null) continue
    const name = called(device)
    const hindrance = state?.hindrance
    const what = {
      silent: `${name} has not said yet what it has.`,
      ahead: `Not all changes that ${name} knows of have come here.`,
      behind: `${name} has not heard of all changes that are known here.`,
      lacking: `${name} lacks ${count(state?.needEntries ?? 0, 'entry', 'entries')} of what is here.`,
    }[gap]
    const why = hindrance === undefined ? '' : ` It may wait for somebody: ${hinderedWords({ name, hindrance })}.`
    found.push({ what: `${what}${why}`, look: `on ${name}: ${problemsOf(folder)}` })
  }
  return found
}

/** No device is connected that has the folder; one that is may just not have opened it yet. */
function nobody({ network }: BackendContext, names: readonly string[], devices: readonly DeviceId[]): string {
  const connected = network.devices().filter(({ device, connected: is }) => is && devices.includes(device))
  if (connected.length > 0) return `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} not said yet what is there.`
  const [one] = names
  return names.length === 1
    ? `${one} has the folder, and is not connected.`
    : `None of its devices is connected: ${names.join(', ')}.`
}

function problemsOf({ stored }: OpenFolder): string {
  return `holdfast folder problems ${shellWord(stored.name)}`
}

/** Other members that have the folder, as far as is known: of its creator and those that ever had it, those that have not left it. */
export async function othersWithFolder({ network }: BackendContext, folder: OpenFolder): Promise<DeviceId[]> {
  const { group } = network
  const creator = group.state.folders.find(({ id }) => id === folder.stored.id)?.creator
  const known = new Set(await everWithFolder(folder))
  if (creator !== undefined) known.add(creator)
  return [...known].filter((device) => device !== group.device && stillHas(group.state, folder.stored.id, device))
}

/** Devices that have, or had, the folder, whatever group they are in: the authors of its records, and others that have told so. */
export async function everWithFolder({ index, takers }: OpenFolder): Promise<DeviceId[]> {
  return [...takers, ...((await index?.have()) ?? []).map(({ author }) => author)]
}
