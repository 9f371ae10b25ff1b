import { hlcTime, mayRead, mayWrite, type DeviceId, type FolderId, type GroupId, type Hlc, type Role } from '#model'
import { countOf, countOld, type Count } from './fold-counts.ts'
import { FoldedDataKeys } from './fold-data-keys.ts'
import { FoldedProperties } from './fold-properties.ts'
import { getsKeys, kitRole, leaveRole, roleIn } from './fold-roles.ts'
import { DEFAULT_SETTINGS, withSetting } from './fold-settings.ts'
import type { Departure, GroupDevice, GroupFolder, GroupKit, GroupSettings } from './group.ts'
import type { Operation } from './operation.ts'
import type { DataKeyWraps, KeyWrap, OperationBody } from './operation-body.ts'
import type { LoggedName } from './sealed-names.ts'

/** Data keys that one device can make, in all folders: each costs every reader a wrap, and half a millisecond at each start. */
export const MAX_KEYS_MADE = 1_024

/** Recovery kits that a group has at a time: every key is wrapped for each of them. */
export const MAX_KITS = 16

interface Member extends GroupDevice {
  x25519: Uint8Array
  adder: DeviceId | undefined
  pledge: number
  isLeaving: boolean
}

interface Folder extends Omit<GroupFolder, 'name' | 'isNamed'> {
  name: LoggedName
  check: Uint8Array
  all: Role
  roles: Map<DeviceId, Role>
  counts: Map<DeviceId, Count>
  wraps: Map<DeviceId, KeyWrap[]>
  /** Devices that asked for the secret again, with those that have wrapped it since. */
  asks: Map<DeviceId, Set<DeviceId>>
  /** Devices that take part. */
  takers: Set<DeviceId>
  /** Those that did. */
  leavers: Set<DeviceId>
  dataKeys: FoldedDataKeys
  properties: FoldedProperties
}

/** What a group log says, while it is folded. */
export interface Draft {
  id: GroupId
  ringSize: number
  members: Map<DeviceId, Member>
  kits: Map<DeviceId, GroupKit & { x25519: Uint8Array }>
  removed: Map<DeviceId, Departure>
  /** All that ever had the role `member`. */
  everMembers: Set<DeviceId>
  settings: GroupSettings
  folders: Map<FolderId, Folder>
  /** How many data keys a device has made. */
  keysMade: Map<DeviceId, number>
}

/** The group of a genesis; undefined for any other operation. */
export function found(operation: Operation): Draft | undefined {
  const { body, author, hlc } = operation
  if (body.kind !== 'genesis') return undefined
  const founder: Member = {
    device: author,
    name: body.name,
    role: 'member',
    added: hlcTime(hlc),
    x25519: body.x25519,
    adder: undefined,
    pledge: 0,
    isLeaving: false,
  }
  return {
    id: operation.group,
    ringSize: body.ringSize,
    members: new Map([[author, founder]]),
    kits: new Map(),
    removed: new Map(),
    everMembers: new Set([author]),
    settings: DEFAULT_SETTINGS,
    folders: new Map(),
    keysMade: new Map(),
  }
}

