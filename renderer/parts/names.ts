import type { Snapshot } from '../live/state.ts'

/** What people call a device: its name where we know it, else the end of its id. */
export function deviceName({ device: own, devices, nearby }: Snapshot, id: string): string {
  if (id === own.id) return 'this device'
  return [...devices, ...nearby].find(({ device }) => device === id)?.name ?? `…${id.slice(-8)}`
}
