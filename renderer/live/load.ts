import type { Problem } from '#api/contract'
import { api } from './api.ts'
import type { Snapshot } from './state.ts'

/** Asks the daemon for everything. */
export async function loadSnapshot(): Promise<Snapshot> {
  const [status, devices, nearby, pairings, transfers, activity, conflicts] = await Promise.all([
    api.status(),
    api.devices(),
    api.nearby(),
    api.pairings(),
    api.transfers(),
    api.activity({ limit: 100 }),
    api.conflicts(),
  ])
  const names = status.folders.filter((folder) => folder.problems > 0).map(({ name }) => name)
  const problems = await Promise.all(
    names.map(async (folder): Promise<[string, Problem[]]> => [folder, await api.problems({ folder })]),
  )
  return {
    device: { id: status.device, name: status.name, addresses: status.addresses },
    removed: status.removed,
    folders: status.folders,
    devices,
    peers: status.peers,
    nearby,
    pairings,
    transfers,
    activity,
    conflicts,
    problems: Object.fromEntries(problems),
  }
}
