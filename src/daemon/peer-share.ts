import type { Have } from '#db'
import { byChain, chainKey, takesChanges, type DeviceId } from '#model'
import type { Group } from '#peers'
import type { OpenFolder } from './folder-opener.ts'

/** A folder as it is here, beside what a device has said of it. */
export interface SharedFolder {
  /** Live entries. */
  entries: number
  /** The records that are known here. */
  have: readonly Have[]
  said: { have: readonly Have[]; needEntries: number }
}

/**
 * Of the entries of some folders the part, in whole percent, that a device has as they are here, by what it has said; 100 only where it lacks
 * nothing. Of records that it has not heard of each counts as an entry.
 */
export function shareOf(folders: readonly SharedFolder[]): number {
  let [all, lacking] = [0, 0]
  for (const { entries, have, said } of folders) {
    const known = byChain(said.have)
    const behind = have.reduce((sum, place) => sum + Math.max(0, place.seq - (known.get(chainKey(place)) ?? 0)), 0)
    const lacks = said.needEntries + behind
    // It lacks no more than there is, but for what was deleted.
    all += Math.max(entries, lacks)
    lacking += lacks
  }
  return lacking === 0 ? 100 : Math.min(99, Math.floor((100 * (all - lacking)) / all))
}

/**
 * The same of a connected device in all folders in which it takes this one's changes; null while it has not said what it has of them, and where there
 * are none.
 */
export function syncedPercent(
  { group, folders }: { group: { readonly state: Pick<Group['state'], 'role'> }; folders: readonly OpenFolder[] },
  device: DeviceId,
): number | null {
  const shared: SharedFolder[] = []
  for (const { stored, sync, takers } of folders) {
    // One that only sends needs nothing, whatever it lacks.
    if (!takesChanges(group.state.role(stored.id, device))) continue
    const peer = sync?.exchange.peers.find((each) => each.device === device)
    if (sync === null || peer === undefined) continue
    const { state } = peer
    if (state === null && takers.includes(device)) return null
    if (state?.materialised !== true) continue
    const { totals } = sync
    if (totals === null) return null
    shared.push({ entries: totals.entries + totals.needEntries, have: sync.exchange.have, said: state })
  }
  return shared.length === 0 ? null : shareOf(shared)
}
