/** What a device may do in a folder. */
export type Role = 'sync' | 'send-only' | 'receive-only' | 'none'

export const ROLES: readonly Role[] = ['sync', 'send-only', 'receive-only', 'none']

/** May others take this device's records? */
export function mayWrite(role: Role): boolean {
  return role === 'sync' || role === 'send-only'
}

/** May this device have the folder's key, index and chunks? */
export function mayRead(role: Role): boolean {
  return role !== 'none'
}

/** Does this device take others' records onto its disk? */
export function takesChanges(role: Role): boolean {
  return role === 'sync' || role === 'receive-only'
}
