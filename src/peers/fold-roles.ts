import { mayRead, type DeviceId, type Role } from '#model'
import type { DeviceRole, GroupKit } from './group.ts'

/** Who is in the group, of what a Draft has. */
interface InGroup {
  members: ReadonlyMap<DeviceId, { readonly role: DeviceRole }>
  kits: ReadonlyMap<DeviceId, Pick<GroupKit, 'device' | 'maker'>>
}

interface Roles {
  /** Of all that have none of their own. */
  all: Role
  roles: Map<DeviceId, Role>
}

export function roleIn(draft: InGroup, folder: Roles, device: DeviceId): Role {
  if (draft.members.get(device)?.role !== 'member') return 'none'
  return folder.roles.get(device) ?? folder.all
}

/** What a device that a kit lets in may do: what the kit's maker may, or might when it went. */
export function kitRole(draft: InGroup, folder: Roles, { device, maker }: Pick<GroupKit, 'device' | 'maker'>): Role {
  const own = folder.roles.get(device)
  if (own !== undefined) return own
  return draft.members.get(maker)?.role === 'member' ? roleIn(draft, folder, maker) : folder.all
}

/** Is a device, or a kit, to have the folder's secret and data keys? */
export function getsKeys(draft: InGroup, folder: Roles, device: DeviceId): boolean {
  const kit = draft.kits.get(device)
  return mayRead(kit === undefined ? roleIn(draft, folder, device) : kitRole(draft, folder, kit))
}

/** A device's own role goes with it, but its kits keep it: they are for when it is gone. */
export function leaveRole(draft: InGroup, folder: Roles, device: DeviceId): void {
  const role = folder.roles.get(device)
  for (const kit of role === undefined ? [] : draft.kits.values()) {
    if (kit.maker === device && !folder.roles.has(kit.device)) folder.roles.set(kit.device, role!)
  }
  folder.roles.delete(device)
}
