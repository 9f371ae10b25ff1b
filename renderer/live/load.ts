import type { Device, Pairing, PairingEnd, Problem } from '#api/contract'
import { t } from '../text/text.ts'
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
    pairingEnd: before?.pairingEnd ?? missedEnd(before?.pairings ?? [], pairings, devices),
    transfers,
    activity: withKnown(activity, before?.activity ?? []),
    conflicts,
    problems: Object.fromEntries(problems),
  }
}

/** How a pairing ended that went on when the daemon was last heard, as far as what there is now tells that. */
function missedEnd(before: readonly Pairing[], now: readonly Pairing[], devices: readonly Device[]): PairingEnd | null {
  const [last] = before
  if (last === undefined || now.length > 0) return null
  const { device, name } = last
  if (devices.some((each) => each.device === device)) return { device, name, joined: true, message: null, hint: null }
  return { device, name, joined: false, message: t('peers.pairing.unheard'), hint: null }
}
