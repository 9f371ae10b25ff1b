import { HoldfastError } from '#base'
import { mayWrite, type DeviceId, type FolderId, type Role } from '#model'
import type { FoldedGroup } from './fold-group.ts'
import type { Counted, Cut, Place } from './group.ts'
import { needMember } from './group-faults.ts'
import type { GroupParts } from './group-parts.ts'
import type { FolderCount, OperationBody } from './operation-body.ts'
import { x25519PublicKey } from './wrap.ts'

/** Virtual nodes of a group's key space (DESIGN.md §8); fixed when it is founded. */
const RING_SIZE = 1024
/** Places in one operation at most: about 20 bytes each. */
const MAX_PLACES = 2_000

/** What founds a group of one. */
export function founding({ identity, random }: Pick<GroupParts, 'identity' | 'random'>, name: string): OperationBody {
  return {
    kind: 'genesis',
    name,
    x25519: x25519PublicKey(identity.x25519),
    ringSize: RING_SIZE,
    nonce: random.bytes(16),
  }
}

/** What gives `device`, or all that have no role of their own, a role in a folder. Throws `not-found` or `denied`. */
export function sharing(
  state: FoldedGroup,
  own: DeviceId,
  { folder, device, role, counted }: { folder: FolderId; device: DeviceId | 'all'; role: Role; counted: Counted },
): OperationBody[] {
  const known = state.folders.find(({ id }) => id === folder)
  if (known === undefined) throw new HoldfastError('not-found', `the group has no folder ${folder}`)
  if (known.creator !== own && state.role(folder, own) !== 'sync') {
    throw new HoldfastError('denied', `only its creator or a device with the role sync may share ${known.name}`, {
      reason: 'may-not-share',
      values: { folder: known.name },
    })
  }
  if (device !== 'all') needMember(state, device)
  const share: OperationBody = { kind: 'folder.share', folder, device: device === 'all' ? null : device, role, cut: null }
  if (mayWrite(role)) return [share]
  const losing = state.devices
    .map((member) => member.device)
    .filter((one) => (device === 'all' ? !state.hasOwnRole(folder, one) : one === device) && mayWrite(state.role(folder, one)))
  return [...counting(folder, only(counted, losing)), share]
}

/** What puts a device out. `last` is the last of its operations that counts; `counted` has the folders that are known here. */
export function removal(
  state: FoldedGroup,
  own: DeviceId,
  { device, last, counted }: { device: DeviceId; last: number; counted: ReadonlyMap<FolderId, Counted> },
): OperationBody[] {
  if (!state.kits.some((kit) => kit.device === device)) needMember(state, device)
  if (device !== own) needAuthority(state, own)
  const counts = [...counted].flatMap(([folder, places]) =>
    mayCount(state, own, folder) && mayWrite(state.role(folder, device)) ? counting(folder, only(places, [device])) : [],
  )
  // A device that leaves counts up to its own farewell.
  return [...counts, { kind: 'device.remove', device, last: device === own ? last + counts.length + 1 : last, cuts: [] }]
}

/**
 * What says how far the devices count that may not write: those of which nothing is known, as where a member that does not take part in
 * the folder put them out, or they wrote in it before it came into this group; and those of which this device took more in, before it
 * heard, than whoever put them out knew of. It shows that already, and could write the same in its own name.
 */
export function counts(state: FoldedGroup, own: DeviceId, folder: FolderId, counted: Counted): OperationBody[] {
  if (!mayCount(state, own, folder)) return []
  const open = [...counted].filter(
    ([device, places]) => !mayWrite(state.role(folder, device)) && isBehind(state.cut(folder, device), places),
  )
  return open.length === 0 ? [] : counting(folder, new Map(open))
}

function isBehind(cut: Cut | null, places: readonly Place[]): boolean {
  if (cut === null) return true
  const known = new Map(cut.places.map(({ epoch, seq }) => [epoch, seq]))
  return places.some(({ epoch, seq }) => epoch >= cut.before && seq > (known.get(epoch) ?? 0))
}

/** The operations that name these places: as many as they need, for a long history may not fit into one. */
export function counting(folder: FolderId, devices: ReadonlyMap<DeviceId, readonly Place[]>): FolderCount[] {
  const operations: [DeviceId, readonly Place[]][][] = []
  let room = 0
  for (const [device, places] of devices) {
    let rest = places
    do {
      if (room <= 0) {
        operations.push([])
        room = MAX_PLACES
      }
      const part = rest.slice(0, room)
      operations.at(-1)!.push([device, part])
      rest = rest.slice(part.length)
      // An id takes as much as two places.
      room -= part.length + 2
    } while (rest.length > 0)
  }
  return operations.map((part) => ({ kind: 'folder.count', folder, devices: part }))
}

/** What says where this device takes part in other folders than the log has it. `takes`: does it? */
export function taking(state: FoldedGroup, own: DeviceId, takes: (folder: FolderId) => boolean): OperationBody[] {
  if (state.devices.find(({ device }) => device === own)?.role !== 'member') return []
  return state.folders
    .filter(({ id }) => takes(id) !== state.takers(id).includes(own))
    .map(({ id }) => ({ kind: 'folder.take', folder: id, takes: takes(id) }))
}

/** Throws `denied` when this device may not add or remove others. */
export function needAuthority(state: FoldedGroup, own: DeviceId): void {
  if (state.devices.find(({ device }) => device === own)?.role === 'member') return
  throw new HoldfastError('denied', 'a storage device cannot add or remove devices', {
    reason: 'storage-no-devices',
    hint: 'do it on a member of the group',
  })
}

/** Throws `denied` when this device may not have folders of its own: the group would pass over them. */
export function needFounder(state: FoldedGroup, own: DeviceId): void {
  if (state.devices.find(({ device }) => device === own)?.role === 'member') return
  throw new HoldfastError('denied', 'a storage device keeps copies for others, and shares no folders of its own', {
    reason: 'storage-shares-nothing',
    hint: 'share the folder from a member of the group',
  })
}

/** As the fold has it: what nobody heeds would be said again after each change of the group, which it is itself. */
function mayCount(state: FoldedGroup, own: DeviceId, folder: FolderId): boolean {
  if (state.devices.find(({ device }) => device === own)?.role !== 'member') return false
  const known = state.folders.find(({ id }) => id === folder)
  return known !== undefined && (known.creator === own || mayWrite(state.role(folder, own)))
}

/** A device of which no record is known counts for nothing, and that is said, too. */
function only(counted: Counted, devices: readonly DeviceId[]): Map<DeviceId, readonly Place[]> {
  return new Map(devices.map((device) => [device, counted.get(device) ?? []]))
}
