import type { ApiEvent, FolderStatus, Pairing, Status } from '#api/contract'
import { createClient, streamEvents, type Client, type Transport } from '#api/client'
import { isInGroup } from '../live/membership.ts'

/** What the tray and the notices tell of. */
export interface Standing {
  /** This device. */
  device: string
  folders: FolderStatus[]
  /** The names of those on whose disk there is no room. */
  full: string[]
  pairings: Pairing[]
  removed: Status['removed']
}

/** The tray's icon. `offline`: no daemon answers. */
export type Look = 'idle' | 'syncing' | 'paused' | 'attention' | 'offline'

export const isStuck = ({ state }: FolderStatus): boolean => state === 'blocked' || state === 'held' || state === 'error'

/** What needs somebody first. */
export function lookOf(standing: Standing | null): Look {
  if (standing === null) return 'offline'
  const { folders, pairings, removed } = standing
  const waits = folders.some((folder) => isStuck(folder) || folder.conflicts > 0 || folder.problems > 0)
  if (removed !== null || waits || pairings.some(asks)) return 'attention'
  if (folders.some(({ state }) => state === 'syncing')) return 'syncing'
  const mine = folders.filter(({ state }) => state !== 'offered')
  return mine.length > 0 && mine.every(({ state }) => state === 'paused') ? 'paused' : 'idle'
}

/** Another device began it, and nobody here has answered. */
export const asks = ({ incoming, acceptedHere }: Pairing): boolean => incoming && !acceptedHere

/** The standing after an event; `anew` where that says only that something changed. */
export function heard(standing: Standing, { event, data }: ApiEvent): Standing | 'anew' {
  switch (event) {
    case 'folder':
      return { ...standing, folders: [...standing.folders.filter(({ id }) => id !== data.id), data].sort(byName) }
    case 'folder-gone':
      return { ...standing, folders: standing.folders.filter(({ id }) => id !== data.id) }
    case 'pairings':
      return { ...standing, pairings: data }
    case 'devices':
      // Who removed this device from its group, if anybody did, only the status tells.
      return standing.removed === null && isInGroup(standing.device, data) ? standing : 'anew'
    case 'problems':
    case 'resync':
      return 'anew'
    default:
      return standing
  }
}

const byName = (a: FolderStatus, b: FolderStatus): number => a.name.localeCompare(b.name)

async function load(api: Client): Promise<Standing> {
  const [{ device, folders, removed }, pairings] = await Promise.all([api.status(), api.pairings()])
  const problems = await Promise.all(
    folders.filter((folder) => folder.problems > 0).map(({ name }) => api.problems({ folder: name })),
  )
  const full = problems.flat().filter(({ code }) => code === 'full')
  return { device, folders: folders.toSorted(byName), full: [...new Set(full.map(({ folder }) => folder))], pairings, removed }
}

/** Tells how all stands now, and after each change, until the connection breaks (it rejects then) or `signal` aborts. */
export async function follow(transport: Transport, tell: (standing: Standing, api: Client) => void, signal: AbortSignal) {
  const api = createClient(transport)
  const broken = new AbortController()
  let standing = Promise.reject<Standing>(new Error('not asked yet'))
  standing.catch(() => undefined)
  const anew = (): void => {
    standing = load(api)
    standing.then((now) => tell(now, api)).catch(() => broken.abort())
  }
  for await (const event of streamEvents(transport, AbortSignal.any([signal, broken.signal]), anew)) {
    const before = await standing
    const next = heard(before, event)
    if (next === 'anew') anew()
    else if (next !== before) tell(await (standing = Promise.resolve(next)), api)
  }
  if (broken.signal.aborted) throw new Error('the daemon does not say how it stands')
}
