import {
  devicePublicKey,
  fromHex,
  idBytes,
  natural,
  ROLES,
  type DeviceId,
  type FolderId,
  type Hlc,
  type Role,
  type VersionId,
} from '#model'
import type { DeviceRole, FolderSnapshot, GroupFolder, Place } from './group.ts'
import {
  bad,
  bytes,
  counted,
  device,
  folder,
  hexId,
  list,
  name,
  oneOf,
  place,
  policy,
  sealedName,
  version,
} from './operation-fields.ts'
import { SEALED_KINDS, type LoggedName } from './sealed-names.ts'

const DEVICE_ROLES: readonly DeviceRole[] = ['member', 'storage']
const HISTORIES = ['full', 'off'] as const
const CONSISTENCIES = ['eventual', 'quorum', 'strong'] as const

/** What an operation does. */
export type OperationBody =
  | { kind: 'genesis'; name: string; x25519: Uint8Array; ringSize: number; nonce: Uint8Array }
  | { kind: 'device.add'; device: DeviceId; name: string; role: DeviceRole; x25519: Uint8Array }
  | { kind: 'device.rename'; device: DeviceId; name: string }
  /** `last`: the device's last operation that counts. `cuts` are of older versions; now FolderCount says it. */
  | { kind: 'device.remove'; device: DeviceId; last: number; cuts: readonly (readonly [FolderId, Place])[] }
  | FolderCreation
  /** `device` null: every member that has no role of its own in the folder. `cut` is of older versions, as above. */
  | { kind: 'folder.share'; folder: FolderId; device: DeviceId | null; role: Role; cut: Place | null }
  | KeyWrap
  /** None of the wraps that its author was given opens: it needs the folder's secret wrapped again. */
  | { kind: 'key.ask'; folder: FolderId }
  | FolderCount
  /** Its author takes part in the folder from now on, or no longer. */
  | { kind: 'folder.take'; folder: FolderId; takes: boolean }
  | DataKeyWraps
  /** Of these data keys none of the wraps for its author opens: it needs them wrapped again. */
  | { kind: 'data-key.ask'; folder: FolderId; keys: readonly DataKeyName[] }
  | PropertyBody
  | SettingBody
  | KitBody
  /** Of a newer Holdfast: kept and passed on, without effect here. */
  | { kind: 'unknown'; number: number; fields: readonly unknown[] }

/** A recovery kit may let members in from now on, and gets the keys of folders. Not a `device.add` of a role: older versions refuse those. */
export interface KitBody {
  kind: 'recovery.add'
  device: DeviceId
  name: string
  x25519: Uint8Array
}

export interface FolderCreation extends Pick<GroupFolder, 'history' | 'consistency' | 'created'> {
  kind: 'folder.create'
  folder: FolderId
  name: LoggedName
  /** Tells the right secret from a wrong one (secretCheck). */
  check: Uint8Array
  /** Devices that wrote in it before it came into this group, and how far they count, as older versions say it. */
  past: readonly (readonly [DeviceId, Place])[]
}

/** How far the records of devices count once they may write no longer: the last of each epoch. */
export interface FolderCount {
  kind: 'folder.count'
  folder: FolderId
  devices: readonly (readonly [DeviceId, readonly Place[]])[]
}

/** A folder's secret for one device (wrapSecret). */
export interface KeyWrap {
  kind: 'key.wrap'
  folder: FolderId
  device: DeviceId
  ephemeral: Uint8Array
  sealed: Uint8Array
}

/** What a data key is known by: the id is made from the key, the folder and the time (dataKeyId), so that none can stand for another. */
export interface DataKeyName {
  id: Uint8Array
  /** When it was made. */
  hlc: Hlc
}

/** A data key for one device (wrapDataKey). */
export interface WrappedDataKey extends DataKeyName {
  device: DeviceId
  ephemeral: Uint8Array
  sealed: Uint8Array
}

/** Gives data keys of a folder to devices; the first one of a key by a device that may write makes it one of the folder's. */
export interface DataKeyWraps {
  kind: 'data-key.wrap'
  folder: FolderId
  wraps: readonly WrappedDataKey[]
}

