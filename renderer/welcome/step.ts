import type { Snapshot } from '../live/state.ts'

/** How far somebody is on the way to a folder on two devices: 1, no folder here yet; 2, no other device; 3, both are there. Pure. */
export function welcomeStep({ folders, devices }: Pick<Snapshot, 'folders' | 'devices'>): 1 | 2 | 3 {
  const isAlone = devices.filter(({ role }) => role !== 'recovery').length < 2
  const hasFolder = folders.some(({ state }) => state !== 'offered')
  if (isAlone) return hasFolder ? 2 : 1
  return 3
}