/** May its author do this, as things are? */
export function allowed(draft: Draft, { author, body }: Operation): boolean {
  const member = draft.members.get(author)
  // A recovery kit lets a member in, and does nothing else.
  if (member === undefined) return draft.kits.has(author) && body.kind === 'device.add' && body.role === 'member'
  if (body.kind === 'device.rename' || body.kind === 'device.remove') return member.role === 'member' || body.device === author
  if (body.kind === 'device.pledge' || body.kind === 'device.leaving') return true
  if (member.role !== 'member') return false
  switch (body.kind) {
    case 'genesis':
      return false
    case 'device.add':
    case 'recovery.add':
    case 'folder.create':
    case 'group.setting':
    case 'unknown':
      return true
    case 'folder.share':
    case 'folder.retention':
    case 'folder.pin':
    case 'snapshot.create':
    case 'snapshot.delete': {
      const folder = draft.folders.get(body.folder)
      return folder !== undefined && (folder.creator === author || roleIn(draft, folder, author) === 'sync')
    }
    case 'folder.count': {
      // Whoever may write could write the same in its own name.
      const folder = draft.folders.get(body.folder)
      return folder !== undefined && (folder.creator === author || mayWrite(roleIn(draft, folder, author)))
    }
    case 'folder.take':
      return draft.folders.has(body.folder)
    case 'key.ask':
    case 'data-key.ask': {
      const folder = draft.folders.get(body.folder)
      return folder !== undefined && mayRead(roleIn(draft, folder, author))
    }
    case 'key.wrap':
    case 'data-key.wrap': {
      const folder = draft.folders.get(body.folder)
      return folder !== undefined && (folder.creator === author || mayRead(roleIn(draft, folder, author)))
    }
  }
}

export function apply(draft: Draft, { author, hlc, body }: Operation): void {
  switch (body.kind) {
    case 'device.add': {
      if (draft.members.has(body.device) || draft.kits.has(body.device)) return
      draft.members.set(body.device, { ...body, added: hlcTime(hlc), adder: author, pledge: 0, isLeaving: false })
      if (body.role === 'member') draft.everMembers.add(body.device)
      draft.removed.delete(body.device)
      const kit = draft.kits.get(author)
      for (const folder of draft.folders.values()) {
        forgetWraps(folder, body.device)
        if (kit !== undefined && kitRole(draft, folder, kit) !== folder.all)
          folder.roles.set(body.device, kitRole(draft, folder, kit))
        if (mayWrite(roleIn(draft, folder, body.device))) folder.counts.delete(body.device)
      }
      return
    }
    case 'recovery.add': {
      const { device, name, x25519 } = body
      if (draft.members.has(device) || draft.kits.has(device) || draft.kits.size >= MAX_KITS) return
      draft.kits.set(device, { device, name, maker: author, made: hlcTime(hlc), x25519 })
      draft.removed.delete(device)
      for (const folder of draft.folders.values()) forgetWraps(folder, device)
      return
    }
    case 'device.rename': {
      const member = draft.members.get(body.device)
      if (member !== undefined) member.name = body.name
      return
    }
    case 'device.remove': {
      const member = draft.members.get(body.device) ?? draft.kits.get(body.device)
      if (member === undefined) return
      for (const [id, place] of body.cuts) {
        const folder = draft.folders.get(id)
        if (folder !== undefined && mayWrite(roleIn(draft, folder, body.device))) countOld(folder, body.device, place)
      }
      for (const folder of draft.folders.values()) {
        if (getsKeys(draft, folder, body.device)) folder.dataKeys.spend()
        leaveRole(draft, folder, body.device)
        if (folder.takers.has(body.device)) take(folder, body.device, false)
      }
      draft.members.delete(body.device)
      draft.kits.delete(body.device)
      draft.removed.set(body.device, { device: body.device, name: member.name, by: author, time: hlcTime(hlc) })
      return
    }
    case 'folder.create': {
      const { folder: id, name, history, consistency, created, check, past } = body
      if (draft.folders.has(id)) return
      const fresh = { all: 'sync' as const, roles: new Map(), counts: new Map(), wraps: new Map(), asks: new Map() }
      const taking = { takers: new Set([author]), leavers: new Set<DeviceId>() }
      const folded = { dataKeys: new FoldedDataKeys(), properties: new FoldedProperties() }
      const folder: Folder = { id, name, creator: author, history, consistency, created, check, ...folded, ...taking, ...fresh }
      draft.folders.set(id, folder)
      for (const [device, place] of past) countOld(folder, device, place)
      return
    }
    case 'folder.share': {
      const folder = draft.folders.get(body.folder)
      if (folder !== undefined) share(draft, folder, body)
      return
    }
    case 'folder.count': {
      const folder = draft.folders.get(body.folder)
      for (const [device, places] of folder === undefined ? [] : body.devices) {
        const count = countOf(folder!, device)
        for (const { epoch, seq } of places) count.places.set(epoch, Math.max(seq, count.places.get(epoch) ?? 0))
      }
      return
    }
    case 'key.wrap': {
      const folder = draft.folders.get(body.folder)
      const known = folder?.wraps.get(body.device)
      if (known === undefined) folder?.wraps.set(body.device, [body])
      else known.push(body)
      folder?.asks.get(body.device)?.add(author)
      return
    }
    case 'key.ask': {
      const folder = draft.folders.get(body.folder)
      folder?.wraps.delete(author)
      folder?.asks.set(author, new Set())
      return
    }
    case 'folder.take': {
      const folder = draft.folders.get(body.folder)
      if (folder !== undefined) take(folder, author, body.takes)
      return
    }
    case 'data-key.wrap': {
      const folder = draft.folders.get(body.folder)
      if (folder !== undefined) giveDataKeys(draft, folder, { author, hlc, body })
      return
    }
    case 'data-key.ask':
      draft.folders.get(body.folder)?.dataKeys.ask(author, body.keys)
      return
    case 'folder.retention':
    case 'folder.pin':
    case 'snapshot.create':
    case 'snapshot.delete':
      draft.folders.get(body.folder)?.properties.take(body, author)
      return
    case 'device.pledge':
      draft.members.get(author)!.pledge = body.bytes
      return
    case 'device.leaving':
      draft.members.get(author)!.isLeaving = body.isLeaving
      return
    case 'group.setting':
      draft.settings = withSetting(draft.settings, body.key, body.value)
      return
    case 'genesis':
    case 'unknown':
      return
  }
}

