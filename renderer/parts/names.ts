import { calledIn } from '#api/contract'
import type { Snapshot } from '../live/state.ts'
import { t } from '../text/text.ts'

/** What people call a device: its name, with the end of its id where that is needed to tell it from another. */
export function deviceName(snapshot: Snapshot, id: string): string {
  return id === snapshot.device.id ? t('device.this') : namesIn(snapshot)(id)
}

/** The same, but for this device by its name as well. */
export function namesIn({ device: { id, name }, devices, nearby, pairings }: Snapshot): (device: string) => string {
  const strangers = [...nearby, ...pairings]
  const members = [{ device: id, name }, ...devices]
  const isMember = new Set(members.map(({ device }) => device))
  // Whoever is near keeps the names of the group as they are.
  const [own, all] = [calledIn(members), calledIn([...members, ...strangers])]
  return (device) => (isMember.has(device) ? own : all).called(device)
}