/** Says what is kept of a folder's past. */
export type PropertyBody =
  /** `policy` as history encodes it. */
  | { kind: 'folder.retention'; folder: FolderId; policy: readonly number[] }
  /** By the version's id alone: devices that may not read the folder have this log too, and are not to learn its paths. */
  | { kind: 'folder.pin'; folder: FolderId; version: VersionId; isPinned: boolean }
  | SnapshotCreation
  | { kind: 'snapshot.delete'; folder: FolderId; id: string }

export interface SnapshotCreation extends Omit<FolderSnapshot, 'by' | 'name'> {
  kind: 'snapshot.create'
  folder: FolderId
  name: LoggedName
}

/** Says what a device gives, and what applies to all of the group. */
export type SettingBody =
  /** Bytes that its author keeps free for the group; 0: none. */
  | { kind: 'device.pledge'; bytes: number }
  /** Its author hands over what it holds, to leave the group then; or does so no longer. */
  | { kind: 'device.leaving'; isLeaving: boolean }
  /** A number by the setting's own (GroupSettings). */
  | { kind: 'group.setting'; key: number; value: number }

/** The kind's number and its fields, as they stand in the header. Numbers are never reused. */
export function encodeBody(body: OperationBody): unknown[] {
  switch (body.kind) {
    case 'genesis':
      return [1, body.name, body.x25519, body.ringSize, body.nonce]
    case 'device.add':
      return [2, devicePublicKey(body.device), body.name, DEVICE_ROLES.indexOf(body.role), body.x25519]
    case 'device.rename':
      return [3, devicePublicKey(body.device), body.name]
    case 'device.remove':
      return [4, devicePublicKey(body.device), body.last, body.cuts.map(([folder, cut]) => [idBytes(folder), cut.epoch, cut.seq])]
    case 'folder.create':
      return [
        typeof body.name === 'string' ? 5 : SEALED_KINDS[body.kind],
        idBytes(body.folder),
        body.name,
        HISTORIES.indexOf(body.history),
        CONSISTENCIES.indexOf(body.consistency),
        body.created,
        body.check,
        body.past.map(([device, cut]) => [devicePublicKey(device), cut.epoch, cut.seq]),
      ]
    case 'folder.share':
      return [
        6,
        idBytes(body.folder),
        body.device === null ? null : devicePublicKey(body.device),
        ROLES.indexOf(body.role),
        body.cut === null ? null : [body.cut.epoch, body.cut.seq],
      ]
    case 'key.wrap':
      return [7, idBytes(body.folder), devicePublicKey(body.device), body.ephemeral, body.sealed]
    case 'folder.count':
      return [8, idBytes(body.folder), encodePlaces(body.devices)]
    case 'key.ask':
      return [9, idBytes(body.folder)]
    case 'folder.take':
      return [10, idBytes(body.folder), Number(body.takes)]
    case 'data-key.wrap':
      return [
        11,
        idBytes(body.folder),
        body.wraps.map(({ id, hlc, device, ephemeral, sealed }) => [id, hlc, devicePublicKey(device), ephemeral, sealed]),
      ]
    case 'data-key.ask':
      return [12, idBytes(body.folder), body.keys.map(({ id, hlc }) => [id, hlc])]
    case 'folder.retention':
      return [13, idBytes(body.folder), body.policy]
    case 'folder.pin':
      return [14, idBytes(body.folder), fromHex(body.version), Number(body.isPinned)]
    case 'snapshot.create': {
      const { kind, folder, id, name, created, entries, bytes, upTo } = body
      const number = typeof name === 'string' ? 15 : SEALED_KINDS[kind]
      return [number, idBytes(folder), fromHex(id), name, created, entries, bytes, encodePlaces(upTo)]
    }
    case 'snapshot.delete':
      return [16, idBytes(body.folder), fromHex(body.id)]
    case 'device.pledge':
      return [17, body.bytes]
    case 'device.leaving':
      return [22, Number(body.isLeaving)]
    case 'group.setting':
      return [18, body.key, body.value]
    case 'recovery.add':
      return [19, devicePublicKey(body.device), body.name, body.x25519]
    case 'unknown':
      return [body.number, ...body.fields]
  }
}

