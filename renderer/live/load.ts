import type { Problem } from '#api/contract'
import { withKnown } from './activity-list.ts'
import { api } from './api.ts'
import type { Snapshot } from './state.ts'

/** Asks the daemon for everything. What only its events tell is kept from `before`: looking who is nearby takes a while, and opens doors. */
export async function loadSnapshot(before: Snapshot | null): Promise<Snapshot> {
  const [status, devices, pairings, transfers, activity, conflicts] = await Promise.all([
    api.status(),
    api.devices(),
    api.pairings(),
    api.transfers(),
    api.activity({ limit: 100 }),
    api.conflicts(),
  ])
  const names = status.folders.filter((folder) => folder.problems + folder.lost > 0).map(({ name }) => name)
  const problems = await Promise.all(
    names.map(async (folder): Promise<[string, Problem[]]> => [folder, await api.problems({ folder })]),
  )
  return {
    device: { id: status.device, name: status.name, addresses: status.addresses },
    removed: status.removed,
    folders: status.folders,
    devices,
    peers: status.peers,
    nearby: before?.nearby ?? [],
    pairings,
    pairingEnd: before?.pairingEnd ?? null,
    transfers,
    activity: withKnown(activity, before?.activity ?? []),
    conflicts,
    problems: Object.fromEntries(problems),
  }
}
