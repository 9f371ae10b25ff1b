import { hlcTime, mayRead, mayWrite, type DeviceId, type FolderId, type GroupId, type Role } from '#model'
import { NO_LIMIT, type Cut, type GroupDevice, type GroupFolder, type GroupState, type RemovedDevice } from './group.ts'
import { byOrder, type Operation } from './operation.ts'
import type { KeyWrap } from './operation-body.ts'

/** What the group log says, with what only this room needs of it. */
export interface FoldedGroup extends GroupState {
  /** The X25519 key that a device of the group announced. */
  x25519(device: DeviceId): Uint8Array | undefined
  /** The wraps of a folder's secret for a device, oldest first. */
  wraps(folder: FolderId, device: DeviceId): readonly KeyWrap[]
  /** What the folder's secret is checked by. */
  check(folder: FolderId): Uint8Array | undefined
  /** All devices that are or were cut off in the folder. */
  cuts(folder: FolderId): ReadonlyMap<DeviceId, Cut>
  /** Who added a device; undefined for the founder. */
  adder(device: DeviceId): DeviceId | undefined
  ringSize: number
}

interface Member extends GroupDevice {
  x25519: Uint8Array
  adder: DeviceId | undefined
}

interface Folder extends GroupFolder {
  check: Uint8Array
  all: Role
  roles: Map<DeviceId, Role>
  cuts: Map<DeviceId, Cut>
  wraps: Map<DeviceId, KeyWrap[]>
}

interface Draft {
  id: GroupId
  ringSize: number
  members: Map<DeviceId, Member>
  removed: Map<DeviceId, RemovedDevice>
  folders: Map<FolderId, Folder>
}

type Removal = Operation & { readonly body: { readonly kind: 'device.remove' } }

/**
 * Folds a group's operations, in whatever order they came: sorted by (HLC, author, number), each counts if its author was allowed
 * it by those before. A removal also undoes what the removed device authored beyond the number that the remover knew, at whatever time
 * that claims to have been; so when a removal meets such operations, the fold starts again without them.
 */
export function foldGroup(operations: readonly Operation[]): FoldedGroup {
  const ordered = operations.toSorted(byOrder)
  const settled: Removal[] = []
  for (;;) {
    const result = pass(ordered, settled)
    if ('members' in result) return view(result)
    settled.push(result)
  }
}

/** One run: the state, or a removal that undoes operations already counted. */
function pass(ordered: readonly Operation[], settled: readonly Removal[]): Draft | Removal {
  const removals = effective(settled)
  const counted = new Map<DeviceId, number>()
  let draft: Draft | undefined
  for (const operation of ordered) {
    if (removals.some((removal) => undoes(removal, operation))) continue
    if (draft === undefined) {
      draft = found(operation)
      if (draft === undefined) continue
    } else {
      const known = removals.includes(operation as Removal)
      if (!known && !allowed(draft, operation)) continue
      if (isRemoval(operation) && !known && (counted.get(operation.body.device) ?? 0) > operation.body.last) return operation
      apply(draft, operation)
    }
    counted.set(operation.author, Math.max(operation.seq, counted.get(operation.author) ?? 0))
  }
  if (draft === undefined) throw new RangeError('a group without a genesis')
  return draft
}

/** Of removals found one after another, those that a later one does not undo. */
function effective(settled: readonly Removal[]): Removal[] {
  const kept: Removal[] = []
  for (const removal of settled.toReversed()) {
    if (!kept.some((later) => undoes(later, removal))) kept.push(removal)
  }
  return kept
}

/** Nothing undoes a genesis: its author may go, the group stays. */
function undoes(removal: Removal, operation: Operation): boolean {
  if (operation.body.kind === 'genesis') return false
  return (
    removal.body.device === operation.author &&
    operation.seq > removal.body.last &&
    operation !== removal &&
    byOrder(operation, removal) < 0
  )
}

function isRemoval(operation: Operation): operation is Removal {
  return operation.body.kind === 'device.remove'
}

function found(operation: Operation): Draft | undefined {
  const { body, author, hlc } = operation
  if (body.kind !== 'genesis') return undefined
  const founder: Member = {
    device: author,
    name: body.name,
    role: 'member',
    added: hlcTime(hlc),
    x25519: body.x25519,
    adder: undefined,
  }
  return {
    id: operation.group,
    ringSize: body.ringSize,
    members: new Map([[author, founder]]),
    removed: new Map(),
    folders: new Map(),
  }
}