/** A key is made only by a device that may write, and at no time to come: a removal needs room for a later one. */
function giveDataKeys(
  draft: Draft,
  folder: Folder,
  { author, hlc, body }: { author: DeviceId; hlc: Hlc; body: DataKeyWraps },
): void {
  const writes = mayWrite(roleIn(draft, folder, author))
  let made = draft.keysMade.get(author) ?? 0
  for (const wrap of body.wraps) {
    const makes = writes && wrap.hlc <= hlc && made < MAX_KEYS_MADE
    const reads = getsKeys(draft, folder, wrap.device)
    if (folder.dataKeys.take(wrap, { author, writes, makes, reads })) made++
  }
  draft.keysMade.set(author, made)
}

/** Its keys may be new: it needs the secrets wrapped again. */
function forgetWraps(folder: Folder, device: DeviceId): void {
  folder.wraps.delete(device)
  folder.asks.delete(device)
  folder.dataKeys.letIn(device)
}

function take({ takers, leavers }: Folder, device: DeviceId, takes: boolean): void {
  const [to, from] = takes ? [takers, leavers] : [leavers, takers]
  to.add(device)
  from.delete(device)
}

/**
 * Gives a role. What was said of how far a device counts holds until it may write again: from then on all that it wrote counts, and
 * when it may no longer, that is to be said anew. This takes no time for each member, however many changes a log holds.
 */
function share(draft: Draft, folder: Folder, { device, role, cut }: OperationBody & { kind: 'folder.share' }): void {
  if (device === null) {
    const gives = mayWrite(role) && !mayWrite(folder.all)
    if (mayRead(folder.all) && !mayRead(role)) folder.dataKeys.spend()
    folder.all = role
    if (!gives) return
    for (const counted of folder.counts.keys()) {
      if (!folder.roles.has(counted) && draft.members.get(counted)?.role === 'member') folder.counts.delete(counted)
    }
    return
  }
  const was = roleIn(draft, folder, device)
  const before = mayWrite(was)
  folder.roles.set(device, role)
  const after = mayWrite(roleIn(draft, folder, device))
  if (mayRead(was) && !mayRead(role)) folder.dataKeys.spend()
  if (after && !before) folder.counts.delete(device)
  if (before && !after && cut !== null) countOld(folder, device, cut)
}