function encodePlaces(devices: readonly (readonly [DeviceId, readonly Place[]])[]): unknown[] {
  return devices.map(([device, places]) => [devicePublicKey(device), places.map(({ epoch, seq }) => [epoch, seq])])
}

/** Reads a body; throws `corrupt`. */
export function decodeBody(number: number, fields: readonly unknown[]): OperationBody {
  const [a, b, c, d, e, f, g] = fields
  const counts = [0, 4, 4, 2, 3, 7, 4, 4, 2, 1, 2, 2, 2, 2, 3, 7, 2, 1, 2, 3, 7, 7, 1]
  if (number < 1) throw bad('kind')
  if (number < counts.length && fields.length !== counts[number]) throw bad('number of fields')
  switch (number) {
    case 1:
      return { kind: 'genesis', name: name(a), x25519: bytes(b, 32), ringSize: natural(c, 65_536), nonce: bytes(d, 16) }
    case 2:
      return { kind: 'device.add', device: device(a), name: name(b), role: oneOf(DEVICE_ROLES, c), x25519: bytes(d, 32) }
    case 3:
      return { kind: 'device.rename', device: device(a), name: name(b) }
    case 4:
      return {
        kind: 'device.remove',
        device: device(a),
        last: natural(b),
        cuts: list(c).map((item) => [folder(item[0]), place(item[1], item[2])]),
      }
    case 5:
    case 20:
      return {
        kind: 'folder.create',
        folder: folder(a),
        name: number === 5 ? name(b) : sealedName(b),
        history: oneOf(HISTORIES, c),
        consistency: oneOf(CONSISTENCIES, d),
        created: natural(e),
        check: bytes(f, 32),
        past: list(g).map((item) => [device(item[0]), place(item[1], item[2])]),
      }
    case 6: {
      const limit = d === null ? null : list([d])[0]
      return {
        kind: 'folder.share',
        folder: folder(a),
        device: b === null ? null : device(b),
        role: oneOf(ROLES, c),
        cut: limit === null || limit === undefined ? null : place(limit[0], limit[1]),
      }
    }
    case 7:
      return { kind: 'key.wrap', folder: folder(a), device: device(b), ephemeral: bytes(c, 32), sealed: bytes(d, 48) }
    case 8:
      return { kind: 'folder.count', folder: folder(a), devices: list(b).map(counted) }
    case 9:
      return { kind: 'key.ask', folder: folder(a) }
    case 10:
      return { kind: 'folder.take', folder: folder(a), takes: oneOf([false, true], b) }
    case 11:
      return { kind: 'data-key.wrap', folder: folder(a), wraps: list(b).map(wrappedDataKey) }
    case 12:
      return { kind: 'data-key.ask', folder: folder(a), keys: list(b).map((item) => dataKeyName(item, 2)) }
    case 13:
      return { kind: 'folder.retention', folder: folder(a), policy: policy(b) }
    case 14:
      return { kind: 'folder.pin', folder: folder(a), version: version(b), isPinned: oneOf([false, true], c) }
    case 15:
    case 21: {
      const upTo = list(g).map(counted)
      const totals = { created: natural(d), entries: natural(e), bytes: natural(f) }
      const called = number === 15 ? name(c) : sealedName(c)
      return { kind: 'snapshot.create', folder: folder(a), id: hexId(b), name: called, ...totals, upTo }
    }
    case 16:
      return { kind: 'snapshot.delete', folder: folder(a), id: hexId(b) }
    case 17:
      return { kind: 'device.pledge', bytes: natural(a) }
    case 18:
      return { kind: 'group.setting', key: natural(a), value: natural(b) }
    case 19:
      return { kind: 'recovery.add', device: device(a), name: name(b), x25519: bytes(c, 32) }
    case 22:
      return { kind: 'device.leaving', isLeaving: oneOf([false, true], a) }
    default:
      return { kind: 'unknown', number, fields }
  }
}

function dataKeyName(item: unknown[], fields: number): DataKeyName {
  if (item.length !== fields) throw bad('list')
  return { id: bytes(item[0], 16), hlc: natural(item[1]) }
}

function wrappedDataKey(item: unknown[]): WrappedDataKey {
  return { ...dataKeyName(item, 5), device: device(item[2]), ephemeral: bytes(item[3], 32), sealed: bytes(item[4], 48) }
}
