import { mayWrite, type DeviceId, type FolderId, type Role } from '#model'
import { cutIn } from './fold-counts.ts'
import type { FoldedDataKeys } from './fold-data-keys.ts'
import { allowed, apply, found, type Draft } from './fold-draft.ts'
import { FoldedProperties } from './fold-properties.ts'
import { getsKeys, roleIn } from './fold-roles.ts'
import type { GroupState } from './group.ts'
import { byOrder, type Operation } from './operation.ts'
import type { KeyWrap } from './operation-body.ts'
import { unnamed, type OpenName } from './sealed-names.ts'

/** What the group log says, with what only this room needs of it. */
export interface FoldedGroup extends GroupState {
  /** Who is to have a folder's secret and data keys: the devices that may read it, and recovery kits. */
  readers(folder: FolderId): DeviceId[]
  /** The X25519 key that a device of the group announced, or a kit has. */
  x25519(device: DeviceId): Uint8Array | undefined
  /** The wraps of a folder's secret for a device, oldest first. */
  wraps(folder: FolderId, device: DeviceId): readonly KeyWrap[]
  /** Has the device asked for the secret again, since what it was given does not open, and has `wrapper` not wrapped it since? */
  asks(folder: FolderId, device: DeviceId, wrapper: DeviceId): boolean
  /** What the folder's secret is checked by. */
  check(folder: FolderId): Uint8Array | undefined
  /** Its data keys; undefined where there is no such folder. */
  dataKeys(folder: FolderId): FoldedDataKeys | undefined
  properties(folder: FolderId): FoldedProperties
  /** Devices of which it was said how far they count in the folder. */
  counted(folder: FolderId): DeviceId[]
  /** Was a device given a role in the folder, apart from that of all? */
  hasOwnRole(folder: FolderId, device: DeviceId): boolean
  /** Who added a device, or made a kit; undefined for the founder. */
  adder(device: DeviceId): DeviceId | undefined
  ringSize: number
}

export type Removal = Operation & { readonly body: { readonly kind: 'device.remove' } }

/**
 * Folds a group's operations, in whatever order they came: sorted by (HLC, author, number), each counts if its author was allowed
 * it by those before. A removal also undoes what the removed device authored beyond the number that the remover knew, at whatever time
 * that claims to have been; so when a removal meets such operations, the fold starts again without them. `open` is asked for sealed names when
 * somebody wants them: the secret that it needs may be in what is folded here.
 */
export function foldGroup(operations: readonly Operation[], open: OpenName = () => null): FoldedGroup {
  const ordered = operations.toSorted(byOrder)
  const settled: Removal[] = []
  for (;;) {
    const result = pass(ordered, settled)
    if ('members' in result) return view(result, open)
    settled.push(result)
  }
}

/** One run: the state, or a removal that undoes operations already counted. */
function pass(ordered: readonly Operation[], settled: readonly Removal[]): Draft | Removal {
  const kept = effective(settled)
  const removals = new Set<Operation>(kept)
  // By whom they put out: a log may hold many, and each operation is asked about.
  const removalsOf = Map.groupBy(kept, ({ body }) => body.device)
  const counted = new Map<DeviceId, number>()
  let draft: Draft | undefined
  for (const operation of ordered) {
    if (removalsOf.get(operation.author)?.some((removal) => undoes(removal, operation)) === true) continue
    if (draft === undefined) {
      draft = found(operation)
      if (draft === undefined) continue
    } else {
      const known = removals.has(operation)
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

export function isRemoval(operation: Operation): operation is Removal {
  return operation.body.kind === 'device.remove'
}

function view(draft: Draft, open: OpenName): FoldedGroup {
  for (const { id, properties } of draft.folders.values()) properties.open = (sealed) => open(id, 'snapshot.create', sealed)
  const role = (id: FolderId, device: DeviceId): Role => {
    const folder = draft.folders.get(id)
    return folder === undefined ? 'none' : roleIn(draft, folder, device)
  }
  return {
    id: draft.id,
    ringSize: draft.ringSize,
    ...draft.settings,
    devices: [...draft.members.values()]
      .map(({ device, name, role: kind, added }) => ({ device, name, role: kind, added }))
      .sort((a, b) => (a.device < b.device ? -1 : 1)),
    kits: [...draft.kits.values()].map(({ device, name, maker, made }) => ({ device, name, maker, made })),
    removed: [...draft.removed.keys()],
    departures: [...draft.removed.values()],
    get folders() {
      return [...draft.folders.values()].map(({ id, name: logged, creator, history, consistency, created }) => {
        const name = typeof logged === 'string' ? logged : open(id, 'folder.create', logged)
        return { id, name: name ?? unnamed(id), isNamed: name !== null, creator, history, consistency, created }
      })
    },
    role,
    cut: (id, device) => {
      const folder = draft.folders.get(id)
      return folder === undefined || mayWrite(roleIn(draft, folder, device)) ? null : cutIn(folder, device)
    },
    takers: (folder) => [...(draft.folders.get(folder)?.takers ?? [])],
    leavers: (folder) => [...(draft.folders.get(folder)?.leavers ?? [])],
    readers: (id) => {
      const folder = draft.folders.get(id)
      const all = [...draft.members.keys(), ...draft.kits.keys()]
      return folder === undefined ? [] : all.sort().filter((device) => getsKeys(draft, folder, device))
    },
    x25519: (device) => (draft.members.get(device) ?? draft.kits.get(device))?.x25519,
    wraps: (folder, device) => draft.folders.get(folder)?.wraps.get(device) ?? [],
    asks: (folder, device, wrapper) => draft.folders.get(folder)?.asks.get(device)?.has(wrapper) === false,
    check: (folder) => draft.folders.get(folder)?.check,
    dataKeys: (folder) => draft.folders.get(folder)?.dataKeys,
    properties: (folder) => draft.folders.get(folder)?.properties ?? new FoldedProperties(),
    pledge: (device) => draft.members.get(device)?.pledge ?? 0,
    isLeaving: (device) => draft.members.get(device)?.isLeaving === true,
    wasMember: (device) => draft.everMembers.has(device),
    hasOwnRole: (folder, device) => draft.folders.get(folder)?.roles.has(device) ?? false,
    counted: (folder) => [...(draft.folders.get(folder)?.counts.keys() ?? [])],
    adder: (device) => draft.members.get(device)?.adder ?? draft.kits.get(device)?.maker,
  }
}