function allowed(draft: Draft, { author, body }: Operation): boolean {
  const member = draft.members.get(author)
  if (member === undefined) return false
  if (body.kind === 'device.rename' || body.kind === 'device.remove') return member.role === 'member' || body.device === author
  if (member.role !== 'member') return false
  switch (body.kind) {
    case 'genesis':
      return false
    case 'device.add':
    case 'folder.create':
    case 'unknown':
      return true
    case 'folder.share': {
      const folder = draft.folders.get(body.folder)
      return folder !== undefined && (folder.creator === author || roleIn(draft, folder, author) === 'sync')
    }
    case 'key.wrap': {
      const folder = draft.folders.get(body.folder)
      return folder !== undefined && (folder.creator === author || mayRead(roleIn(draft, folder, author)))
    }
  }
}

function apply(draft: Draft, { author, hlc, body }: Operation): void {
  switch (body.kind) {
    case 'device.add': {
      if (draft.members.has(body.device)) return
      draft.members.set(body.device, { ...body, added: hlcTime(hlc), adder: author })
      draft.removed.delete(body.device)
      // Its keys may be new: it needs the secrets wrapped again.
      for (const folder of draft.folders.values()) folder.wraps.delete(body.device)
      return
    }
    case 'device.rename': {
      const member = draft.members.get(body.device)
      if (member !== undefined) member.name = body.name
      return
    }
    case 'device.remove': {
      const cuts = new Map(body.cuts)
      for (const folder of draft.folders.values()) {
        if (mayWrite(roleIn(draft, folder, body.device))) folder.cuts.set(body.device, cuts.get(folder.id) ?? NO_LIMIT)
        folder.roles.delete(body.device)
      }
      if (draft.members.delete(body.device)) draft.removed.set(body.device, { device: body.device, cuts })
      return
    }
    case 'folder.create': {
      const { folder: id, name, history, consistency, created, check, past } = body
      if (draft.folders.has(id)) return
      const fresh = { all: 'sync' as const, roles: new Map(), cuts: new Map(past), wraps: new Map() }
      draft.folders.set(id, { id, name, creator: author, history, consistency, created, check, ...fresh })
      return
    }
    case 'folder.share': {
      const folder = draft.folders.get(body.folder)
      if (folder === undefined) return
      const writers = [...draft.members.keys()].filter((device) => mayWrite(roleIn(draft, folder, device)))
      if (body.device === null) folder.all = body.role
      else folder.roles.set(body.device, body.role)
      for (const device of writers) {
        if (!mayWrite(roleIn(draft, folder, device)))
          folder.cuts.set(device, (body.device === null ? null : body.cut) ?? NO_LIMIT)
      }
      return
    }
    case 'key.wrap': {
      const wraps = draft.folders.get(body.folder)?.wraps
      wraps?.set(body.device, [...(wraps.get(body.device) ?? []), body])
      return
    }
    case 'genesis':
    case 'unknown':
      return
  }
}

function roleIn(draft: Draft, folder: Folder, device: DeviceId): Role {
  if (draft.members.get(device)?.role !== 'member') return 'none'
  return folder.roles.get(device) ?? folder.all
}

function view(draft: Draft): FoldedGroup {
  const role = (id: FolderId, device: DeviceId): Role => {
    const folder = draft.folders.get(id)
    return folder === undefined ? 'none' : roleIn(draft, folder, device)
  }
  return {
    id: draft.id,
    ringSize: draft.ringSize,
    devices: [...draft.members.values()]
      .map(({ device, name, role: kind, added }) => ({ device, name, role: kind, added }))
      .sort((a, b) => (a.device < b.device ? -1 : 1)),
    removed: [...draft.removed.values()],
    folders: [...draft.folders.values()].map(({ id, name, creator, history, consistency, created }) => ({
      id,
      name,
      creator,
      history,
      consistency,
      created,
    })),
    role,
    cut: (folder, device) => (mayWrite(role(folder, device)) ? null : (draft.folders.get(folder)?.cuts.get(device) ?? null)),
    x25519: (device) => draft.members.get(device)?.x25519,
    wraps: (folder, device) => draft.folders.get(folder)?.wraps.get(device) ?? [],
    check: (folder) => draft.folders.get(folder)?.check,
    cuts: (folder) => draft.folders.get(folder)?.cuts ?? new Map(),
    adder: (device) => draft.members.get(device)?.adder,
  }
}
